"""Cuts as SQL over the panel's columns: the expression of a group's code, and conditions on codes.

Every text that enters comes from data files or code lists and is quoted here; codes asked for by a
request are passed as parameters.
"""

from collections.abc import Sequence

from gongmai.monitor.indicator.types import Cut, IndicatorError

IDENTIFIER_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def quote(text: str) -> str:
    """A text literal."""
    return "'" + text.replace("'", "''") + "'"


def expression(cut: Cut) -> str:
    """The SQL of a cut's code for a row of the panel."""
    if not cut.cases:
        return cut.column
    branches = " ".join(f"WHEN {condition} THEN {quote(code)}" for condition, code in cut.cases)
    return f"CASE {branches} ELSE {quote(cut.other)} END"


def tag_condition(tag: str) -> str:
    """Whether a firm carries a tag. The panel keeps tags as ``|a|b|``."""
    if not tag.replace("_", "").replace("-", "").isalnum():
        raise IndicatorError("unknown_code", cut="tag", value=tag)
    return f"(instr(tags, '|{tag}|') > 0)"


def industry_condition(codes: Sequence[str]) -> str:
    """Whether a firm's class lies in one of the codes, whatever their level (section, 2, 3 or 4 digits)."""
    parts = []
    for code in codes:
        column = "industry_section" if code.isalpha() else f"substr(industry, 1, {len(code)})"
        parts.append(f"{column} = {quote(code)}")
    return "(" + " OR ".join(parts) + ")" if parts else "FALSE"


def within(cut: Cut, codes: Sequence[str]) -> tuple[str, list[str]]:
    """The condition that a firm belongs to one of the codes, and its parameters."""
    if not codes:
        return "FALSE", []
    if cut.overlapping:
        return "(" + " OR ".join(tag_condition(code) for code in codes) + ")", []
    return f"({expression(cut)} IN ({', '.join('?' * len(codes))}))", list(codes)


def column_name(cut: Cut) -> str:
    """The name of a cut's column in the grouped relation."""
    name = cut.code.replace(":", "_").replace("-", "_")
    if not set(name) <= IDENTIFIER_CHARACTERS:
        raise IndicatorError("unknown_cut", cut=cut.code)
    return name if name == cut.column else f"cut_{name}"
