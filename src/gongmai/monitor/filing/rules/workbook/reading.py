"""Reading an uploaded return: figures by their place under the numbers and beside the codes.

Tolerant of what people do to a sheet (rows and columns moved or inserted, formatted blanks, full-width
digits, text instead of numbers, renamed sheets); strict about what would change a figure (another
unit, another firm, another period).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gongmai.core.document.types import Sheets, Value
from gongmai.monitor.filing.rules.parsing import parse_value
from gongmai.monitor.filing.rules.workbook.layout import (
    HEAD,
    LANGUAGES,
    Occasion,
    Option,
    head_parts,
    head_rows,
    label_of,
    normalise,
)
from gongmai.monitor.filing.rules.workbook.places import Grid, Note, check_owner, find_page
from gongmai.monitor.filing.types import (
    Cell,
    CellValue,
    Column,
    Content,
    FilingError,
    Finding,
    Part,
    Severity,
    Table,
)

_PREFIX = 12
_NOISE = Decimal("1e-9")
Place = tuple[str, int | None, str]


@dataclass(slots=True)
class Uploaded:
    """What a workbook says: `content` holds what could be read; `raw` has the rest as it was typed.

    `places`: (table, line, cell) -> sheet, row, column (from 0), so that what is found can be written beside
    it; `absent`: pages that the file does not have; `notes`: what was noticed and does no harm.
    """

    content: Content = field(default_factory=Content)
    raw: Content = field(default_factory=Content)
    findings: list[Finding] = field(default_factory=list)
    places: dict[Place, tuple[str, int, int]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_return(occasion: Occasion, sheets: Sheets, *, partial: bool = False) -> Uploaded:
    """The figures of an uploaded workbook.

    Every open head cell of the form comes back, None where it is blank: an upload replaces the draft. With
    `partial` (a CSV file is one page of the form) pages that are not there are left as they are. Raises
    FilingError: `workbook_other_form`, `workbook_other_period`, `workbook_other_firm`, `workbook_not_ours`.
    """
    uploaded = Uploaded()
    names = check_owner(occasion, sheets, uploaded.notes)
    pages = [HEAD] if occasion.form.sections else []
    pages += [table.code for table in occasion.form.tables]
    for page in pages:
        grid = find_page(occasion, sheets, names, page, uploaded.notes)
        label = occasion.form.label if page == HEAD else occasion.form.table(page).label
        shown = label_of(label, occasion.language)
        if grid is None:
            uploaded.absent.append(page)
            if partial:
                uploaded.notes.append(Note("page_left", {"page": shown}))
            else:
                uploaded.findings.append(_problem("page_missing", "", None, table=page, page=shown))
            continue
        for number in grid.gone:
            uploaded.findings.append(
                _problem("column_missing", "", None, table=page, page=shown, number=number)
            )
        if page == HEAD:
            _read_head(occasion, grid, uploaded)
        else:
            _read_lines(occasion, occasion.form.table(page), grid, uploaded)
    if len(uploaded.absent) == len(pages):
        raise FilingError("workbook_not_ours", page=label_of(occasion.form.label, occasion.language))
    return uploaded


def _read_head(occasion: Occasion, grid: Grid, uploaded: Uploaded) -> None:
    """The head cells, row by row, found by code and label."""
    form = occasion.form
    found = _match_rows(occasion, grid)
    parts = head_parts(form)
    for column in form.columns:
        row = found.get(column.code)
        if row is None:
            cell = _first_open(occasion, column)
            uploaded.findings.append(_problem("row_missing", cell, label_of(column.label, occasion.language)))
            continue
        number, front, values = row
        _check_unit(occasion, column, front[2], uploaded)
        into, raw = uploaded.content.cells, uploaded.raw.cells
        shown = zip(parts, values, grid.columns, strict=True)
        if not column.is_number:
            shown = zip((Part.MONTH,), values, grid.columns, strict=False)
        for part, value, place in shown:
            if part not in column.parts or place is None:
                continue
            cell_of = Cell(column.key(part), column, part)
            uploaded.places[HEAD, None, cell_of.key] = (grid.sheet.name, number, place)
            if cell_of.exists_in(occasion.period):
                _take(uploaded, into, raw, cell_of.key, value, column, names=occasion.names(column))
            elif not _is_blank(value):
                uploaded.findings.append(_problem("box_absent", cell_of.key, _plain(value)))


def _first_open(occasion: Occasion, column: Column) -> str:
    """The first box of an item that exists in the period."""
    cells = [Cell(column.key(part), column, part) for part in column.parts]
    return next(cell.key for cell in cells if cell.exists_in(occasion.period))


def _match_rows(occasion: Occasion, grid: Grid) -> dict[str, tuple[int, list[Value], list[Value]]]:
    """Item -> its row: the code must fit, and the label too unless it was cleared; the first match counts."""
    by_code = {row.code: row.column for row in head_rows(occasion.form, occasion.language) if row.column}
    labels = {
        normalise(label_of(column.label, language)): column.code
        for column in (*occasion.form.columns, *occasion.form.computed)
        for language in LANGUAGES
    }
    found: dict[str, tuple[int, list[Value], list[Value]]] = {}
    for row, front, values in grid.rows():
        column = by_code.get(normalise(front[1]).zfill(2)) if not _is_blank(front[1]) else None
        label = normalise(front[0])
        named = labels.get(label) or _end_of(label, labels)
        code = named or (column.code if column is not None and not label else "")
        if code and (column is None or column.code == code):
            found.setdefault(code, (row, front, values))
    return found


def _end_of(label: str, labels: Mapping[str, str]) -> str:
    """The item whose label ends a longer one ("of which exports"); empty when there is none."""
    ends = [text for text in labels if label.endswith(text) and len(label) <= len(text) + _PREFIX]
    return labels[max(ends, key=len)] if ends else ""


def _check_unit(occasion: Occasion, column: Column, shown: Value, uploaded: Uploaded) -> None:
    """A unit that was written over means figures in another unit: never taken silently."""
    unit = occasion.unit(column)
    if unit and not _is_blank(shown) and normalise(shown) != normalise(unit):
        cell = _first_open(occasion, column)
        uploaded.findings.append(_problem("unit_changed", cell, _plain(shown), unit=unit))


def _read_lines(occasion: Occasion, table: Table, grid: Grid, uploaded: Uploaded) -> None:
    """The lines that hold anything; blank rows between them do not matter."""
    options = option_names(occasion.options.get(table.code, ()))
    lines: list[dict[str, CellValue]] = []
    raws: list[dict[str, CellValue]] = []
    for row, front, values in grid.rows():
        named = front[1]
        if _is_blank(named) and all(_is_blank(value) for value in values):
            continue
        line: dict[str, CellValue] = {}
        raw: dict[str, CellValue] = {}
        number = len(lines)
        sheet = grid.sheet.name
        uploaded.places[table.code, number, table.key] = (sheet, row, grid.front[1])
        _take_key(table, options, named, line, raw, uploaded.findings, number)
        for cell, value, place in zip(table.cells, values, grid.columns, strict=True):
            if place is None:
                continue
            uploaded.places[table.code, number, cell.key] = (sheet, row, place)
            if cell.exists_in(occasion.period):
                where = (table.code, number)
                names = occasion.names(cell.column)
                _take(uploaded, line, raw, cell.key, value, cell.column, *where, names=names)
            elif not _is_blank(value):
                uploaded.findings.append(
                    _problem("box_absent", cell.key, _plain(value), table=table.code, line=number)
                )
        lines.append({key: value for key, value in line.items() if value is not None})
        raws.append({key: value for key, value in raw.items() if value is not None})
    uploaded.content.lines[table.code] = lines
    uploaded.raw.lines[table.code] = raws


def option_names(options: Sequence[Option]) -> dict[str, str]:
    """Everything by which an entry is understood -> its code; an ambiguous name is left out."""
    names: dict[str, str] = {}
    doubtful: set[str] = set()
    for option in options:
        for name in {normalise(text) for text in (option.text, *option.names)}:
            if names.setdefault(name, option.code) != option.code:
                doubtful.add(name)
    exact = {normalise(option.code): option.code for option in options}
    return {name: code for name, code in names.items() if name not in doubtful} | exact


def _take_key(
    table: Table,
    options: Mapping[str, str],
    named: Value,
    line: dict[str, CellValue],
    raw: dict[str, CellValue],
    findings: list[Finding],
    number: int,
) -> None:
    """The entry that a line is about."""
    text = _plain(named)
    raw[table.key] = text
    if _is_blank(named):
        findings.append(_problem("kind_missing", table.key, None, table=table.code, line=number))
        return
    code = options.get(normalise(text)) or options.get(normalise(str(text).split()[0]))
    line[table.key] = raw[table.key] = code or str(text)
    if code is None:
        findings.append(_problem("kind_unknown", table.key, text, table=table.code, line=number))


def _take(
    uploaded: Uploaded,
    into: dict[str, CellValue],
    raw: dict[str, CellValue],
    key: str,
    value: Value,
    column: Column,
    table: str = HEAD,
    line: int | None = None,
    *,
    names: Sequence[str] = (),
) -> None:
    """One value into the content, or a finding about it; `names` are those of the box's unit."""
    plain = _plain(value)
    raw[key] = plain
    try:
        _refuse_date(value, column)
        into[key] = raw[key] = parse_value(_choice(plain, column), column, names)
    except FilingError as error:
        if column.is_number:
            into[key] = None
        uploaded.findings.append(_problem(error.code, key, plain, table=table, line=line, **error.params))


