"""Returns of many periods as one table: a row for each return, for each line, or for each figure.

Rows are fetched period by period through a cursor while the file is written: nothing grows with their number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.document.types import Column, Kind, Table, Value
from gongmai.core.formula.queries import units
from gongmai.core.period import clock
from gongmai.core.period.types import Period, periods_between
from gongmai.core.registry.queries import labeller
from gongmai.core.review.messages import STATE_LABELS
from gongmai.monitor.filing.messages import label_of
from gongmai.monitor.filing.models import Version
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.types import Cell, FilingError, Form, Part
from gongmai.monitor.filing.types import Column as Item
from gongmai.monitor.filing.types import Table as RepeatingTable

WIDE, LONG = "wide", "long"
APPROVED, SUBMITTED = "approved", "submitted"
CURSOR_ROWS = 500
Figures = Sequence[tuple[Cell, tuple[str, str, str, str]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which returns, in which shape. `table`: a repeating table's lines instead of the head.

    `shape`: a row for each return (each line) or for each figure. `basis`: as approved, or as submitted last.
    """

    form: str
    first: Period
    last: Period
    shape: str = WIDE
    table: str = ""
    basis: str = APPROVED


def returns_table(actor: Actor, wanted: Wanted) -> Table:
    """The returns within the actor's reach as a table whose rows are fetched while it is read.

    Raises NotAllowed, FilingError `unknown_form`, `unknown_table`, `bad_period` (the first after the last).
    """
    check_may(actor, "return.view")
    form = get_form(wanted.form)
    _check(form, wanted)
    cells = _cells(form, wanted.table)
    columns = [*_front(form, wanted.table), *(_wide(cells) if wanted.shape == WIDE else _figure())]
    label = form.table(wanted.table).label if wanted.table else form.label
    note = _("%(basis)s, %(first)s to %(last)s, written %(day)s") % {
        "basis": _("As approved") if wanted.basis == APPROVED else _("As submitted last"),
        "first": wanted.first,
        "last": wanted.last,
        "day": clock.today().isoformat(),
    }
    return Table(label_of(label), columns, _rows(actor, form, wanted, cells), (note,), firm_level=True)


def count_returns(actor: Actor, wanted: Wanted) -> int:
    """How many returns such a table would show."""
    check_may(actor, "return.view")
    _check(get_form(wanted.form), wanted)
    low, high = wanted.first.key, wanted.last.key
    return _versions(actor, wanted).filter(filing__period__gte=low, filing__period__lte=high).count()


def _check(form: Form, wanted: Wanted) -> None:
    if wanted.table and wanted.table not in {table.code for table in form.tables}:
        raise FilingError("unknown_table", table=wanted.table)
    if wanted.last < wanted.first:
        raise FilingError("bad_period")


def _versions(actor: Actor, wanted: Wanted) -> QuerySet[Version]:
    number = F("filing__approved_version" if wanted.basis == APPROVED else "filing__versions_count")
    rows = Version.objects.filter(filing__form=wanted.form, number=number)
    return rows.filter(scope_filter(actor, "return.view", "filing__enterprise__"))


def _cells(form: Form, table: str) -> list[Cell]:
    """The boxes in the order of the form; on the head page the computed ones last."""
    if table:
        return list(form.table(table).cells)
    computed = {key: column for column in form.computed for key in map(column.key, column.parts)}
    parts = {column.key(part): part for column in form.computed for part in column.parts}
    extra = [Cell(key, computed[key], parts[key]) for key in form.computed_cells if key in computed]
    return [*form.cells, *extra]


def _front(form: Form, table: str) -> list[Column]:
    columns = [
        Column("period", _("Period"), width=10),
        Column("credit_code", _("Credit code"), width=21),
        Column("name", _("Name of the enterprise"), width=30),
        Column("unit", _("Management unit")),
        Column("industry", _("Industry"), width=9),
        Column("state", _("State"), width=10),
        Column("submitted_at", _("Submitted"), Kind.DATETIME),
    ]
    if table:
        columns += [
            Column("line", _("Code of the line"), width=12),
            Column("line_label", label_of(form.table(table).label), width=24),
        ]
    return columns


