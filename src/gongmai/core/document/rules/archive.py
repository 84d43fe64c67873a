"""What the table of contents of an uploaded workbook may say. Nothing is unpacked here.

A workbook is a zip archive. This looks only at its directory, which costs microseconds; the content is
unpacked and counted by `scan`, inside the limited child process, because directories lie.
Source: OWASP ASVS 5.0, 5.2 and 5.3; structure of the archive: APPNOTE 6.3.
"""

import stat
import struct
import unicodedata
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from gongmai.core.document.types import FileRefused, Limits

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
REQUIRED = ("[Content_Types].xml", "xl/workbook.xml")
MACRO_PARTS = ("vbaproject", "vbadata", "macrosheets/", "dialogsheets/")
ACTIVE_PARTS = ("embeddings/", "activex/")

_END = struct.Struct("<4sHHHHIIH")
_END_MAGIC = b"PK\x05\x06"
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_MAX_DIRECTORY_BYTES = 512 * 1024
_MAX_NAME = 255
_DESCRIPTOR_BYTES = 24
_ENCRYPTED_FLAG = 0x1
_BOMB_FLOOR = 1024 * 1024


def check_archive(content: bytes, limits: Limits) -> list[ZipInfo]:
    """The entries of a workbook whose directory is sound; FileRefused with a code otherwise."""
    _check_kind(content, limits)
    entries = _read_directory(content, limits)
    _check_entries(entries)
    _check_layout(content, entries)
    _check_sizes(content, entries, limits)
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("workbook.bin") for name in names):
        raise FileRefused("old_format")
    if not all(name in names for name in REQUIRED):
        raise FileRefused("not_a_workbook")
    return entries


def _check_kind(content: bytes, limits: Limits) -> None:
    """Refuse by size and by the first bytes."""
    if not content:
        raise FileRefused("empty")
    if len(content) > limits.file_bytes:
        raise FileRefused("too_large", megabytes=limits.file_bytes // (1024 * 1024))
    if content.startswith(OLE_MAGIC):
        raise FileRefused("encrypted" if ENCRYPTED_MARK in content else "old_format")
    if content.lstrip()[:1] == b"<":
        raise FileRefused("web_page")
    if not content.startswith(ZIP_MAGIC):
        raise FileRefused("not_a_workbook")


def _read_directory(content: bytes, limits: Limits) -> list[ZipInfo]:
    """Read the directory after checking by hand that it is small and ends the file."""
    end = len(content) - _END.size
    if end < 0 or content[end : end + 4] != _END_MAGIC:
        raise FileRefused("hidden_data" if _END_MAGIC in content else "damaged")
    _, disk, _, _, count, size, offset, comment = _END.unpack_from(content, end)
    if disk or comment or offset + size != end:
        raise FileRefused("hidden_data")
    if count > limits.entries or size > _MAX_DIRECTORY_BYTES:
        raise FileRefused("too_many_parts", parts=limits.entries)
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise FileRefused("damaged") from error
    if len(entries) != count:
        raise FileRefused("damaged")
    return entries


def _check_entries(entries: list[ZipInfo]) -> None:
    """Refuse names that lead elsewhere, links, encryption, macros and embedded objects."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if not is_safe_part_name(name) or name.casefold() in seen or stat.S_ISLNK(entry.external_attr >> 16):
            raise FileRefused("bad_parts")
        seen.add(name.casefold())
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise FileRefused("encrypted")
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise FileRefused("damaged")
        lower = name.lower()
        if any(part in lower for part in MACRO_PARTS):
            raise FileRefused("macros")
        if any(part in lower for part in ACTIVE_PARTS):
            raise FileRefused("embedded")


def is_safe_part_name(name: str) -> bool:
    """Whether a name inside an archive stays inside it and hides nothing."""
    return (
        0 < len(name) <= _MAX_NAME
        and not name.startswith(("/", "~"))
        and "\\" not in name
        and ":" not in name
        and ".." not in name.split("/")
        and not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in name)
    )


def _check_layout(content: bytes, entries: list[ZipInfo]) -> None:
    """Entries must fill the file from its first byte to the directory: no overlap, nothing in between."""
    position = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        gap = entry.header_offset - position
        if gap < 0 or gap > (_DESCRIPTOR_BYTES if position else 0):
            raise FileRefused("hidden_data")
        try:
            magic, *_, name_bytes, extra_bytes = _LOCAL.unpack_from(content, entry.header_offset)
        except struct.error as error:
            raise FileRefused("damaged") from error
        if magic != ZIP_MAGIC:
            raise FileRefused("damaged")
        position = entry.header_offset + _LOCAL.size + name_bytes + extra_bytes + entry.compress_size
    directory = _END.unpack_from(content, len(content) - _END.size)[6]
    if not 0 <= directory - position <= _DESCRIPTOR_BYTES:
        raise FileRefused("hidden_data")


def _check_sizes(content: bytes, entries: list[ZipInfo], limits: Limits) -> None:
    """Refuse what admits to be a bomb."""
    declared = sum(entry.file_size for entry in entries)
    if declared > limits.unpacked_bytes:
        raise FileRefused("bomb", megabytes=limits.unpacked_bytes // (1024 * 1024))
    if declared > _BOMB_FLOOR and declared > len(content) * limits.ratio:
        raise FileRefused("bomb", megabytes=limits.unpacked_bytes // (1024 * 1024))
