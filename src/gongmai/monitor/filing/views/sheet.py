"""A return laid out as its form: sections with rows of boxes, tables with lines. Shared by all pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongmai.core.formula.queries import units
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list, label_of, labeller, lists_revision
from gongmai.monitor.filing.messages import cell_label
from gongmai.monitor.filing.messages import label_of as in_words
from gongmai.monitor.filing.queries.audits import roll_ups_of
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.merging import names
from gongmai.monitor.filing.rules.openness import WHOLE, is_open
from gongmai.monitor.filing.rules.totals import to_tree
from gongmai.monitor.filing.types import (
    CellValue,
    Change,
    Column,
    Content,
    Form,
    Line,
    Part,
    Section,
    Table,
)

MONTH_COLUMNS = (Part.MONTH, Part.YTD, Part.BASE, Part.YTD_BASE)


@dataclass(slots=True)
class Box:
    """One box: its key, what it shows, whether it is open, and what hangs on it."""

    key: str
    name: str
    text: str
    exists: bool
    label: str
    kind: str = "number"
    locked: bool = False
    closed: bool = False
    asked: str = ""
    last: str = ""
    prefilled: bool = False
    choices: list[tuple[str, str]] = field(default_factory=list)
    changed_from: str | None = None


@dataclass(slots=True)
class Row:
    """An item with its boxes: month, cumulative, base, cumulative base; None where it has none."""

    code: str
    label: str
    unit: str
    is_part: bool
    boxes: list[Box | None]
    wide: bool = False
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Openness:
    """What a sheet lets be typed: `opened` None is everything; `asked`: box -> why it was sent back."""

    editable: bool = False
    opened: frozenset[str] | None = None
    asked: Mapping[str, str] = field(default_factory=dict)


READ_ONLY = Openness()


def build_sections(
    form: Form,
    period: Period,
    content: Content,
    *,
    typed: Mapping[str, Mapping[str, str]] | None = None,
    locked: Mapping[str, CellValue] | None = None,
    previous: Mapping[str, CellValue] | None = None,
    prefilled: Sequence[str] = (),
    changes: Sequence[Change] = (),
    grouped: bool = False,
    openness: Openness = READ_ONLY,
) -> list[dict[str, Any]]:
    """The sections of a form with their rows. `grouped`: thousands set apart, for reading.

    `previous` is last period's row; `prefilled` the boxes that wait to be confirmed.
    """
    old = {change.cell: change.old for change in changes if not change.table}
    view = _View(
        period, content.cells, typed or {}, locked or {}, previous or {}, old, grouped, prefilled, openness
    )
    return [
        {
            "code": section.code,
            "label": in_words(section.label),
            "rows": [_row(column, view, _parts(section)) for column in section.items],
            "heads": _heads(section),
            "grows": any(_grows(column) for column in section.items),
        }
        for section in form.sections
    ]


@dataclass(frozen=True, slots=True)
class _View:
    period: Period
    cells: Mapping[str, CellValue]
    typed: Mapping[str, Mapping[str, str]]
    locked: Mapping[str, CellValue]
    previous: Mapping[str, CellValue]
    old: Mapping[str, CellValue]
    grouped: bool
    prefilled: Sequence[str]
    openness: Openness


def _grows(column: Column) -> bool:
    """Whether growth on the base can be told of an item."""
    return column.is_number and bool({Part.BASE, Part.YTD_BASE} & set(column.parts))


def _parts(section: Section) -> list[Part]:
    """The columns that a section needs: those that one of its items has at least."""
    used = {part for column in section.items if column.is_number for part in column.parts}
    return [part for part in MONTH_COLUMNS if part in used] or [Part.MONTH]


def _heads(section: Section) -> list[str]:
    numbers = [column for column in section.items if column.is_number]
    if all(column.kind == "level" for column in numbers):
        return [_("Value")]
    if all(column.kind == "stock" for column in numbers):
        words = {Part.MONTH: _("At period end"), Part.BASE: _("A year ago")}
    else:
        words = {
            Part.MONTH: _("This month"),
            Part.YTD: _("Cumulative"),
            Part.BASE: _("Base: month"),
            Part.YTD_BASE: _("Base: cumulative"),
        }
    return [words[part] for part in _parts(section)]


def _row(column: Column, view: _View, parts: Sequence[Part]) -> Row:
    if not column.is_number:
        parts = [Part.MONTH]
    boxes = [_box(column, part, view) if part in column.parts else None for part in parts]
    return Row(
        code=column.code,
        label=in_words(column.label),
        unit=unit_label(column.unit),
        is_part=bool(column.of),
        boxes=boxes,
        wide=not column.is_number,
        grows=_grows(column),
    )


def _box(column: Column, part: Part, view: _View) -> Box:
    key = column.key(part)
    unreadable = view.typed.get(key)
    kind = {"choice": "choice", "text": "text"}.get(column.kind, "number")
    return Box(
        key=key,
        name=f"c.{key}",
        text=unreadable["text"] if unreadable else show(view.cells.get(key), grouped=view.grouped),
        exists=not (column.kind == "flow" and part in {Part.MONTH, Part.BASE} and view.period.is_merged),
        label=cell_label(key),
        kind=kind,
        locked=view.locked.get(key) is not None,
        closed=view.openness.editable and not is_open(key, view.openness.opened),
        asked=view.openness.asked.get(key, ""),
        last=show(view.previous.get(key)),
        prefilled=key in view.prefilled,
        choices=[(code, in_words(label)) for code, label in column.choices.items()],
        changed_from=show(view.old[key], grouped=view.grouped) if key in view.old else None,
    )


def build_tables(
    form: Form,
    period: Period,
    content: Content,
    *,
    draft: Draft | None = None,
    last: Mapping[str, Mapping[str, Line]] | None = None,
    changes: Sequence[Change] = (),
    openness: Openness = READ_ONLY,
) -> list[dict[str, Any]]:
    """The repeating tables with their lines; an editable one has an empty line to copy.

    `draft` where the lines can be edited: their names and the texts that could not be read; `last`: table ->
    entry -> last period's line.
    """
    found = []
    for table in form.tables:
        cells = [cell for cell in table.cells if cell.exists_in(period)]
        old = {(change.line, change.cell): change.old for change in changes if change.table == table.code}
        lines = content.lines.get(table.code, [])
        called = names(table, draft) if draft else [str(number) for number in range(len(lines))]
        view = _Lines(table, draft.typed if draft else {}, old, (last or {}).get(table.code, {}), openness)
        found.append(
            {
                "code": table.code,
                "label": in_words(table.label),
                "key": table.key,
                "list": table.key_list,
                "heads": [_head(table, cell.key) for cell in cells],
                "lines": [
                    _line(view, cells, number, name, line)
                    for number, (name, line) in enumerate(zip(called, lines, strict=True))
                ],
                "blank": _line(view, cells, -1, "__n__", {}) if openness.editable else None,
                "minimum": table.minimum,
                "open": openness.editable and is_open(f"{table.code}.{WHOLE}", openness.opened),
                "totals": _totals(form, table, [cell.key for cell in cells], content),
            }
        )
    return found


def pickers_of(form: Form) -> dict[str, SafeString]:
    """Code lists that the lines of a form name, drawn as the options of their pickers."""
    revision, language = lists_revision(), get_language() or ""
    draw = _picker if revision else _picker.__wrapped__
    return {
        table.key_list: draw(table.key_list, table.key_level, language, revision) for table in form.tables
    }


@lru_cache(maxsize=32)
def _picker(name: str, level: str, _language: str, _revision: int) -> SafeString:
    """Hundreds of options, the same for every firm: drawn once for a language and a state of the lists."""
    words = labeller()
    return format_html_join(
        "",
        '<option value="{}">{}</option>',
        (
            (entry.code, _entry_words(entry, words(name, entry.code)))
            for entry in code_list(name)
            if not level or entry.extra.get("level", level) == level
        ),
    )


def _entry_words(entry: Any, words: str) -> str:
    unit = entry.extra.get("unit")
    return f"{words} ({unit_label(unit)})" if unit else words


def _head(table: Table, key: str) -> str:
    return cell_label(key, table.code)


@dataclass(frozen=True, slots=True)
class _Lines:
    """What the boxes of a table's lines show besides their values."""

    table: Table
    typed: Mapping[str, Mapping[str, str]]
    old: Mapping[tuple[str, str], CellValue]
    last: Mapping[str, Line]
    openness: Openness