def _part_words() -> dict[Part, str]:
    return {
        Part.MONTH: _("this month"),
        Part.YTD: _("cumulative"),
        Part.BASE: _("base"),
        Part.YTD_BASE: _("cumulative base"),
    }


def _unit_of(item: Item) -> str:
    entry = units().get(item.unit)
    return label_of(entry.label) if entry else ""


def _wide(cells: Sequence[Cell]) -> Iterator[Column]:
    words = _part_words()
    for cell in cells:
        item = cell.column
        if not item.is_number:
            yield Column(cell.key, label_of(item.label), width=24)
            continue
        unit = _unit_of(item)
        group = label_of(item.label) + (f" ({unit})" if unit else "")
        kind = Kind.DECIMAL if item.decimals else Kind.INTEGER
        yield Column(cell.key, words[cell.part], kind, (group,), item.decimals)


def _figure() -> list[Column]:
    return [
        Column("cell", _("Code of the box"), width=22),
        Column("item", _("Item"), width=24),
        Column("part", _("Which figure"), width=14),
        Column("measure", _("Unit"), width=12),
        Column("value", _("Value"), Kind.DECIMAL, digits=4),
        Column("text", _("Text"), width=24),
    ]


def _rows(actor: Actor, form: Form, wanted: Wanted, cells: Sequence[Cell]) -> Iterator[list[Value]]:
    """The rows period by period, within one by credit code; the words are looked up at once."""
    words = _Words(
        labeller(),
        {state.value: str(label) for state, label in STATE_LABELS.items()},
        {
            cell.key: {code: label_of(label) for code, label in cell.column.choices.items()}
            for cell in cells
            if cell.column.choices
        },
    )
    table = form.table(wanted.table) if wanted.table else None
    shown = _figures_of(cells) if wanted.shape == LONG else None
    return _fetch(_versions(actor, wanted), wanted, table, cells, shown, words)


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands for codes in the reader's language."""

    label: Callable[[str, str], str]
    states: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]

    def value(self, key: str, value: Any) -> Value:
        """A choice by its label, everything else as it is."""
        labels = self.choices.get(key)
        return value if labels is None or value is None else labels.get(str(value), str(value))


def _fetch(
    versions: QuerySet[Version],
    wanted: Wanted,
    table: RepeatingTable | None,
    cells: Sequence[Cell],
    shown: Figures | None,
    words: _Words,
) -> Iterator[list[Value]]:
    for period in periods_between(wanted.first, wanted.last):
        found = (
            versions.filter(filing__period=period.key)
            .order_by("filing__enterprise__credit_code")
            .values_list(
                "filing__enterprise__credit_code",
                "filing__enterprise__name",
                "filing__enterprise__unit",
                "filing__enterprise__industry",
                "filing__state",
                "submitted_at",
                "lines" if table else "cells",
            )
        )
        for code, name, unit, industry, state, at, text in found.iterator(chunk_size=CURSOR_ROWS):
            front = [str(period), code, name, words.label("unit", unit), industry]
            front += [words.states.get(state, state), at]
            content: Any = orjson.loads(text)
            for entry in content.get(table.code, ()) if table else (content,):
                key = str(entry.get(table.key) or "") if table else ""
                lead = [*front, key, words.label(table.key_list, key)] if table else front
                if shown is None:
                    yield [*lead, *(words.value(cell.key, entry.get(cell.key)) for cell in cells)]
                else:
                    yield from _long(lead, shown, entry, words)


def _figures_of(cells: Sequence[Cell]) -> Figures:
    words = _part_words()
    return [
        (
            cell,
            (
                cell.key,
                label_of(cell.column.label),
                words[cell.part] if cell.column.is_number else "",
                _unit_of(cell.column),
            ),
        )
        for cell in cells
    ]


def _long(
    lead: list[Value], shown: Figures, entry: Mapping[str, Any], words: _Words
) -> Iterator[list[Value]]:
    """Yield one row for each figure that is known."""
    for cell, about in shown:
        value = entry.get(cell.key)
        if value is None:
            continue
        if cell.column.is_number:
            yield [*lead, *about, value, None]
        else:
            yield [*lead, *about, None, words.value(cell.key, value)]
