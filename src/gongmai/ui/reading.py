"""Reading what an address or a form field holds, whatever somebody typed into it."""

import re

_NUMBER = re.compile(r"[0-9]{1,9}")


def whole_number(text: str | None) -> int | None:
    """The whole number that a text means, None for anything else.

    ``str.isdigit`` is no guard: it takes superscripts, and a number of any length. Nine digits hold every
    page, version and key.

    >>> whole_number("12"), whole_number("²"), whole_number("9" * 40), whole_number(None)
    (12, None, None, None)
    """
    return int(text) if text and _NUMBER.fullmatch(text) else None
