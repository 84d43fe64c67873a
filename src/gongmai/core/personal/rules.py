"""Masking, and which field names say something about a person."""

import re

# parts of a field's name, whatever stands around them
_PERSONAL = re.compile(
    r"(^|_)(name|phone|tel|mobile|mail|email|contact|author|ip|agent|address|username|actor|person|device|"
    r"decider|birth|gender|card|surname|login|recipient|photo|resolved_by)($|_)"
)
_DIGITS = re.compile(r"\d")
_SHOWN_FIRST, _SHOWN_LAST = 3, 4


def looks_personal(field: str) -> bool:
    """Whether a field of that name has to stand in the inventory, as personal or as not."""
    return bool(_PERSONAL.search(field))


def mask_phone(text: str) -> str:
    """A telephone number with its middle digits hidden: 138****1234; of a short one only the last two show.

    Whatever else is written around the digits stays, so that an extension is still seen as one.
    """
    count = len(_DIGITS.findall(text))
    first, last = (
        (_SHOWN_FIRST, _SHOWN_LAST) if count > _SHOWN_FIRST + _SHOWN_LAST else (0, min(2, count // 2))
    )
    place = 0

    def hide(_match: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return _match.group() if place <= first or place > count - last else "*"

    return _DIGITS.sub(hide, text)