def _line(view: _Lines, cells: Sequence[Any], number: int, name: str, line: Line) -> dict[str, Any]:
    table, grouped = view.table, not view.openness.editable
    code = str(line.get(table.key) or "")
    boxes = []
    for cell in cells:
        unreadable = view.typed.get(f"{table.code}.{number}.{cell.key}")
        box = f"{table.code}.{code}.{cell.key}"
        was = view.old.get((code, cell.key))
        boxes.append(
            Box(
                key=cell.key,
                name=f"l.{table.code}.{name}.{cell.key}",
                text=unreadable["text"] if unreadable else show(line.get(cell.key), grouped=grouped),
                exists=True,
                label=cell_label(cell.key, table.code),
                closed=view.openness.editable and not is_open(box, view.openness.opened),
                asked=view.openness.asked.get(box, ""),
                last=show(view.last.get(code, {}).get(cell.key)),
                changed_from=show(was, grouped=grouped) if (code, cell.key) in view.old else None,
            )
        )
    return {
        "number": number,
        "id": name,
        "code": code,
        "words": label_of(table.key_list, code) if code else "",
        "name": f"l.{table.code}.{name}.{table.key}",
        "closed": not is_open(f"{table.code}.{code}.{table.key}", view.openness.opened),
        "boxes": boxes,
    }


