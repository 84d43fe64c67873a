"""Reading uploads: by content, not by name; whatever is not a plain workbook or CSV is refused.

sheets = read_upload(uploaded.name, uploaded, RETURN_LIMITS)     # raises FileRefused(code, params)
messages.word_refusal(refusal)                                   # what to tell the reader
"""

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path, PurePath
from typing import Protocol

from gongmai.core.document.ports import WorkbookReader, WorkbookWriter
from gongmai.core.document.rules.annotated import annotated_pages
from gongmai.core.document.rules.archive import OLE_MAGIC, ZIP_MAGIC
from gongmai.core.document.rules.csv_text import read_csv
from gongmai.core.document.types import DEFAULT_LIMITS, FileRefused, Limits, Listing, Mark, Page, Sheets
from gongmai.core.ports import adapter

_MAX_NAME = 255
_TEXT_SUFFIXES = {".csv", ".txt", ".tsv"}
_MACRO_SUFFIXES = {".xlsm", ".xltm", ".xlam", ".xlsb"}


class Readable(Protocol):
    """An uploaded or open file."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes."""
        ...


def read_upload(name: str, source: bytes | Readable, limits: Limits = DEFAULT_LIMITS) -> Sheets:
    """The sheets of an uploaded .xlsx or .csv file. FileRefused with a code otherwise.

    At most one byte more than the limit is ever read into memory.
    """
    suffix = _check_name(name)
    content = source if isinstance(source, bytes) else source.read(limits.file_bytes + 1)
    if suffix in _TEXT_SUFFIXES and not content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return read_csv(content, limits)
    if suffix in _TEXT_SUFFIXES:
        raise FileRefused("wrong_suffix")
    reader: WorkbookReader = adapter("workbook_reader")
    return reader.read(content, limits)


def read_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> Sheets:
    """The same for a file on disk, as the command line gets it."""
    with path.open("rb") as handle:
        return read_upload(path.name, handle, limits)


def _check_name(name: str) -> str:
    """The suffix of a name that hides nothing."""
    if len(name) > _MAX_NAME or any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in name):
        raise FileRefused("bad_name")
    if "/" in name or "\\" in name or name in {"", ".", ".."}:
        raise FileRefused("bad_name")
    suffix = PurePath(name).suffix.lower()
    if suffix in _MACRO_SUFFIXES:
        raise FileRefused("macros")
    if suffix in {".xls", ".et", ".ods", ".numbers"}:
        raise FileRefused("old_format")
    if suffix not in {*_TEXT_SUFFIXES, ".xlsx"}:
        raise FileRefused("wrong_kind")
    return suffix


def annotate_upload(
    name: str, content: bytes, marks: Sequence[Mark], listing: Listing, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """The uploaded file as a workbook with what was found written into its cells, in its own layout.

    A CSV file, and a workbook that the annotating library cannot open, come back as plain sheets with the
    same cells. FileRefused as of read_upload.
    """
    reader: WorkbookReader = adapter("workbook_reader")
    if not name.lower().endswith(tuple(_TEXT_SUFFIXES)):
        with suppress(FileRefused):
            return reader.annotate(content, marks, listing, limits)
    return as_file(annotated_pages(read_upload(name, content, limits), marks, listing))


def as_file(pages: Sequence[Page]) -> bytes:
    """Drawn pages as the bytes of a workbook; forms are small, tables go through actions.table_response."""
    writer: WorkbookWriter = adapter("workbook_writer")
    target = BytesIO()
    writer.draw(pages, target)
    return target.getvalue()
