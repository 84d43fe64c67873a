"""The official layout of a return as a workbook: which box stands where.

Both kinds of sheet have three columns in front (lettered on the printed form) and numbered value columns
after them; the row of numbers under the header is the anchor by which an uploaded sheet is found again.
Source: layout of the national forms B204-1, B203 and 205-1.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gongmai.core.document.rules.text import clean_sheet_name
from gongmai.core.period.types import Period
from gongmai.monitor.filing.types import Cell, CellValue, Column, Form, Part, Severity, Table

HEAD = ""  # the page of the head cells; a table's page goes by the table's code
FRONT = 3  # columns before the value columns
FACT_ROWS = 6  # title and facts above the header
HEADER_ROWS = 3  # two header rows and the row of numbers
FIRST_ROW = FACT_ROWS + HEADER_ROWS
SPARE_LINES = 15
META_PAGE, LISTS_PAGE = "_return", "_lists"
LAYOUT_VERSION = 1
LANGUAGES = ("zh-Hans", "en")
_NOT_IN_LABELS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a code list: `text` as chosen in the dropdown, `names` by which it is also understood."""

    code: str
    text: str
    unit: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whose return of which form and period, and everything that is written around the figures.

    `words` are the fixed words of the layout, `units` the names of units,
    `unit_names` those in every language; `options` are the entries that the
    lines of a table may name; `locked` are cells that come from elsewhere; `opened` the boxes that are
    open where only some are (named as in rules.openness); `last` is last period's row.
    """

    form: Form
    period: Period
    credit_code: str
    enterprise: str
    language: str = "zh-Hans"
    words: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unit_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    opened: frozenset[str] | None = None
    last: Mapping[str, CellValue] = field(default_factory=dict)

    def word(self, key: str) -> str:
        """A fixed word, or its key where none was given."""
        return self.words.get(key, key)

    def unit(self, column: Column) -> str:
        """The name of a column's unit; empty where it depends on the line."""
        return self.units.get(column.unit, "") if column.unit not in PER_LINE else ""

    def names(self, column: Column) -> Sequence[str]:
        """Every name of a column's unit, by which a unit behind a figure is known to be the printed one."""
        return (self.unit(column), *self.unit_names.get(column.unit, ())) if self.unit(column) else ()


PER_LINE = frozenset({"key", "tce_per_key", "yuan_per_key"})


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding in words, to be written beside the box it points at."""

    severity: Severity
    rule: str
    text: str
    advice: str = ""
    cell: str = ""
    table: str = HEAD
    line: int | None = None
    value: CellValue = None


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One row of the head page: an item with its two-digit code, or (without column) a section's title.

    `is_part`: the item is a part of another one of the same section ("of which").
    """

    row: int
    code: str
    column: Column | None
    title: str = ""
    is_part: bool = False


def label_of(label: Mapping[str, str], language: str) -> str:
    """A label in a language, the Chinese one where it is missing."""
    return label.get(language) or label["zh-Hans"]


def head_parts(form: Form) -> tuple[Part, ...]:
    """The value columns of the head page: the figures that some item of the form has."""
    columns = [*form.columns, *form.computed]
    used = {part for column in columns if column.is_number for part in column.parts}
    return tuple(part for part in Part if part in used)


def head_rows(form: Form, language: str, computed_title: str = "") -> list[HeadRow]:
    """The rows of the head page from top to bottom; computed items come last."""
    blocks = [(label_of(section.label, language), section.items) for section in form.sections]
    if form.computed:
        blocks.append((computed_title, form.computed))
    rows: list[HeadRow] = []
    number = 0
    for title, columns in blocks:
        rows.append(HeadRow(FIRST_ROW + len(rows), "", None, title))
        codes = {column.code for column in columns}
        for column in columns:
            number += 1
            is_part = column.of in codes
            rows.append(HeadRow(FIRST_ROW + len(rows), f"{number:02d}", column, is_part=is_part))
    return rows


def value_columns(form: Form, page: str) -> int:
    """How many numbered columns a page has."""
    return len(head_parts(form)) if page == HEAD else len(form.table(page).cells)


def line_place(table: Table, line: int, key: str) -> tuple[int, int] | None:
    """Row and column of a box of a line (from 0), or None for a key that the table does not have."""
    if key == table.key:
        return FIRST_ROW + line, FRONT - 2
    keys = [cell.key for cell in table.cells]
    return (FIRST_ROW + line, FRONT + keys.index(key)) if key in keys else None


def head_place(form: Form, rows: Sequence[HeadRow], key: str) -> tuple[int, int] | None:
    """Row and column of a head cell, or None when the page does not show it."""
    parts = head_parts(form)
    for row in rows:
        if row.column is None:
            continue
        for part in row.column.parts:
            if row.column.key(part) == key:
                return row.row, FRONT + (parts.index(part) if row.column.is_number else 0)
    return None


def page_names(occasion: Occasion) -> dict[str, str]:
    """The sheet name of each page, unlike one another and fit for Excel."""
    taken = {META_PAGE, LISTS_PAGE}
    names = {HEAD: clean_sheet_name(occasion.word("return"), taken)}
    for table in occasion.form.tables:
        names[table.code] = clean_sheet_name(label_of(table.label, occasion.language), taken)
    return names


def open_cells(occasion: Occasion) -> list[Cell]:
    """The head cells that exist in the period."""
    return [cell for cell in occasion.form.cells if cell.exists_in(occasion.period)]


def normalise(text: object) -> str:
    """Text reduced to what identifies it: half-width, lower case, without blanks and punctuation."""
    return _NOT_IN_LABELS.sub("", unicodedata.normalize("NFKC", str(text or ""))).casefold()


def address(row: int, column: int) -> str:
    """The name of a cell as a spreadsheet shows it, such as D7."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
