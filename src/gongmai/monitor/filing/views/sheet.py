"""A return laid out as its form: sections with rows of boxes, tables with lines. Shared by all pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gongmai.core.formula.queries import units
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list, label_of, labeller
from gongmai.monitor.filing.messages import advise, cell_label, shown_label, word
from gongmai.monitor.filing.messages import label_of as in_words
from gongmai.monitor.filing.types import (
    CellValue,
    Change,
    Column,
    Content,
    Finding,
    Form,
    Line,
    Part,
    Section,
    Severity,
    Table,
)
from gongmai.ui.reading import whole_number

MONTH_COLUMNS = (Part.MONTH, Part.YTD, Part.BASE, Part.YTD_BASE)


Posted = tuple[dict[str, str], dict[str, list[dict[str, str]]], dict[str, str]]


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
    previous: str = ""
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


def build_sections(
    form: Form,
    period: Period,
    content: Content,
    *,
    typed: Mapping[str, Mapping[str, str]] | None = None,
    locked: Mapping[str, CellValue] | None = None,
    previous: Mapping[str, CellValue] | None = None,
    changes: Sequence[Change] = (),
    grouped: bool = False,
) -> list[dict[str, Any]]:
    """The sections of a form with their rows. `grouped`: thousands set apart, for reading."""
    old = {change.cell: change.old for change in changes if not change.table}
    view = _View(period, content.cells, typed or {}, locked or {}, previous or {}, old, grouped)
    return [
        {
            "code": section.code,
            "label": in_words(section.label),
            "rows": [_row(column, view, _parts(section)) for column in section.items],
            "heads": _heads(section),
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
        previous=show(view.previous.get(key)) if part in {Part.YTD, Part.YTD_BASE} else "",
        choices=[(code, in_words(label)) for code, label in column.choices.items()],
        changed_from=show(view.old[key], grouped=view.grouped) if key in view.old else None,
    )


def build_tables(
    form: Form,
    period: Period,
    content: Content,
    *,
    typed: Mapping[str, Mapping[str, str]] | None = None,
    changes: Sequence[Change] = (),
    editable: bool = False,
) -> list[dict[str, Any]]:
    """The repeating tables with their lines; an editable one has an empty line to copy."""
    found = []
    for table in form.tables:
        cells = [cell for cell in table.cells if cell.exists_in(period)]
        old = {(change.line, change.cell): change.old for change in changes if change.table == table.code}
        lines = content.lines.get(table.code, [])
        found.append(
            {
                "code": table.code,
                "label": in_words(table.label),
                "key": table.key,
                "list": table.key_list,
                "heads": [_head(table, cell.key) for cell in cells],
                "lines": [
                    _line(table, cells, number, line, typed or {}, old, grouped=not editable)
                    for number, line in enumerate(lines)
                ],
                "blank": _line(table, cells, "__n__", {}, {}, {}, grouped=False) if editable else None,
                "minimum": table.minimum,
            }
        )
    return found


def options_of(form: Form) -> dict[str, list[tuple[str, str]]]:
    """Code lists that the lines of a form name, for their pickers: code and words."""
    found: dict[str, list[tuple[str, str]]] = {}
    words = labeller()
    for table in form.tables:
        entries = code_list(table.key_list)
        if table.key_level:
            entries = [
                entry for entry in entries if entry.extra.get("level", table.key_level) == table.key_level
            ]
        found[table.key_list] = [
            (entry.code, _entry_words(entry, words(table.key_list, entry.code))) for entry in entries
        ]
    return found


def _entry_words(entry: Any, words: str) -> str:
    unit = entry.extra.get("unit")
    return f"{words} ({unit_label(unit)})" if unit else words


def _head(table: Table, key: str) -> str:
    return cell_label(key, table.code)


def _line(
    table: Table,
    cells: Sequence[Any],
    number: int | str,
    line: Line,
    typed: Mapping[str, Mapping[str, str]],
    old: Mapping[tuple[str, str], CellValue],
    *,
    grouped: bool,
) -> dict[str, Any]:
    code = str(line.get(table.key) or "")
    boxes = []
    for cell in cells:
        unreadable = typed.get(f"{table.code}.{number}.{cell.key}")
        boxes.append(
            Box(
                key=cell.key,
                name=f"l.{table.code}.{number}.{cell.key}",
                text=unreadable["text"] if unreadable else show(line.get(cell.key), grouped=grouped),
                exists=True,
                label=cell_label(cell.key, table.code),
                changed_from=show(old[code, cell.key], grouped=grouped) if (code, cell.key) in old else None,
            )
        )
    return {
        "number": number,
        "code": code,
        "words": label_of(table.key_list, code) if code else "",
        "name": f"l.{table.code}.{number}.{table.key}",
        "boxes": boxes,
    }


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


def finding_rows(findings: Sequence[Finding], explanations: Mapping[str, str]) -> list[dict[str, Any]]:
    """Findings as pages show them."""
    return [
        {
            "severity": "blocking" if finding.severity is Severity.BLOCKING else "explain",
            "key": finding.key,
            "code": finding.rule,
            "cell": finding.cell
            if finding.line is None
            else f"{finding.table}.{finding.line}.{finding.cell}",
            "label": cell_label(finding.cell, finding.table)
            + (_(", line %(number)s") % {"number": finding.line + 1} if finding.line is not None else ""),
            "text": word(finding.rule, finding.params),
            "advice": advise(finding.rule, finding.params),
            "values": [
                (shown_label(key, finding.table), show_grouped(value))
                for key, value in finding.params.items()
                if key not in {"text", "code"} and value is not None
            ],
            "suggestion": show(finding.suggestion),
            "explanation": explanations.get(finding.key, ""),
        }
        for finding in findings
    ]


def show_grouped(value: Any) -> str:
    """A number with its thousands grouped; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def read_post(
    post: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, list[dict[str, str]]], dict[str, str]]:
    """Cells, lines and explanations out of the fields c.KEY, l.TABLE.N.KEY, e.KEY and t.TABLE."""
    cells: dict[str, str] = {}
    numbered: dict[str, dict[int, dict[str, str]]] = {}
    explanations: dict[str, str] = {}
    for name, text in post.items():
        kind, _dot, rest = name.partition(".")
        if kind == "c":
            cells[rest] = text
        elif kind == "e":
            explanations[rest] = text
        elif kind == "t":
            numbered.setdefault(rest, {})
        elif kind == "l":
            table, text_number, key = (*rest.split(".", 2), "", "")[:3]
            number = whole_number(text_number)
            if number is not None:
                numbered.setdefault(table, {}).setdefault(number, {})[key] = text
    lines = {
        table: [row for _number, row in sorted(rows.items()) if any(text.strip() for text in row.values())]
        for table, rows in numbered.items()
    }
    return cells, lines, explanations
