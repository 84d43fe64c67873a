"""Writes workbooks: tables row by row while they are read, forms box by box."""

from collections.abc import Iterator, Sequence
from typing import IO

from gongmai.adapters.workbook_drawing import draw_pages
from gongmai.adapters.workbook_stream import stream_tables
from gongmai.core.document.types import Page, Table


class XlsxWorkbookWriter:
    """Fills the port WorkbookWriter."""

    def stream(self, tables: Sequence[Table]) -> Iterator[bytes]:
        """Yield the workbook of the tables in pieces, while their rows are read."""
        return stream_tables(tables)

    def draw(self, pages: Sequence[Page], target: IO[bytes]) -> None:
        """Draw each page as a sheet, the first one open."""
        draw_pages(pages, target)
