"""Levels and spans: what is per row and what per group, and how far back a formula looks."""

from gongmai.core.formula.rules import words
from gongmai.core.formula.types import FormulaError, Mode, Node
from gongmai.core.period.types import PERIODS_PER_YEAR

_CONSTANT, _ROW, _GROUP = "constant", "row", "group"


def check_levels(tree: Node, mode: Mode) -> None:
    """Refuse aggregates in a row formula, and rows mixed with aggregates in a group formula."""
    level = _level(tree, mode)
    if mode is not Mode.ROW and level == _ROW:
        raise FormulaError("not_aggregated", tree.position)


def lookback(node: Node) -> int:
    """Return the number of periods before the current one that a formula may read."""
    below = max((lookback(arg) for arg in node.args), default=0)
    return below + _span(node)


def check_size(tree: Node) -> None:
    """Bound the size of a formula with its time words written out."""
    if unrolled_size(tree) > words.MAX_UNROLLED:
        raise FormulaError("too_many_nodes", tree.position, limit=words.MAX_UNROLLED)


def unrolled_size(node: Node) -> int:
    """Count the nodes of a formula with its time words written out."""
    below = sum(unrolled_size(arg) for arg in node.args)
    many = node.op in words.TIME and node.op not in {"prev", "year_ago", "opening"}
    return 1 + below * (int(node.value) if many else 1)


def _span(node: Node) -> int:
    if node.op not in words.TIME:
        return 0
    if node.op in {"year_ago", "opening"}:
        return PERIODS_PER_YEAR
    return int(node.value) - (1 if node.op in {"for_months", "count_last"} else 0)


def _level(node: Node, mode: Mode) -> str:
    if node.op == "item":
        return _CONSTANT if mode is Mode.LINES and node.value.head else _ROW
    if node.op in words.AGGREGATES:
        return _aggregate_level(node, mode)
    if node.op == words.OVERALL:
        return _overall_level(node, mode)
    levels = {_level(arg, mode) for arg in node.args}
    if node.op in words.TIME:
        if _GROUP in levels:
            raise FormulaError("time_over_aggregate", node.position, word=node.op)
        if any(part.op == "item" and part.value.head for part in node.walk()) or mode is Mode.LINES:
            raise FormulaError("time_in_lines", node.position, word=node.op)
    if {_ROW, _GROUP} <= levels:
        raise FormulaError("mixed_levels", node.position)
    return _GROUP if _GROUP in levels else (_ROW if _ROW in levels else _CONSTANT)


def _aggregate_level(node: Node, mode: Mode) -> str:
    if mode is Mode.ROW or (node.op == "lines") != (mode is Mode.LINES and node.op in {"lines", "firms"}):
        raise FormulaError("aggregate_here", node.position, word=node.op)
    if any(_level(arg, mode) == _GROUP for arg in node.args):
        raise FormulaError("nested_aggregate", node.position, word=node.op)
    return _GROUP


def _overall_level(node: Node, mode: Mode) -> str:
    if mode is not Mode.AGGREGATE:
        raise FormulaError("aggregate_here", node.position, word=node.op)
    inner = node.args[0]
    if inner.op not in words.AGGREGATES or inner.op == "median":
        raise FormulaError("overall_needs_aggregate", node.position)
    _level(inner, mode)
    return _GROUP
