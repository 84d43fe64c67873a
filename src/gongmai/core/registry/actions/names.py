"""How a name is found by typing its sound: full pinyin and initials."""

from pypinyin import lazy_pinyin

PINYIN_LIMIT, INITIALS_LIMIT = 400, 120


def spell(name: str) -> tuple[str, str]:
    """Pinyin without tones and blanks, and the initials, in small letters; digits stand for themselves."""
    syllables = [
        "".join(char for char in part.lower() if char.isascii() and char.isalnum())
        for part in lazy_pinyin(name)
    ]
    spoken = [syllable for syllable in syllables if syllable]
    return "".join(spoken)[:PINYIN_LIMIT], "".join(s[0] for s in spoken)[:INITIALS_LIMIT]
