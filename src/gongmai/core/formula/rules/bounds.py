"""Magnitudes: where a number could leave the range of a double.

Every cell is 0 or between 1e-30 and 1e18 in size (filing and panel hold that). From this the
largest and the smallest non-zero size of every sub-expression follows, so that a guard against
overflow is compiled only where one could happen; ordinary formulas compile without any.
"""

import math
from collections.abc import Callable, Mapping

from gongmai.core.formula.types import FormulaError, Node

Bounds = tuple[float, float]  # log10 of the least and the greatest size

CELL: Bounds = (-30.0, 18.0)
CEILING = 307.0
_FULL: Bounds = (-324.0, 308.3)
_ROUNDING = 16.0  # a difference of doubles is zero or no finer than this below its smaller operand
_ROWS = 9.0  # up to a thousand million rows in a sum
_UNIT: Bounds = (0.0, 0.0)
_SQUARES = 2.0


def bounds(node: Node, params: Mapping[str, float]) -> Bounds:
    """Return the range of sizes of a numeric node, after its own guard if it needs one."""
    found = raw_bounds(node, params)
    return _FULL if found[1] > CEILING else found


def raw_bounds(node: Node, params: Mapping[str, float]) -> Bounds:
    """Return the range of sizes before a guard; beyond `CEILING` the node needs one."""
    inner = [bounds(arg, params) for arg in node.args if arg.type in {"number", "null"}]
    if node.op == "param":
        return _of(params[node.value])
    for ops, rule in _RULES:
        if node.op in ops:
            return rule(node, inner)
    return _UNIT


def _envelope(node: Node, inner: list[Bounds]) -> Bounds:
    del node
    return min((low for low, _ in inner), default=0.0), max((high for _, high in inner), default=0.0)


def _added(node: Node, inner: list[Bounds]) -> Bounds:
    low, high = _envelope(node, inner)
    return low - _ROUNDING, high + 0.31


def _multiplied(node: Node, inner: list[Bounds]) -> Bounds:
    return _product(inner[0], inner[1], node.op)


def _scaled(node: Node, inner: list[Bounds]) -> Bounds:
    return _product(inner[0], _of(float(node.value)), "*")


def _rounded(node: Node, inner: list[Bounds]) -> Bounds:
    return -float(max(node.value, 0)) - 1, inner[0][1] + abs(node.value) + 1


def _product(left: Bounds, right: Bounds, op: str) -> Bounds:
    if op == "*":
        return left[0] + right[0], left[1] + right[1]
    return left[0] - right[1], left[1] - right[0]


def _power(node: Node, inner: list[Bounds]) -> Bounds:
    exponent = _exponent(node.args[1])
    ends = sorted((inner[0][0] * exponent, inner[0][1] * exponent))
    return ends[0], ends[1]


def _exponent(node: Node) -> float:
    if node.op == "number":
        return float(node.value)
    if node.op == "neg":
        return -_exponent(node.args[0])
    return _exponent(node.args[0]) / _exponent(node.args[1])


def _summed(node: Node, inner: list[Bounds]) -> Bounds:
    high = inner[0][1] * (_SQUARES if node.op == "std_last" else 1) + _ROWS
    if high > CEILING:
        raise FormulaError("magnitude", node.position, word=node.op)
    return inner[0][0] - _ROUNDING, inner[0][1] + _ROWS


def _of(value: float) -> Bounds:
    if not value:
        return _UNIT
    size = math.log10(abs(value))
    return size, size


_SAME = frozenset(
    {"neg", "abs", "named", "in_unit", "prev", "year_ago", "opening", "min", "max", "min_last", "max_last"}
)
_SUMS = frozenset({"sum", "sum_where", "avg", "avg_last", "median", "median_last", "overall", "std_last"})
_Rule = Callable[[Node, list[Bounds]], Bounds]
_RULES: tuple[tuple[frozenset[str], _Rule], ...] = (
    (frozenset({"item"}), lambda _node, _inner: CELL),
    (frozenset({"number"}), lambda node, _inner: _of(node.value)),
    (_SAME, lambda _node, inner: inner[0]),
    (frozenset({"least", "greatest", "coalesce", "case"}), _envelope),
    (frozenset({"+", "-"}), _added),
    (frozenset({"*", "/"}), _multiplied),
    (_SUMS, _summed),
    (frozenset({"to_unit", "rescale"}), _scaled),
    (frozenset({"round"}), _rounded),
    (frozenset({"floor", "ceil"}), lambda _node, inner: (0.0, max(inner[0][1], 0.0) + 0.31)),
    (frozenset({"ln", "log10"}), lambda _node, _inner: (-17.0, 3.0)),
    (frozenset({"sqrt"}), lambda _node, inner: (inner[0][0] / 2, inner[0][1] / 2)),
    (frozenset({"power"}), _power),
    (frozenset({"firms", "lines", "count_where", "count_last"}), lambda _node, _inner: (0.0, 12.0)),
)
