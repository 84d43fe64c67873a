"""Reading CSV text that somebody made with a spreadsheet program: encoding, separator, limits."""

import codecs
import csv
from io import StringIO

from gongmai.core.document.rules.text import looks_like_formula
from gongmai.core.document.types import FileRefused, Limits, Sheet, Sheets, Value

_SEPARATORS = ",\t;"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_text(content: bytes) -> str:
    """Text in UTF-8 (with or without mark), UTF-16 with mark, or GB 18030; FileRefused otherwise."""
    if content.startswith(_UTF16_MARKS):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        raise FileRefused("binary")
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise FileRefused("binary")
        return text
    raise FileRefused("encoding")


def read_csv(content: bytes, limits: Limits) -> Sheets:
    """A CSV file as one sheet of texts, an empty field as None. FileRefused beyond the limits."""
    if not content.strip():
        raise FileRefused("empty")
    if len(content) > limits.file_bytes:
        raise FileRefused("too_large", megabytes=limits.file_bytes // (1024 * 1024))
    text = decode_text(content)
    rows: list[list[Value]] = []
    cells = 0
    try:
        for fields in csv.reader(StringIO(text, newline=""), delimiter=_find_separator(text)):
            cells += len(fields)
            _check_size(fields, len(rows), cells, limits)
            rows.append([_unquote(field) for field in fields])
    except csv.Error as error:
        raise FileRefused("damaged") from error
    while rows and not any(rows[-1]):
        rows.pop()
    return Sheets((Sheet("CSV", rows),))


def _find_separator(text: str) -> str:
    """The separator that the first line uses most; a comma when it uses none."""
    line = text.split("\n", 1)[0][:10_000]
    return max(_SEPARATORS, key=line.count)


def _check_size(fields: list[str], row: int, cells: int, limits: Limits) -> None:
    if row >= limits.rows:
        raise FileRefused("too_many_rows", rows=limits.rows, cell=f"A{row + 1}")
    if len(fields) > limits.columns:
        raise FileRefused("too_many_columns", columns=limits.columns)
    if cells > limits.cells:
        raise FileRefused("too_many_cells", cells=limits.cells)
    if any(len(field) > limits.text_chars for field in fields):
        raise FileRefused("text_too_long", characters=limits.text_chars)


def _unquote(field: str) -> str | None:
    """Take off the quote that our own CSV puts before text that looks like a formula."""
    if field.startswith("'") and looks_like_formula(field[1:]):
        field = field[1:]
    return field.strip() or None
