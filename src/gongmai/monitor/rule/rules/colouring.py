"""A formula cut into pieces for syntax colouring; pieces put together are the text itself."""

from dataclasses import dataclass

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.fence import scan
from gongmai.core.formula.types import FormulaError


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and its kind: function, word, item, number, text, mark, space."""

    text: str
    kind: str


def colour(text: str) -> list[Piece]:
    """The pieces of a formula; one plain piece for a text that the fence refuses."""
    try:
        tokens = scan(text)
    except FormulaError:
        return [Piece(text, "plain")]
    found: list[Piece] = []
    end = 0
    for number, token in enumerate(tokens):
        if token.start > end:
            found.append(Piece(text[end : token.start], "space"))
        following = tokens[number + 1].text if number + 1 < len(tokens) else ""
        found.append(Piece(token.text, _kind(token.kind, token.text.lower(), following)))
        end = token.start + len(token.text)
    if end < len(text):
        found.append(Piece(text[end:], "space"))
    return found


def _kind(kind: str, text: str, following: str) -> str:
    if kind != "word":
        return kind
    if text in words.RESERVED:
        return "word"
    return "function" if following == "(" and text in words.FUNCTIONS else "item"
