"""Writes tables to .xlsx with XlsxWriter in constant memory: each row leaves memory once it is written."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from gongmai.adapters.workbook_drawing import draw_pages
from gongmai.core.document.rules.text import clean_sheet_name, clean_text, cut_text, looks_like_formula
from gongmai.core.document.types import Column, Kind, Page, Table, Value

OPTIONS = {
    "constant_memory": True,
    # user text is text: never a formula, a link or a number by accident
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MAX_TEXT = 32_767
FONT = {"font_name": "Microsoft YaHei", "font_size": 10}
HEADER = {
    **FONT,
    "bold": True,
    "bg_color": "#E8EEF4",
    "border": 1,
    "border_color": "#B8C4D0",
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
WIDTHS = {
    Kind.TEXT: 18,
    Kind.INTEGER: 14,
    Kind.DECIMAL: 14,
    Kind.PERCENT: 11,
    Kind.DATE: 12,
    Kind.DATETIME: 17,
}


class XlsxWorkbookWriter:
    """Fills the port WorkbookWriter."""

    def write(self, tables: Sequence[Table], target: IO[bytes]) -> int:
        """Write each table to a sheet of its own; rows written."""
        book = xlsxwriter.Workbook(target, OPTIONS)
        taken: set[str] = set()
        try:
            return sum(_Sheet(book, table, taken).fill() for table in tables)
        finally:
            book.close()

    def draw(self, pages: Sequence[Page], target: IO[bytes]) -> None:
        """Draw each page as a sheet, the first one open."""
        draw_pages(pages, target)


class _Sheet:
    """One table on its way into one sheet. Rows go strictly downwards: constant memory demands it."""

    def __init__(self, book: Any, table: Table, taken: set[str]) -> None:
        self.table = table
        self.sheet = book.add_worksheet(clean_sheet_name(table.title, taken))
        self.title = book.add_format({**FONT, "bold": True, "font_size": 14})
        self.note = book.add_format({**FONT, "font_color": "#5A6672"})
        self.header = book.add_format(HEADER)
        self.quoted = book.add_format({**FONT, "quote_prefix": True})
        self.formats = [book.add_format({**FONT, **_number_format(column)}) for column in table.columns]

    def fill(self) -> int:
        """Write title, notes, headers and rows; the number of rows."""
        columns = self.table.columns
        for index, column in enumerate(columns):
            self.sheet.set_column(index, index, column.width or WIDTHS[column.kind])
        self.sheet.write_string(0, 0, _text(self.table.title), self.title)
        row = 1
        for note in self.table.notes:
            self.sheet.write_string(row, 0, _text(note), self.note)
            row += 1
        row = self._write_headers(row)
        self.sheet.freeze_panes(row, 1 if len(columns) > 1 else 0)
        first = row
        for values in self.table.values():
            for index, value in enumerate(values):
                self._write_value(row, index, value)
            row += 1
        if columns:
            self.sheet.autofilter(first - 1, 0, max(first - 1, row - 1), len(columns) - 1)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(max(0, first - 1))
        self.sheet.fit_to_pages(1, 0)
        return row - first

    def _write_headers(self, row: int) -> int:
        """Group rows with merged cells, then the labels; the next free row."""
        columns = self.table.columns
        depth = max((len(column.groups) for column in columns), default=0)
        for level in range(depth):
            labels = [column.groups[level] if level < len(column.groups) else "" for column in columns]
            parents = [column.groups[:level] for column in columns]
            start = 0
            for (label, _), members in groupby(zip(labels, parents, strict=True)):
                end = start + len(list(members)) - 1
                text = _text(label)
                if end > start and text:
                    self.sheet.merge_range(row, start, row, end, text, self.header)
                else:
                    for index in range(start, end + 1):
                        self.sheet.write_string(row, index, text, self.header)
                start = end + 1
            row += 1
        for index, column in enumerate(columns):
            self.sheet.write_string(row, index, _text(column.label), self.header)
        return row + 1

    def _write_value(self, row: int, index: int, value: Value) -> None:
        """Write one typed cell; what is not a finite number stays empty."""
        style = self.formats[index]
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self.sheet.write_boolean(row, index, value, style)
        elif isinstance(value, int | float | Decimal):
            if math.isfinite(value):
                self.sheet.write_number(row, index, value, style)
        elif isinstance(value, datetime):
            moment = timezone.localtime(value) if timezone.is_aware(value) else value
            self.sheet.write_datetime(row, index, moment.replace(tzinfo=None), style)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, index, value, style)
        else:
            text = _text(str(value))
            self.sheet.write_string(row, index, text, self.quoted if looks_like_formula(text) else style)


def _text(text: str) -> str:
    """Text as a cell can hold it."""
    return cut_text(clean_text(text), MAX_TEXT)


def _number_format(column: Column) -> dict[str, Any]:
    """The format of a column's cells by its kind."""
    decimals = "." + "0" * column.digits if column.digits else ""
    formats = {
        Kind.TEXT: {"num_format": "@", "align": "left"},
        Kind.INTEGER: {"num_format": "#,##0"},
        Kind.DECIMAL: {"num_format": f"#,##0{decimals}"},
        Kind.PERCENT: {"num_format": f"0{decimals}%"},
        Kind.DATE: {"num_format": "yyyy-mm-dd"},
        Kind.DATETIME: {"num_format": "yyyy-mm-dd hh:mm"},
    }
    return formats[column.kind]
