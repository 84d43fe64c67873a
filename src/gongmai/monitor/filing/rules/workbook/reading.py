"""Reading an uploaded return: figures by their place under the numbers and beside the codes.

Tolerant of what people do to a sheet (rows moved or inserted, formatted blanks, full-width digits, text
instead of numbers, a renamed sheet); strict about what would change a figure (another unit, another firm,
another period).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gongmai.core.document.types import Sheet, Sheets, Value
from gongmai.monitor.filing.rules.parsing import parse_value
from gongmai.monitor.filing.rules.workbook.layout import (
    FRONT,
    HEAD,
    LANGUAGES,
    META_PAGE,
    Occasion,
    Option,
    head_parts,
    head_rows,
    label_of,
    normalise,
    value_columns,
)
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

_SEARCHED_ROWS = 60
_PREFIX = 12
_NOISE = Decimal("1e-9")


@dataclass(slots=True)
class Uploaded:
    """What a workbook says: `content` holds what could be read; `raw` has the rest as it was typed."""

    content: Content = field(default_factory=Content)
    raw: Content = field(default_factory=Content)
    findings: list[Finding] = field(default_factory=list)


def read_return(occasion: Occasion, sheets: Sheets) -> Uploaded:
    """The figures of an uploaded workbook.

    Every open head cell of the form comes back, None where it is blank: an upload replaces the draft. Raises
    FilingError: `workbook_other_form`, `workbook_other_period`, `workbook_other_firm`, `workbook_not_ours`.
    """
    names = _check_meta(occasion, sheets)
    uploaded = Uploaded()
    if occasion.form.sections:
        _read_head(occasion, _find_sheet(occasion, sheets, names, HEAD), uploaded)
    for table in occasion.form.tables:
        _read_lines(occasion, table, _find_sheet(occasion, sheets, names, table.code), uploaded)
    return uploaded


def _check_meta(occasion: Occasion, sheets: Sheets) -> dict[str, str]:
    """Refuse another firm's, period's or form's workbook; the sheet names as they were drawn."""
    page = sheets.named(META_PAGE)
    if page is None:
        _check_visible(occasion, sheets)
        return {}
    facts = {str(row[0]): str(row[1]) for row in page.rows if len(row) > 1 and row[0] is not None}
    for fact, code, wanted in (
        ("form", "workbook_other_form", occasion.form.code),
        ("period", "workbook_other_period", str(occasion.period)),
        ("credit_code", "workbook_other_firm", occasion.credit_code),
    ):
        if facts.get(fact) != wanted:
            raise FilingError(code, found=facts.get(fact, ""), wanted=wanted)
    return {key.removeprefix("page:"): name for key, name in facts.items() if key.startswith("page:")}


def _check_visible(occasion: Occasion, sheets: Sheets) -> None:
    """Without the hidden page the printed header must say whose return of which period this is."""
    tops = [row for sheet in sheets.sheets for row in sheet.rows[:10]]
    text = " ".join(str(value) for row in tops for value in row if value)
    if occasion.credit_code not in text:
        raise FilingError("workbook_other_firm", found="", wanted=occasion.credit_code)
    if str(occasion.period) not in text:
        raise FilingError("workbook_other_period", found="", wanted=str(occasion.period))
    if not any(label_of(occasion.form.header.table_number, language) in text for language in LANGUAGES):
        raise FilingError("workbook_other_form", found="", wanted=occasion.form.code)


def _find_sheet(occasion: Occasion, sheets: Sheets, names: Mapping[str, str], page: str) -> "_Grid":
    """The sheet of a page: by its name as drawn, by the table's label, then by its numbers."""
    form = occasion.form
    label = form.label if page == HEAD else form.table(page).label
    wanted = {normalise(names.get(page)), *(normalise(label_of(label, language)) for language in LANGUAGES)}
    width = value_columns(form, page)
    ordered = sorted(sheets.sheets, key=lambda sheet: normalise(sheet.name) not in wanted)
    for sheet in ordered:
        is_named = normalise(sheet.name) in wanted
        if not is_named and (sheet.hidden or sheet.name in names.values()):
            continue
        anchor = _find_numbers(sheet, width)
        if anchor is not None and anchor[1] >= FRONT and (is_named or _heads(sheet, label)):
            return _Grid(sheet, *anchor, width)
    raise FilingError("workbook_not_ours", page=label_of(label, occasion.language))


def _heads(sheet: Sheet, label: Mapping[str, str]) -> bool:
    """Whether the first rows of a sheet carry a title."""
    titles = {normalise(label_of(label, language)) for language in LANGUAGES}
    return any(normalise(value) in titles for row in sheet.rows[:10] for value in row if value)


