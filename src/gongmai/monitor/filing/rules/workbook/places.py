"""Finding the pages of a return in an uploaded workbook, whatever was done to it.

The row of letters and numbers under the header is the anchor. Sheets may be renamed, rows and columns may be
inserted or moved: a column is known by its number, not by its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongmai.core.document.types import Sheet, Sheets, Value
from gongmai.core.period.types import Period
from gongmai.monitor.filing.rules.workbook.layout import (
    FRONT,
    HEAD,
    LANGUAGES,
    LAYOUT_VERSION,
    META_PAGE,
    Occasion,
    label_of,
    normalise,
    value_columns,
)
from gongmai.monitor.filing.types import FilingError

_SEARCHED_ROWS = 60
_LETTERS = ("a", "b", "c")
_PERIOD = re.compile(r"(\d{4})\D{1,3}(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was noticed and does not stand in the way; worded by `code` and `params`."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """A page that has been found: the row of its anchor, and where its columns stand now.

    `front`: the three columns before the figures; `columns`: those of the numbers, None for one that is gone.
    """

    sheet: Sheet
    top: int
    front: tuple[int, ...]
    columns: tuple[int | None, ...]

    def rows(self) -> Iterator[tuple[int, list[Value], list[Value]]]:
        """For each row below the anchor: its number, the values in front, the values under the numbers."""
        for row in range(self.top + 1, self.sheet.end_row):
            front = [self.sheet.at(row, column) if column >= 0 else None for column in self.front]
            values = [None if column is None else self.sheet.at(row, column) for column in self.columns]
            yield row, front, values

    @property
    def gone(self) -> list[int]:
        """The numbers of columns that are not there, from 1."""
        return [number for number, column in enumerate(self.columns, 1) if column is None]

    @property
    def is_moved(self) -> bool:
        """Whether columns stand in another order or apart."""
        present = [column for column in self.columns if column is not None]
        places = [*self.front, *present]
        return places != list(range(places[0], places[0] + len(places)))


def check_owner(occasion: Occasion, sheets: Sheets, notes: list[Note]) -> dict[str, str]:
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
    if facts.get("layout") != str(LAYOUT_VERSION):
        notes.append(Note("other_layout", {"found": facts.get("layout", ""), "wanted": LAYOUT_VERSION}))
    return {key.removeprefix("page:"): name for key, name in facts.items() if key.startswith("page:")}


def _check_visible(occasion: Occasion, sheets: Sheets) -> None:
    """Without the hidden page the printed header must say whose return of which period this is."""
    tops = [value for sheet in sheets.sheets for row in sheet.rows[:10] for value in row if value]
    text = " ".join(str(value) for value in tops)
    if occasion.credit_code not in text:
        raise FilingError("workbook_other_firm", found="", wanted=occasion.credit_code)
    if not any(_names_period(value, occasion.period) for value in tops):
        raise FilingError("workbook_other_period", found="", wanted=str(occasion.period))
    if not any(label_of(occasion.form.header.table_number, language) in text for language in LANGUAGES):
        raise FilingError("workbook_other_form", found="", wanted=occasion.form.code)


def _names_period(value: Value, period: Period) -> bool:
    """Whether a cell says this period: 2023-06, 2023/6, the same in words, or a date of that month."""
    if isinstance(value, date):
        return (value.year, value.month) == (period.year, period.month)
    found = _PERIOD.findall(str(value))
    return any((int(year), int(month)) == (period.year, period.month) for year, month in found)


def find_page(
    occasion: Occasion, sheets: Sheets, names: Mapping[str, str], page: str, notes: list[Note]
) -> Grid | None:
    """The sheet of a page: by its name as drawn, by the table's label, or by its title; else None."""
    form = occasion.form
    label = form.label if page == HEAD else form.table(page).label
    wanted = {normalise(names.get(page)), *(normalise(label_of(label, language)) for language in LANGUAGES)}
    width = value_columns(form, page)
    ordered = sorted(sheets.sheets, key=lambda sheet: normalise(sheet.name) not in wanted)
    for sheet in ordered:
        is_named = normalise(sheet.name) in wanted
        if not is_named and (sheet.hidden or sheet.name in names.values()):
            continue
        grid = _find_anchor(occasion, sheet, width)
        if grid is not None and (is_named or _heads(sheet, label)):
            if not is_named and names:
                notes.append(Note("sheet_renamed", {"found": sheet.name, "page": names.get(page, "")}))
            if grid.is_moved:
                notes.append(Note("columns_moved", {"page": sheet.name}))
            return grid
    return None


def _heads(sheet: Sheet, label: Mapping[str, str]) -> bool:
    """Whether the first rows of a sheet carry a title."""
    titles = {normalise(label_of(label, language)) for language in LANGUAGES}
    return any(normalise(value) in titles for row in sheet.rows[:10] for value in row if value)


def _find_anchor(occasion: Occasion, sheet: Sheet, width: int) -> Grid | None:
    """The numbers 1 to `width` side by side and nothing to their left; else a row with the letters."""
    wanted = [str(number) for number in range(1, width + 1)]
    lettered: Grid | None = None
    for row in range(sheet.first_row, min(sheet.end_row, sheet.first_row + _SEARCHED_ROWS)):
        places = range(sheet.first_column, sheet.end_column + 1)
        values = [normalise(sheet.at(row, column)) for column in places]
        for start in range(len(values) - width):
            left = sheet.first_column + start
            if values[start : start + width] == wanted and left >= FRONT:
                front = tuple(range(left - FRONT, left))
                return Grid(sheet, row, front, tuple(range(left, left + width)))
        lettered = lettered or _by_letters(occasion, sheet, row, values, wanted)
    return lettered


def _by_letters(
    occasion: Occasion, sheet: Sheet, row: int, values: Sequence[str], wanted: Sequence[str]
) -> Grid | None:
    """A row that has all three letters of the printed form and some of its numbers, in any order."""
    front = []
    for letter, key in zip(_LETTERS, ("letter_a", "letter_b", "letter_c"), strict=True):
        places = [n for n, value in enumerate(values) if value in {letter, normalise(occasion.word(key))}]
        if len(places) != 1:
            return None
        front.append(sheet.first_column + places[0])
    columns = [
        sheet.first_column + values.index(number) if values.count(number) == 1 else None for number in wanted
    ]
    return Grid(sheet, row, tuple(front), tuple(columns)) if any(c is not None for c in columns) else None
