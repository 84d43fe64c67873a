"""Which kind a file is of, by name and content both. Nothing is unpacked, no picture is decoded.

Source: OWASP ASVS 5.0, 5.2.1-5.2.6 (type by content and extension, archives, pixel flood) and 5.3.2 (names).
"""

import struct
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

from gongmai.core.attachment.types import Allowance, AttachmentRefused, FileKind
from gongmai.core.document.rules.archive import ACTIVE_PARTS, MACRO_PARTS, is_safe_part_name
from gongmai.core.document.rules.text import clean_file_name

HEAD = 1024
_MAX_PARTS = 2000
_RATIO, _RATIO_FLOOR, _UNPACKED = 200, 1024 * 1024, 200 * 1024 * 1024
_LINK_FLAG, _LINK = 0o170000, 0o120000
_ENCRYPTED = 0x1
# the test file of the anti-virus makers, in two parts so that no scanner takes this source for it
TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def clean_name(name: str) -> str:
    """The name as it is kept: no path, nothing hidden, no direction marks, at most 120 characters."""
    base = PurePath(unicodedata.normalize("NFC", name.replace("\\", "/")).replace("\x00", "")).name
    path = PurePath(clean_file_name(base))
    suffix = PurePath(base.rstrip(" .")).suffix.lower()[:8]
    safe = clean_file_name(suffix[1:]) if len(suffix) > 1 else ""
    stem = path.stem if path.suffix.lower() == suffix else path.name
    return f"{stem[:110].strip(' .') or 'file'}.{safe}" if safe else stem


def recognise(
    name: str, content: IO[bytes], size: int, kinds: Sequence[FileKind], limits: Allowance
) -> FileKind:
    """The kind of a file that is open for reading; AttachmentRefused with a code otherwise."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    named = next((kind for kind in kinds if suffix in kind.suffixes), None)
    allowed = ", ".join(one for kind in kinds for one in kind.suffixes)
    if named is None:
        raise AttachmentRefused("kind", kinds=allowed)
    if size == 0:
        raise AttachmentRefused("empty")
    content.seek(0)
    head = content.read(HEAD)
    if named.text:
        _check_text(content)
    elif not head.startswith(named.begins):
        raise AttachmentRefused("content", suffix=suffix)
    if named.holds:
        _check_archive(content, size, named.holds)
    if named.code in {"png", "jpg"}:
        _check_picture(named.code, content, limits)
    return named


def holds_test_virus(chunks: Iterable[bytes]) -> bool:
    """Whether the makers' test file is in it, also across the borders of the chunks."""
    tail = b""
    for chunk in chunks:
        if TEST_VIRUS in tail + chunk:
            return True
        tail = (tail + chunk)[-len(TEST_VIRUS) :]
    return False


def _check_text(content: IO[bytes]) -> None:
    """Text: no NUL, readable as UTF-8 or GB 18030, not the beginning of another kind of file."""
    content.seek(0)
    data = content.read()
    if (
        b"\x00" in data
        or data.lstrip()[:1] == b"<"
        or data.startswith((b"PK\x03\x04", b"MZ", b"%PDF", b"#!"))
    ):
        raise AttachmentRefused("content", suffix="csv")
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    raise AttachmentRefused("content", suffix="csv")


def _check_archive(content: IO[bytes], size: int, holds: Sequence[str]) -> None:
    """The directory of an archive: what it must hold, no macros, no embedded objects, no bomb."""
    content.seek(0)
    try:
        with ZipFile(content) as archive:
            entries = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
        raise AttachmentRefused("damaged") from error
    if len(entries) > _MAX_PARTS:
        raise AttachmentRefused("bomb")
    names = {entry.filename for entry in entries}
    if not all(part in names for part in holds):
        raise AttachmentRefused("damaged")
    for entry in entries:
        lower = entry.filename.lower()
        if not is_safe_part_name(entry.orig_filename) or (entry.external_attr >> 16) & _LINK_FLAG == _LINK:
            raise AttachmentRefused("damaged")
        if entry.flag_bits & _ENCRYPTED:
            raise AttachmentRefused("encrypted")
        if any(part in lower for part in (*MACRO_PARTS, *ACTIVE_PARTS)):
            raise AttachmentRefused("active")
    declared = sum(entry.file_size for entry in entries)
    if declared > _UNPACKED or (declared > _RATIO_FLOOR and declared > size * _RATIO):
        raise AttachmentRefused("bomb")


def _check_picture(code: str, content: IO[bytes], limits: Allowance) -> None:
    """Width and height as the header says: a small file may unpack to gigabytes of pixels."""
    found = _png_size(content) if code == "png" else _jpeg_size(content)
    if found is None:
        raise AttachmentRefused("damaged")
    width, height = found
    if not width or not height:
        raise AttachmentRefused("damaged")
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise AttachmentRefused("pixels", width=width, height=height)


def _png_size(content: IO[bytes]) -> tuple[int, int] | None:
    content.seek(8)
    head = content.read(16)
    if len(head) < 16 or head[4:8] != b"IHDR":  # noqa: PLR2004 - the fixed layout of the first chunk
        return None
    width, height = struct.unpack(">II", head[8:16])
    return width, height


def _jpeg_size(content: IO[bytes]) -> tuple[int, int] | None:
    """The size in the first frame header, found by stepping over the segments before it."""
    content.seek(2)
    for _ in range(1000):
        mark = content.read(2)
        while len(mark) == 2 and mark == b"\xff\xff":  # noqa: PLR2004 - fill bytes
            mark = b"\xff" + content.read(1)
        if len(mark) < 2 or mark[0] != 0xFF:  # noqa: PLR2004 - a marker has two bytes
            return None
        if mark[1] in _ALONE:
            continue
        length = content.read(2)
        if len(length) < 2:  # noqa: PLR2004 - a length has two bytes
            return None
        if mark[1] in _FRAMES:
            frame = content.read(5)
            if len(frame) < 5:  # noqa: PLR2004 - precision, height, width
                return None
            height, width = struct.unpack(">HH", frame[1:])
            return width, height
        content.seek(struct.unpack(">H", length)[0] - 2, 1)
    return None