def _find_numbers(sheet: Sheet, width: int) -> tuple[int, int] | None:
    """Row and first column of the numbers 1 to `width` side by side, not continued to the right."""
    wanted = [str(number) for number in range(1, width + 1)]
    for row in range(sheet.first_row, min(sheet.end_row, sheet.first_row + _SEARCHED_ROWS)):
        values = [
            normalise(sheet.at(row, column)) for column in range(sheet.first_column, sheet.end_column + 1)
        ]
        for start in range(len(values) - width):
            if values[start : start + width] == wanted:
                return row, sheet.first_column + start
    return None


@dataclass(frozen=True, slots=True)
class _Grid:
    """A sheet whose row of numbers has been found at `top`, with the first value column at `left`."""

    sheet: Sheet
    top: int
    left: int
    width: int

    def rows(self) -> Iterator[tuple[list[Value], list[Value]]]:
        """For each row below the numbers: the three values in front, the values under the numbers."""
        for row in range(self.top + 1, self.sheet.end_row):
            front = [self.sheet.at(row, self.left - FRONT + number) for number in range(FRONT)]
            yield front, [self.sheet.at(row, self.left + number) for number in range(self.width)]


def _read_head(occasion: Occasion, grid: _Grid, uploaded: Uploaded) -> None:
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
        front, values = row
        _check_unit(occasion, column, front[2], uploaded)
        if not column.is_number:
            key = column.key(Part.MONTH)
            _take(uploaded, uploaded.content.cells, uploaded.raw.cells, key, values[0], column)
            continue
        for part, value in zip(parts, values, strict=True):
            if part not in column.parts:
                continue
            cell_of = Cell(column.key(part), column, part)
            if cell_of.exists_in(occasion.period):
                _take(uploaded, uploaded.content.cells, uploaded.raw.cells, cell_of.key, value, column)
            elif not _is_blank(value):
                uploaded.findings.append(_problem("box_absent", cell_of.key, _plain(value)))


def _first_open(occasion: Occasion, column: Column) -> str:
    """The first box of an item that exists in the period."""
    cells = [Cell(column.key(part), column, part) for part in column.parts]
    return next(cell.key for cell in cells if cell.exists_in(occasion.period))


def _match_rows(occasion: Occasion, grid: _Grid) -> dict[str, tuple[list[Value], list[Value]]]:
    """Item -> its row: the code must fit, and the label too unless it was cleared; the first match counts."""
    by_code = {row.code: row.column for row in head_rows(occasion.form, occasion.language) if row.column}
    labels = {
        normalise(label_of(column.label, language)): column.code
        for column in (*occasion.form.columns, *occasion.form.computed)
        for language in LANGUAGES
    }
    found: dict[str, tuple[list[Value], list[Value]]] = {}
    for front, values in grid.rows():
        column = by_code.get(normalise(front[1]).zfill(2)) if not _is_blank(front[1]) else None
        label = normalise(front[0])
        named = labels.get(label) or _end_of(label, labels)
        code = named or (column.code if column is not None and not label else "")
        if code and (column is None or column.code == code):
            found.setdefault(code, (front, values))
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


def _read_lines(occasion: Occasion, table: Table, grid: _Grid, uploaded: Uploaded) -> None:
    """The lines that hold anything; blank rows between them do not matter."""
    options = _option_names(occasion.options.get(table.code, ()))
    lines: list[dict[str, CellValue]] = []
    raws: list[dict[str, CellValue]] = []
    for front, values in grid.rows():
        named = front[1]
        if _is_blank(named) and all(_is_blank(value) for value in values):
            continue
        line: dict[str, CellValue] = {}
        raw: dict[str, CellValue] = {}
        number = len(lines)
        _take_key(table, options, named, line, raw, uploaded.findings, number)
        for cell, value in zip(table.cells, values, strict=True):
            if cell.exists_in(occasion.period):
                _take(uploaded, line, raw, cell.key, value, cell.column, table.code, number)
            elif not _is_blank(value):
                uploaded.findings.append(
                    _problem("box_absent", cell.key, _plain(value), table=table.code, line=number)
                )
        lines.append({key: value for key, value in line.items() if value is not None})
        raws.append({key: value for key, value in raw.items() if value is not None})
    uploaded.content.lines[table.code] = lines
    uploaded.raw.lines[table.code] = raws


def _option_names(options: Sequence[Option]) -> dict[str, str]:
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
) -> None:
    """One value into the content, or a finding about it."""
    plain = _plain(value)
    raw[key] = plain
    try:
        into[key] = raw[key] = parse_value(_choice(plain, column), column)
    except FilingError as error:
        if column.is_number:
            into[key] = None
        uploaded.findings.append(_problem(error.code, key, plain, table=table, line=line, **error.params))


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
