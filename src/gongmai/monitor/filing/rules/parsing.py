"""From what people type or paste to a value.

Full-width digits, thousands separators, blanks and the dashes that mean "none" are understood; a unit
inside the number is not guessed at but refused, because a unit slip is the commonest error of all.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from gongmai.monitor.filing.types import CellValue, Column, FilingError

_BLANKS = {"", "-", "--", "/"}
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
_PLAIN = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)$")
_DASHES = str.maketrans(dict.fromkeys("\u2212\u2012\u2013\u2014\u2015\u2010\u2011\u30fc", "-"))
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
# what spreadsheet users put before a number to keep it as text
_QUOTES = "'\u2018\u2019`"
_CONTROL = frozenset({"Cc", "Cs"})
LARGEST = 10**15
MAX_TEXT = 2000
MAX_TYPED = 64


def parse_number(text: str, decimals: int = 0, units: Sequence[str] = ()) -> int | float | None:
    """The number that `text` means, None for a blank.

    `units` are the names of the box's own unit: written behind the figure they change nothing. Raises
    FilingError: `not_a_number`, `unit_in_number`, `bad_grouping`, `too_many_decimals`, `number_too_large`.
    """
    if len(text) > MAX_TYPED:
        raise FilingError("not_a_number", text=text[:MAX_TYPED])
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES).lstrip(_QUOTES)
    for unit in units:
        name = unicodedata.normalize("NFKC", unit)
        if name and plain.removesuffix(f"({name})").removesuffix(name) != plain:
            plain = plain.removesuffix(f"({name})").removesuffix(name)
            break
    if plain in _BLANKS:
        return None
    if plain.startswith("(") and plain.endswith(")"):  # accountants write a negative number so
        plain = "-" + plain[1:-1]
    if "," in plain:
        if not _GROUPED.match(plain):
            raise FilingError("bad_grouping", text=text)
        plain = plain.replace(",", "")
    if not _PLAIN.match(plain) or not plain.isascii():
        has_digits = any(character.isdigit() for character in plain)
        raise FilingError("unit_in_number" if has_digits else "not_a_number", text=text)
    return fit_number(Decimal(plain), decimals, text)


def fit_number(value: Decimal, decimals: int, text: str) -> int | float:
    """The number with at most `decimals` places; FilingError when it has more or is too large."""
    if not value.is_finite():
        raise FilingError("not_a_number", text=text)
    if abs(value) >= LARGEST:
        raise FilingError("number_too_large", text=text)
    if value != round(value, decimals):
        raise FilingError("too_many_decimals", text=text, decimals=decimals)
    return int(value) if decimals == 0 else float(value)


def parse_value(raw: Any, column: Column, units: Sequence[str] = ()) -> CellValue:
    """The value of a cell of `column` from typed text, a JSON value or a sheet's cell; `units` as above.

    Raises FilingError as `parse_number`, or `unknown_choice`, `text_too_long`.
    """
    if raw is None:
        return None
    if column.is_number:
        return _parse_any_number(raw, column.decimals, units)
    text = plain_text(raw)
    if not text:
        return None
    if column.kind == "choice" and text not in column.choices:
        raise FilingError("unknown_choice", text=text[:MAX_TYPED], choices=sorted(column.choices))
    if len(text) > MAX_TEXT:
        raise FilingError("text_too_long", limit=MAX_TEXT)
    return text


def plain_text(raw: Any, limit: int | None = None) -> str:
    """What somebody wrote, without control characters (line breaks and tabs stay), at most `limit` long.

    PostgreSQL stores no NUL, and XML, which a workbook is made of, none of the others.
    """
    text = "".join(char for char in str(raw) if char in "\n\t" or unicodedata.category(char) not in _CONTROL)
    return text.strip()[:limit]


def _parse_any_number(raw: Any, decimals: int, units: Sequence[str]) -> int | float | None:
    if isinstance(raw, bool):
        raise FilingError("not_a_number", text=str(raw))
    if isinstance(raw, int | float):
        return fit_number(Decimal(repr(raw)), decimals, str(raw))
    return parse_number(str(raw), decimals, units)
