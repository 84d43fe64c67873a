"""The unified social credit code of GB 32100-2015 and the organisation code of GB 11714 inside it.

Eighteen characters: registering department 1, kind 1, registering office 6, organisation code 9, check 1. The
office is where the firm was registered, not where it works: a region is never derived from it.
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_INNER = slice(8, 17)
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_TEN, _INNER_ELEVEN = 10, 11
_WIDE_FIRST, _WIDE_LAST, _WIDE_SHIFT = 0xFF01, 0xFF5E, 0xFEE0


def normalise_credit_code(text: str) -> str:
    """The code as it is stored: narrow characters, capitals, no blanks.

    >>> normalise_credit_code(" 91350100m000100y43 ")
    '91350100M000100Y43'
    """
    narrow = "".join(
        chr(ord(char) - _WIDE_SHIFT) if _WIDE_FIRST <= ord(char) <= _WIDE_LAST else char for char in text
    )
    return "".join(narrow.split()).upper()


def compute_credit_check(first17: str) -> str:
    """The check character of the first seventeen; KeyError when one is not of the alphabet.

    >>> compute_credit_check("91350100M000100Y4")
    '3'
    """
    total = sum(_VALUE[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def compute_inner_check(first8: str) -> str:
    """The check character of the organisation code (GB 11714) of eight characters 0-9, A-Z."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, _INNER_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {_INNER_TEN: "X", _INNER_ELEVEN: "0"}.get(rest, str(rest))


def check_credit_code(text: str) -> list[str]:
    """What is wrong with a normalised code, as finding codes; an empty list when it is valid.

    ``credit_length``, ``credit_alphabet`` and ``credit_check`` refuse it.
    """
    if len(text) != LENGTH:
        return ["credit_length"]
    if any(char not in _VALUE for char in text):
        return ["credit_alphabet"]
    return [] if compute_credit_check(text[:-1]) == text[-1] else ["credit_check"]


def check_inner_code(text: str) -> list[str]:
    """``credit_inner`` when the organisation code inside fails its own check: ask, do not refuse."""
    inner = text[_INNER]
    return [] if compute_inner_check(inner[:-1]) == inner[-1] else ["credit_inner"]