def _totals(form: Form, table: Table, keys: Sequence[str], content: Content) -> dict[str, Any] | None:
    """What the lines add up to: under its column where it is that column's sum, else with its name."""
    rules = {cell: (decimals, to_tree(rule.tree)) for cell, decimals, rule in roll_ups_of(form.code)}
    under: dict[str, str] = {}
    apart: list[tuple[str, str, str]] = []
    for roll_up in table.roll_ups:
        tree = rules[roll_up.cell][1]
        if tree and isinstance(tree[1], str) and tree[1] in keys:
            under[tree[1]] = roll_up.cell
        elif not tree or not isinstance(tree[1], str):
            apart.append((roll_up.cell, cell_label(roll_up.cell), show_total(content, roll_up.cell)))
    if not under and not apart:
        return None
    cells = [(under.get(key, ""), show_total(content, under[key]) if key in under else "") for key in keys]
    return {"under": cells if under else [], "apart": apart}


def show_total(content: Content, cell: str) -> str:
    """A computed cell with its thousands apart."""
    return show(content.cells.get(cell), grouped=True)


def total_rules(form: Form) -> list[dict[str, Any]]:
    """The roll-ups that a page can compute by itself while people type."""
    tables = {roll_up.cell: table.code for table in form.tables for roll_up in table.roll_ups}
    found = [(cell, decimals, to_tree(rule.tree)) for cell, decimals, rule in roll_ups_of(form.code)]
    return [
        {"cell": cell, "table": tables[cell], "decimals": decimals, "tree": tree}
        for cell, decimals, tree in found
        if tree
    ]


def show(value: CellValue, *, grouped: bool = False) -> str:
    """A value as it is typed, without superfluous zeros; `grouped`: with its thousands set apart."""
    mark = "," if grouped else ""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:{mark}.6f}".rstrip("0").rstrip(".")
    return f"{value:{mark}}" if isinstance(value, int) else str(value)


def unit_label(code: str) -> str:
    """A unit in words; a code that the table lacks stands for itself."""
    entry = units().get(code)
    return in_words(entry.label) if entry else code


def show_grouped(value: Any) -> str:
    """A number with its thousands grouped; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
