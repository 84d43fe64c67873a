"""An uploaded file drawn anew with what was found in it: its cells, notes and colours, a list in front."""

from collections.abc import Sequence
from dataclasses import replace

from gongmai.core.document.rules.text import clean_sheet_name
from gongmai.core.document.types import Box, Listing, Look, Mark, Page, Sheet, Sheets

_LETTERS = 26
_LOOKS = {"error": Look.ERROR, "warning": Look.WARNING}


def annotated_pages(sheets: Sheets, marks: Sequence[Mark], listing: Listing) -> list[Page]:
    """The list, then every sheet with its values where they stood."""
    taken: set[str] = set()
    first = clean_sheet_name(listing.title, taken)
    names = {sheet.name: clean_sheet_name(sheet.name, taken) for sheet in sheets.sheets}
    pages = [_sheet_page(sheet, names[sheet.name], marks) for sheet in sheets.sheets]
    return [_list_page(listing, first, names), *pages]


def _sheet_page(sheet: Sheet, name: str, marks: Sequence[Mark]) -> Page:
    boxes = {
        (row, column): Box(row, column, value, Look.FACT)
        for row, values in enumerate(sheet.rows, sheet.first_row)
        for column, value in enumerate(values, sheet.first_column)
        if value is not None
    }
    for mark in marks:
        if mark.sheet == sheet.name:
            place = (mark.row, mark.column)
            before = boxes.get(place, Box(*place))
            text = f"{before.comment}\n{mark.text}" if before.comment else mark.text
            boxes[place] = replace(before, look=_LOOKS[mark.look], comment=text)
    widths = dict.fromkeys(range(sheet.end_column), 14.0)
    return Page(name, list(boxes.values()), widths, hidden=sheet.hidden, locked=False)


def _list_page(listing: Listing, name: str, names: dict[str, str]) -> Page:
    boxes = [Box(0, 0, listing.title, Look.TITLE, to_column=max(len(listing.header) - 1, 1))]
    boxes += [Box(1, column, text, Look.HEADER) for column, text in enumerate(listing.header)]
    for row, entry in enumerate(listing.rows, 2):
        for column, text in enumerate(entry.texts):
            if entry.sheet in names and column == listing.link_column:
                place = f"{_letters(entry.column)}{entry.row + 1}"
                sheet = names[entry.sheet]
                quoted = sheet.replace("'", "''")
                link = f"internal:'{quoted}'!{place}"
                boxes.append(Box(row, column, f"{sheet} {place}", Look.LINK, link=link))
            else:
                boxes.append(Box(row, column, text, Look.LABEL))
    return Page(name, boxes, dict(enumerate(listing.widths)), frozen=(2, 0), header_row=1, locked=False)


def _letters(column: int) -> str:
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(65 + rest) + letters
    return letters