def _refuse_date(value: Value, column: Column) -> None:
    if column.is_number and isinstance(value, date):
        raise FilingError("date_in_number")


def plain_cell(value: Value, column: Column) -> CellValue:
    """A cell's value as it is parsed: plain, a choice by its code, without the noise of fractions."""
    _refuse_date(value, column)
    return _choice(_plain(value), column)


def _choice(value: CellValue, column: Column) -> CellValue:
    """The code of a choice given by its label; numbers without the noise of binary fractions."""
    if column.choices and value is not None:
        wanted = normalise(value)
        for code, label in column.choices.items():
            if wanted in {normalise(code), *(normalise(label_of(label, one)) for one in LANGUAGES)}:
                return code
    if isinstance(value, float) and column.is_number:
        exact = Decimal(repr(value))
        rounded = round(exact, column.decimals)
        if abs(exact - rounded) <= _NOISE * max(Decimal(1), abs(exact)):
            return float(rounded)
    return value


def _plain(value: Value) -> CellValue:
    """A cell's value as text or number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else float(value)


def _is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip("\u3000 \t\r\n\xa0"))


def _problem(
    rule: str, cell: str, value: CellValue, *, table: str = HEAD, line: int | None = None, **params: Any
) -> Finding:
    return Finding(rule, Severity.BLOCKING, cell, value, table, line, {"text": value, **params})
