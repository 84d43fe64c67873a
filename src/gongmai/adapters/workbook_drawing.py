"""Draws forms with XlsxWriter: merged headers, locked and open cells, dropdowns, hints, notes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from gongmai.core.document.rules.text import clean_text, cut_text, looks_like_formula
from gongmai.core.document.types import UNLOCKED, Box, Look, Page

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LARGEST = 10**15
MAX_TEXT, MAX_HINT_TITLE, MAX_HINT = 32_767, 32, 255
TEXT_LOOKS = {Look.TEXT}
EDGE = {"border": 1, "border_color": "#9AA7B4"}
LOOKS: dict[Look, dict[str, Any]] = {
    Look.TITLE: {"bold": True, "font_size": 16, "align": "center"},
    Look.FACT: {"font_size": 9, "font_color": "#3D4852", "text_wrap": False},
    Look.HEADER: {**EDGE, "bold": True, "bg_color": "#DCE6EF", "align": "center", "text_wrap": True},
    Look.NUMBERING: {**EDGE, "font_size": 9, "bg_color": "#EEF2F6", "align": "center"},
    Look.SECTION: {**EDGE, "bold": True, "bg_color": "#F3F6F9"},
    Look.LABEL: {**EDGE, "text_wrap": True},
    Look.CENTRE: {**EDGE, "align": "center"},
    Look.INPUT: {**EDGE, "bg_color": "#FFFDF0", "align": "right"},
    Look.TEXT: {**EDGE, "bg_color": "#FFFDF0", "align": "left", "text_wrap": True},
    Look.LOCKED: {**EDGE, "bg_color": "#E9ECEF", "font_color": "#3D4852", "align": "right"},
    Look.ABSENT: {**EDGE, "pattern": 14, "fg_color": "#D5DAE0", "bg_color": "#FFFFFF"},
    Look.ERROR: {**EDGE, "bg_color": "#FBD5D5", "font_color": "#8B1A1A", "bold": True, "align": "right"},
    Look.WARNING: {**EDGE, "bg_color": "#FDEBC8", "font_color": "#6B4A00", "align": "right"},
    Look.LINK: {**EDGE, "font_color": "#0B5CAD", "underline": 1},
}


def draw_pages(pages: Sequence[Page], target: IO[bytes]) -> None:
    """Write every page and close the workbook; the first page is the one that opens."""
    book = xlsxwriter.Workbook(target, OPTIONS)
    formats: dict[tuple[Look, int, bool], Any] = {}
    for number, page in enumerate(pages):
        sheet = book.add_worksheet(page.name)
        _set_up(sheet, page, first=number == 0)
        for box in page.boxes:
            _draw_box(sheet, box, _format_of(book, formats, box))
    book.close()


def _set_up(sheet: Any, page: Page, *, first: bool) -> None:
    """Widths, panes, printing, protection."""
    for column, width in page.widths.items():
        sheet.set_column(column, column, width)
    for row, height in page.heights.items():
        sheet.set_row(row, height)
    if any(page.frozen):
        sheet.freeze_panes(*page.frozen)
    if page.hidden:
        sheet.hide()
    if first:
        sheet.activate()
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(page.header_row)
    sheet.hide_gridlines(2)
    if page.locked:
        # without a password: it guards against slips, the server trusts nothing that it has not checked
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _format_of(book: Any, formats: dict[tuple[Look, int, bool], Any], box: Box) -> Any:
    """The cell format of a look, made once."""
    quoted = isinstance(box.value, str) and looks_like_formula(box.value)
    key = (box.look, box.digits, quoted)
    if key not in formats:
        is_text = box.look in TEXT_LOOKS
        decimals = "." + "0" * box.digits if box.digits else ""
        formats[key] = book.add_format(
            {
                "font_name": "SimSun",
                "font_size": 10,
                "valign": "vcenter",
                "num_format": "@" if is_text else f"#,##0{decimals};-#,##0{decimals};0{decimals}",
                "locked": box.look not in UNLOCKED,
                "quote_prefix": quoted,
                **LOOKS[box.look],
            }
        )
    return formats[key]


def _draw_box(sheet: Any, box: Box, style: Any) -> None:
    """Write one box with everything that hangs on it."""
    last_row = box.row if box.to_row is None else box.to_row
    last_column = box.column if box.to_column is None else box.to_column
    if (last_row, last_column) != (box.row, box.column):
        sheet.merge_range(box.row, box.column, last_row, last_column, "", style)
    _write(sheet, box, style)
    if box.comment:
        sheet.write_comment(
            box.row, box.column, _text(box.comment), {"x_scale": 2.2, "y_scale": 1.4, "font_size": 9}
        )
    if box.choices or box.hint or box.is_number:
        sheet.data_validation(box.row, box.column, last_row, last_column, _validation(box))


def _write(sheet: Any, box: Box, style: Any) -> None:
    """The value with its type."""
    value = box.value
    if box.formula:
        # a blank result is stored as a space: an empty one looks like a formula that was never calculated
        sheet.write_formula(box.row, box.column, box.formula, style, " " if value in {None, ""} else value)
    elif box.link:
        sheet.write_url(box.row, box.column, box.link, style, _text(str(value or "")))
    elif value is None or value == "":
        sheet.write_blank(box.row, box.column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(box.row, box.column, value, style)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(box.row, box.column, value, style)
    elif isinstance(value, date):
        sheet.write_string(box.row, box.column, value.isoformat(), style)
    else:
        sheet.write_string(box.row, box.column, _text(value), style)


def _validation(box: Box) -> dict[str, Any]:
    """What may be typed into the box, and the hint beside it."""
    rule: dict[str, Any] = {"ignore_blank": True}
    if box.hint:
        rule |= {
            "input_title": cut_text(box.hint_title, MAX_HINT_TITLE),
            "input_message": cut_text(box.hint, MAX_HINT),
        }
    if box.choices:
        # a warning only: a code typed by hand is read as well as an entry chosen from the list
        return rule | {"validate": "list", "source": box.choices, "error_type": "warning"}
    if box.is_number:
        low = -LARGEST if box.minimum is None else box.minimum
        return rule | {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": LARGEST}
    return rule | {"validate": "any"}


def _text(text: str) -> str:
    return cut_text(clean_text(text), MAX_TEXT)
