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
    """Bound what the engines are given: its size, its nesting, and what they multiply out themselves."""
    if unrolled_size(tree) > words.MAX_UNROLLED:
        raise FormulaError("too_many_nodes", tree.position, limit=words.MAX_UNROLLED)
    if _nesting(tree) > _PARSER_STACK:
        raise FormulaError("too_deep", tree.position, limit=words.MAX_DEPTH)
    if _expanded_size(tree) > _MAX_EXPANDED:
        raise FormulaError("too_complex", tree.position)


# SQLite's parser holds a hundred symbols; measured, a level of nesting takes as many as follows.
_PARSER_STACK = 95.0
_LEVEL = 3.3
_LEVELS = {
    "round": 11.2, "power": 10.1, "case": 6.8, "least": 5.7, "greatest": 5.7, "coalesce": 5.7, "sign": 5.7,
    "in": 4.6, "between": 4.6, "is_true": 4.6, "is_false": 4.6, "is_known": 4.6, "is_unknown": 4.6,
    "prev": 5.8, "year_ago": 5.8, "opening": 5.8, "for_months": 5.8, "count_last": 11.0, "avg_last": 9.0,
    "median_last": 9.0, "min_last": 9.0, "max_last": 9.0, "std_last": 9.0,
}  # fmt: skip
CHAINS = ({"+", "-"}, {"*"}, {"and"}, {"or"})  # operators that are written on without brackets

# Some operators repeat an argument, in the SQL or inside the engine (DuckDB's nullif).
_MAX_EXPANDED = 20_000
_REPEATS = {"round": 3, "floor": 3, "ceil": 3, "ln": 2, "log10": 2, "sqrt": 2, "power": 2, "for_months": 2}
_REPEATS_ALL = {"least", "greatest"}


def continues_chain(node: Node, arg: Node) -> bool:
    """Tell whether an argument is the left part of a chain such as `a + b + c`."""
    return arg is node.args[0] and any(node.op in chain and arg.op in chain for chain in CHAINS)


def _nesting(node: Node) -> float:
    own = _LEVELS.get(node.op, _LEVEL)
    below = (_nesting(arg) + (0.0 if continues_chain(node, arg) else own) for arg in node.args)
    return max(below, default=0.0)


def _expanded_size(node: Node) -> int:
    total = 1
    for index, arg in enumerate(node.args):
        repeats = 2 if node.op in _REPEATS_ALL else _REPEATS.get(node.op, 1)
        if node.op == "/" and index == 1 and arg.op != "number":
            repeats = 2
        total += repeats * _expanded_size(arg)
    return total


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
