"""Reading a file of many firms: tables found by the row of codes above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from gongmai.core.document.types import Sheet, Sheets, Value
from gongmai.monitor.filing.rules.parsing import parse_value
from gongmai.monitor.filing.rules.workbook.group import FIRM, NAME, STATE
from gongmai.monitor.filing.rules.workbook.layout import HEAD, Option, normalise
from gongmai.monitor.filing.rules.workbook.reading import option_names, plain_cell
from gongmai.monitor.filing.types import Column, FilingError, Form

RULE, LINE, EXPLANATION = "rule", "line", "explanation"
_SEARCHED_ROWS = 30
_BESIDE = frozenset({NAME, STATE})


@dataclass(slots=True)
class GroupPage:
    """The head or a table of the file: columns as text, the row of each entry, the place of each column."""

    sheet: str
    columns: dict[str, list[str | None]]
    rows: list[int]
    places: dict[str, int]


@dataclass(slots=True)
class GroupFile:
    """What a file of many firms holds. `explanations`: (credit code, rule, entry of the line) -> text."""

    pages: dict[str, GroupPage] = field(default_factory=dict)
    explanations: dict[tuple[str, str, str], str] = field(default_factory=dict)


def read_group(
    form: Form,
    sheets: Sheets,
    options: Mapping[str, Sequence[Option]],
    unit_names: Mapping[str, Sequence[str]],
    words: Mapping[str, str],
    *,
    need_head: bool = True,
) -> GroupFile:
    """Every page whose columns bear the codes of the form; a page is taken from the first sheet that has it.

    `words`: the headings under which explanations stand, by rule, line and explanation. Figures are written
    as the importer reads them; what is no figure stays as it was typed, so that it is found there. Raises
    FilingError `group_not_ours` when no sheet is the head of the form.
    """
    found = GroupFile()
    for sheet in sheets.sheets:
        if sheet.hidden:
            continue
        for row in range(sheet.first_row, min(sheet.end_row, sheet.first_row + _SEARCHED_ROWS)):
            keys = _keys(sheet, row, words)
            if FIRM not in keys:
                continue
            if RULE in keys and EXPLANATION in keys:
                _read_explanations(sheet, row, keys, found)
                break
            page = _page_of(form, keys)
            if page is not None and page not in found.pages:
                found.pages[page] = _read_page(form, page, sheet, row, keys, options, unit_names)
                break
    if need_head and HEAD not in found.pages:
        raise FilingError("group_not_ours", form=form.code)
    return found


def _keys(sheet: Sheet, row: int, words: Mapping[str, str]) -> dict[str, int]:
    """The codes of a row with their columns; headings of explanations count by their words too."""
    by_word = {normalise(text): key for key, text in words.items()}
    found: dict[str, int] = {}
    for column in range(sheet.first_column, sheet.end_column):
        value = sheet.at(row, column)
        if value is not None:
            text = str(value).strip()
            found.setdefault(by_word.get(normalise(text), text), column)
    return found


def _page_of(form: Form, keys: Mapping[str, int]) -> str | None:
    """The table, or the head, whose codes these are."""
    fits = [
        (sum(cell.key in keys for cell in table.cells), table.code)
        for table in form.tables
        if table.key in keys
    ]
    if fits:
        return max(fits)[1]
    return HEAD if any(cell.key in keys for cell in form.cells) else None


def _read_page(
    form: Form,
    page: str,
    sheet: Sheet,
    top: int,
    keys: Mapping[str, int],
    options: Mapping[str, Sequence[Option]],
    unit_names: Mapping[str, Sequence[str]],
) -> GroupPage:
    table = form.table(page) if page != HEAD else None
    known: dict[str, Column] = {cell.key: cell.column for cell in (table or form).cells}
    wanted = {key: column for key, column in keys.items() if key not in _BESIDE}
    names = option_names(options.get(page, ())) if table else {}
    columns: dict[str, list[str | None]] = {key: [] for key in wanted}
    rows: list[int] = []
    for row in range(top + 1, sheet.end_row):
        values = {key: sheet.at(row, column) for key, column in wanted.items()}
        figures = [value for key, value in values.items() if key != FIRM]
        if _is_blank(values[FIRM]) and all(_is_blank(value) for value in figures):
            continue
        if table is None and all(_is_blank(value) for value in figures):
            continue  # a firm of which nothing is given is left alone
        rows.append(row)
        for key, value in values.items():
            if table and key == table.key:
                text = None if _is_blank(value) else str(value).strip()
                columns[key].append(names.get(normalise(text), text) if text else None)
            else:
                columns[key].append(_text(value, known.get(key), unit_names))
    return GroupPage(sheet.name, columns, rows, dict(wanted))


def _text(value: Value, column: Column | None, unit_names: Mapping[str, Sequence[str]]) -> str | None:
    """A cell as the importer reads it."""
    if _is_blank(value):
        return None
    if column is None:
        return str(value).strip()
    try:
        parsed = parse_value(plain_cell(value, column), column, unit_names.get(column.unit, ()))
    except FilingError:
        return str(value).strip()
    if isinstance(parsed, float):
        return format(Decimal(repr(parsed)), "f")
    return None if parsed is None else str(parsed)


def _read_explanations(sheet: Sheet, top: int, keys: Mapping[str, int], found: GroupFile) -> None:
    for row in range(top + 1, sheet.end_row):
        code, rule, text = (sheet.at(row, keys[key]) for key in (FIRM, RULE, EXPLANATION))
        line = sheet.at(row, keys[LINE]) if LINE in keys else None
        if not (_is_blank(code) or _is_blank(rule) or _is_blank(text)):
            key = (str(code).strip().upper(), str(rule).strip(), str(line or "").strip())
            found.explanations[key] = str(text).strip()


def _is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip("\u3000 \t\r\n\xa0"))
