"""Unpacking a workbook with a count, and reading its XML as bytes, before any parser sees it.

Runs inside the limited child process. Finds what lies (sizes), what expands (document types, entities),
what is nested, and sheets whose two far corners would make a parser reserve half a terabyte.
"""

import re
import zlib
from collections.abc import Iterator
from zipfile import ZIP_STORED, ZipInfo

from gongmai.core.document.types import FileRefused, Limits

_CHUNK = 256 * 1024
_CARRY = 8 * 1024
_NESTED = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"MZ")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
# a cell that holds something: formatted blanks are written as <c .../> and do not count
_CELL = re.compile(
    rb"<(?:\w{1,20}:)?c\s(?:[^<>]{0,300}?\s)?r=[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^<>]{0,300}(?<!/)>"
)
# a cell that shows an error; a formula whose result was never stored: both would be read as blank
_ERROR = re.compile(
    rb"<(?:\w{1,20}:)?c\s(?=[^<>]{0,300}\bt=[\"']e[\"'])[^<>]{0,300}?\br=[\"'](\w{2,10})[\"']"
)
_UNCALCULATED = re.compile(
    rb"<(?:\w{1,20}:)?c\s(?![^<>]{0,300}\bt=)[^<>]{0,300}?\br=[\"'](\w{2,10})[\"'][^<>]{0,300}>"
    rb"<(?:\w{1,20}:)?f[^<>]{0,300}>[^<]{0,8192}</(?:\w{1,20}:)?f>\s?(?:<v\s?/>|<v></v>)?\s?</(?:\w{1,20}:)?c>"
)
# the texts of a workbook, each kept once: a parser holds all of them, used or not
_SHARED = re.compile(rb"</(?:\w{1,20}:)?si>|<(?:\w{1,20}:)?si\s?/>")
_LETTERS = 26


def scan_workbook(content: bytes, entries: list[ZipInfo], limits: Limits) -> None:
    """Unpack every entry, counting; FileRefused when one lies, expands, nests or spreads too far."""
    left = limits.unpacked_bytes
    cells = 0
    for entry in entries:
        box = _Box()
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        is_sheet = is_xml and entry.filename.lower().startswith("xl/worksheets/sheet")
        is_shared = entry.filename.lower() == "xl/sharedstrings.xml"
        unpacked = texts = 0
        carry = b""
        for chunk in unpack(content, entry):
            if unpacked == 0:
                _check_start(chunk, is_xml=is_xml)
            unpacked += len(chunk)
            if unpacked > min(left, entry.file_size):
                raise FileRefused("bomb", megabytes=limits.unpacked_bytes // (1024 * 1024))
            if is_shared:
                # what is carried over is an unfinished tag, which is counted once, when it is finished
                texts += len(_SHARED.findall(carry + chunk))
                if texts > limits.cells:
                    raise FileRefused("too_many_cells", cells=limits.cells)
            if is_xml:
                carry = _scan_xml(carry + chunk, entry, box if is_sheet else None)
                _check_box(box, cells, limits)
        if is_sheet:
            _scan_cells(carry, box)
            _check_box(box, cells, limits)
        if unpacked != entry.file_size:
            raise FileRefused("damaged")
        left -= unpacked
        cells += box.cells


def unpack(content: bytes, entry: ZipInfo) -> Iterator[bytes]:
    """The content of an entry in chunks, whatever its directory line says about the size."""
    start = entry.header_offset
    name_bytes = int.from_bytes(content[start + 26 : start + 28], "little")
    extra_bytes = int.from_bytes(content[start + 28 : start + 30], "little")
    start += 30 + name_bytes + extra_bytes
    packed = memoryview(content)[start : start + entry.compress_size]
    if entry.compress_type == ZIP_STORED:
        for position in range(0, len(packed), _CHUNK):
            yield bytes(packed[position : position + _CHUNK])
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting: bytes | memoryview = packed
    try:
        while not stream.eof:
            chunk = stream.decompress(waiting, _CHUNK)
            waiting = stream.unconsumed_tail
            if not chunk and not waiting:
                break
            if chunk:
                yield chunk
    except zlib.error as error:
        raise FileRefused("damaged") from error
    if not stream.eof:
        raise FileRefused("damaged")


class _Box:
    """The rectangle that holds every filled cell of a sheet, and how many there are."""

    __slots__ = ("cells", "columns", "far", "first_row", "last_row")

    def __init__(self) -> None:
        self.cells = 0
        self.columns: set[bytes] = set()
        self.first_row = 0
        self.last_row = 0
        self.far = ""

    def add(self, found: list[tuple[bytes, bytes]]) -> None:
        """Take in the addresses found in one chunk."""
        if not found:
            return
        self.cells += len(found)
        self.columns.update(letters.upper() for letters, _ in found)
        rows = [int(row) for _, row in found]
        self.first_row = min([self.first_row or rows[0], *rows])
        if max(rows) > self.last_row:
            self.last_row = max(rows)
            self.far = (found[-1][0] + found[-1][1]).decode().upper()

    @property
    def height(self) -> int:
        """Rows from the first filled one to the last."""
        return self.last_row - self.first_row + 1 if self.cells else 0

    @property
    def width(self) -> int:
        """Columns from the first filled one to the last."""
        numbers = [column_number(letters) for letters in self.columns]
        return max(numbers) - min(numbers) + 1 if numbers else 0


def column_number(letters: bytes) -> int:
    """The number of a column from 1: A is 1, XFD is 16,384."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - 64
    return number


def _check_start(chunk: bytes, *, is_xml: bool) -> None:
    """Refuse archives and programs inside, and XML in encodings in which bytes could hide."""
    if chunk.startswith(_NESTED):
        raise FileRefused("nested")
    if is_xml and chunk.startswith(_UTF16):
        raise FileRefused("damaged")


def _scan_xml(text: bytes, entry: ZipInfo, box: _Box | None) -> bytes:
    """Look at what is complete; return the unfinished end, which is read again with the next chunk."""
    if any(mark in text for mark in _DECLARATIONS):
        raise FileRefused("entities")
    if entry.filename == "[Content_Types].xml" and b"macroenabled" in text.lower():
        raise FileRefused("macros")
    if box is None:
        cut = text.rfind(b"<")
        return text[cut:][-_CARRY:] if cut >= 0 and b">" not in text[cut:] else b""
    cut = text.rfind(b"<c ")
    if cut < 0 or len(text) - cut > _CARRY:
        cut = len(text)
    _scan_cells(text[:cut], box)
    return text[cut:]


def _scan_cells(text: bytes, box: _Box) -> None:
    """Count the filled cells, and refuse what a parser would silently read as blank."""
    box.add(_CELL.findall(text))
    if b"#" in text and (error := _ERROR.search(text)) is not None:
        raise FileRefused("cell_error", cell=error[1].decode())
    if b"<f" in text and (formula := _UNCALCULATED.search(text)) is not None:
        raise FileRefused("uncalculated", cell=formula[1].decode())


def _check_box(box: _Box, before: int, limits: Limits) -> None:
    """Refuse too many cells (`before`: those of the sheets before), or too large a rectangle."""
    height, width = box.height, box.width
    if before + box.cells > limits.cells:
        raise FileRefused("too_many_cells", cells=limits.cells)
    if height > limits.rows:
        raise FileRefused("too_many_rows", rows=limits.rows, cell=box.far)
    if width > limits.columns:
        raise FileRefused("too_many_columns", columns=limits.columns)
    if height * width > limits.cells * 4:
        raise FileRefused("too_many_cells", cells=limits.cells)
