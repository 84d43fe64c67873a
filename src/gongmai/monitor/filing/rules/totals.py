"""The roll-ups of a form in a shape that a page can compute while people type; the server's word stands."""

from typing import Any

from gongmai.core.formula.types import Node, View

_OPERATORS = frozenset({"+", "-", "*", "/", "coalesce"})


def to_tree(node: Node) -> list[Any] | None:
    """The tree of a roll-up as nested lists; None where it uses more than sums of simple terms.

    ``["sum", term]`` over the lines; a term is a number, a column's key, or ``[operator, term, ...]``.
    """
    if node.op != "sum":
        return None
    term = _to_term(node.args[0])
    return None if term is None else ["sum", term]


def _to_term(node: Node) -> Any:
    if node.op == "number":
        return node.value
    if node.op == "item" and not node.value.head:
        return node.value.column(View.MONTH)
    if node.op in _OPERATORS:
        terms = [_to_term(arg) for arg in node.args]
        return None if None in terms else [node.op, *terms]
    return None
