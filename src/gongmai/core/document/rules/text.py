"""Text that leaves in a file: no formula by accident, no name that misleads.

Source: OWASP ASVS 5.0, 1.2.10 (CSV and formula injection) and 5.3.2 (file names).
"""

import re
import unicodedata

# what spreadsheet programs read as the start of a formula, the full-width forms included
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_UNSAFE_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_UNSAFE_IN_SHEETS = re.compile(r"[\\/:*?'\[\]\x00-\x1f\x7f]+")
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn")
# Unicode's categories Cc and Cs, except tab and line feed
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NAME_CHARS = 120
_SHEET_CHARS = 31


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program might take this text for a formula."""
    return text.lstrip(" \u3000").startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS)


def quote_for_csv(text: str) -> str:
    """Text for a CSV cell: a quote before what would become a formula. Numbers never pass here."""
    return f"'{text}" if looks_like_formula(text) else text


def clean_text(text: str) -> str:
    """Text that can be written to XML and shown: without control characters and lone surrogates."""
    return _CONTROL.sub("", text)


def clean_file_name(name: str, suffix: str = "") -> str:
    """A name that is safe on every system: no path, no invisible or direction-changing characters."""
    visible = "".join(char for char in name if unicodedata.category(char) not in _HIDDEN_CATEGORIES)
    safe = _UNSAFE_IN_NAMES.sub("_", visible).strip(" ._")[:_NAME_CHARS].strip(" ._") or "file"
    return safe + suffix


def cut_text(text: str, units: int) -> str:
    """The start of a text, at most `units` long as Excel counts: a rare character counts as two."""
    if len(text) * 2 <= units:
        return text
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")


def clean_sheet_name(name: str, taken: set[str]) -> str:
    """A sheet name that Excel accepts and that is not in `taken` (compared without case); adds it there."""
    visible = _UNSAFE_IN_SHEETS.sub(" ", clean_text(name)).strip(" '")
    safe = cut_text(visible, _SHEET_CHARS).strip(" '") or "Sheet"
    candidate, number = safe, 2
    while candidate.casefold() in taken or candidate.casefold() == "history":
        ending = f" {number}"
        candidate, number = cut_text(safe, _SHEET_CHARS - len(ending)) + ending, number + 1
    taken.add(candidate.casefold())
    return candidate
