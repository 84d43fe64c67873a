"""The fence before the parser: only harmless characters, words and sizes come through.

Runs in linear time on any text, so that hostile input is refused before a parser sees it: no
quotes but plain text literals, no comments, no semicolons, no parameters, no qualified names, no
unknown function names, bounded length, nesting and list size.
"""

import re
from typing import NamedTuple

from gongmai.core.formula.rules import words
from gongmai.core.formula.types import FormulaError

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:\d{1,18}(?:\.\d{1,18})?)(?:[eE][+-]?\d{1,2})?(?![A-Za-z0-9_.]))
      | (?P<word>[A-Za-z][A-Za-z0-9_]{0,63}(?![A-Za-z0-9_]))
      | (?P<text>'[^'\\\x00-\x1f\x7f]{0,80}')
      | (?P<mark><=|>=|<>|!=|[-+*/(),=<>])
    """,
    re.VERBOSE,
)
_COMMENTS = ("--", "/*", "*/")


class Token(NamedTuple):
    """One lexical unit: its kind, its text and where it starts."""

    kind: str
    text: str
    start: int


def scan(text: str) -> list[Token]:
    """Return the tokens of a text, or raise `FormulaError` naming the first offence."""
    if len(text.encode("utf-8", "replace")) > words.MAX_TEXT:
        raise FormulaError("too_long", limit=words.MAX_TEXT)
    tokens: list[Token] = []
    start = 0
    while start < len(text):
        match = _TOKEN.match(text, start)
        if match is None or text[start : start + 2] in _COMMENTS:
            raise FormulaError("character", start, found=text[start : start + 2])
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match.group(), start))
        start = match.end()
    if not tokens:
        raise FormulaError("empty", 0)
    _check_shape(tokens)
    return tokens


def _check_shape(tokens: list[Token]) -> None:
    if len(tokens) > words.MAX_NODES * 2:
        raise FormulaError("too_many_nodes", tokens[-1].start, limit=words.MAX_NODES)
    commas = [0]
    run = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else _END
        _check_pair(token, following)
        # prefix operators nest without parentheses: `not not not x`, `- - - x`, `case case`
        run = run + 1 if token.text.lower() in {"-", "+", "not", "case", "when"} else 0
        if token.text == "(":
            commas.append(0)
        elif token.text == ")":
            commas.pop()
        elif token.text == ",":
            commas[-1] += 1
        if not commas:
            raise FormulaError("parenthesis", token.start)
        if len(commas) + run > words.MAX_DEPTH:
            raise FormulaError("too_deep", token.start, limit=words.MAX_DEPTH)
        if commas[-1] >= words.MAX_LIST:
            raise FormulaError("list_too_long", token.start, limit=words.MAX_LIST)
    if len(commas) != 1:
        raise FormulaError("parenthesis", tokens[-1].start)


def _check_pair(token: Token, following: Token) -> None:
    """Refuse neighbours that the language never has side by side.

    Two text literals would be read as one with a quote inside; two names as an alias or a command.
    """
    if token.kind == "text" and following.kind == "text":
        raise FormulaError("syntax", following.start)
    if token.text == "=" and following.text == "=":
        raise FormulaError("syntax", following.start)
    if token.kind != "word":
        return
    name = token.text.lower()
    if following.text == "(" and name not in words.FUNCTIONS and name not in words.CONNECTIVES:
        raise FormulaError("unknown_function", token.start, name=token.text)
    plain = name not in words.RESERVED
    if plain and following.kind in {"word", "text"} and following.text.lower() not in words.RESERVED:
        raise FormulaError("syntax", following.start)


_END = Token("end", "", 0)
