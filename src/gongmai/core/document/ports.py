"""What the adapters for workbooks must do. Settings name them: workbook_reader, workbook_writer."""

from collections.abc import Iterator, Sequence
from typing import IO, Protocol

from gongmai.core.document.types import Limits, Listing, Mark, Page, Sheets, Table, Value


class WorkbookReader(Protocol):
    """Reads an .xlsx file that may be hostile."""

    def read(self, content: bytes, limits: Limits) -> Sheets:
        """The sheets of the workbook; FileRefused when it is not one, or costs more than the limits."""
        ...

    def read_table(self, content: bytes) -> Sequence[Sequence[Value]]:
        """The rows of the first visible sheet."""
        ...

    def annotate(self, content: bytes, marks: Sequence[Mark], listing: Listing, limits: Limits) -> bytes:
        """The same workbook with notes and colours on its cells and a list in front.

        FileRefused when that costs more than the limits.
        """
        ...


class WorkbookWriter(Protocol):
    """Writes .xlsx files with typed cells: tables row by row, forms box by box."""

    def stream(self, tables: Sequence[Table]) -> Iterator[bytes]:
        """Yield a workbook with each table on a sheet of its own, in pieces, while its rows are read.

        The memory does not grow with the rows. A table with more rows than a sheet takes goes on on another.
        """
        ...

    def draw(self, pages: Sequence[Page], target: IO[bytes]) -> None:
        """Draw each page as a sheet, the first one open."""
        ...
