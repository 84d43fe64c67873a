"""Types and units of operators and functions: one typed node from a node with typed arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from gongmai.core.formula.rules import units, words
from gongmai.core.formula.types import PURE, FormulaError, Node, Unit, UnitEntry

Table = Mapping[str, UnitEntry]

_CONSTANT = {"number", "param", "neg", "+", "-", "*", "/", "in_unit", "rescale"}
_KEEPS_UNIT = {
    "neg", "abs", "floor", "ceil", "prev", "year_ago", "opening", "avg_last", "median_last",
    "min_last", "max_last", "std_last", "sum", "avg", "min", "max", "median", "sum_where",
    "overall", "round",
}  # fmt: skip
_COUNTS = {"firms", "count_where"}
_COUNT_DIMENSION = "firm"
_MAX_EXPONENT = 10
_ROUND_DIGITS = 9


def typed(node: Node, table: Table) -> Node:
    """Type a node whose arguments are typed; raise `FormulaError` where they do not fit."""
    for ops, rule in _RULES:
        if node.op in ops:
            return rule(node, table)
    raise FormulaError("not_allowed", node.position, what=node.op)


def is_constant(node: Node) -> bool:
    """Tell whether a tree holds literals and parameters only."""
    return all(part.op in _CONSTANT for part in node.walk())


def expect(node: Node, expected: str) -> None:
    """Raise unless a node has the expected type; an unknown literal fits everywhere."""
    if node.type not in {expected, "null"}:
        raise FormulaError("type", node.position, expected=expected, found=node.type)


def _boolean(node: Node, _table: Table) -> Node:
    for arg in node.args:
        expect(arg, "boolean")
    return replace(node, type="boolean")


def _alike(node: Node, table: Table) -> Node:
    """Operators whose arguments must be of one type and one unit."""
    kind = next((arg.type for arg in node.args if arg.type != "null"), "null")
    if kind == "boolean" and node.op != "coalesce":
        raise FormulaError("type", node.position, expected="number", found="boolean")
    if kind == "text" and node.op not in {"=", "<>", "in", "coalesce"}:
        raise FormulaError("type", node.position, expected="number", found="text")
    for arg in node.args:
        expect(arg, kind)
    if node.op == "in" and any(arg.op not in {"number", "text", "neg", "param"} for arg in node.args[1:]):
        raise FormulaError("literal_needed", node.position, word="in")
    _check_options(node)
    args, unit = _unify(node.args, node, table) if kind == "number" else (node.args, None)
    logical = node.op in words.COMPARISONS or node.op in {"in", "between"}
    result = "boolean" if logical else kind
    if node.op in {"+", "-", "least", "greatest"}:
        result = "number"
    return replace(node, args=args, type=result, unit=None if logical else unit)


def _check_options(node: Node) -> None:
    """Refuse a code that a choice item cannot take."""
    items = [arg.value.item for arg in node.args if arg.op == "item" and arg.value.item.options]
    for item in items:
        for arg in node.args:
            if arg.op == "text" and arg.value not in item.options:
                raise FormulaError("unknown_option", arg.position, item=item.code, option=arg.value)


def _unify(args: Sequence[Node], node: Node, table: Table) -> tuple[tuple[Node, ...], Unit | None]:
    """Bring arguments to one unit; constants with a unit are rescaled, everything else must agree."""
    known = [arg for arg in args if arg.unit is not None and arg.type != "null"]
    lead = next((arg for arg in known if not is_constant(arg)), None)
    lead = lead or next((arg for arg in known if arg.unit != PURE), None) or (known[0] if known else None)
    if lead is None or lead.unit is None:
        return tuple(args), None
    return tuple(_fit(arg, lead.unit, node, table) for arg in args), lead.unit


def _fit(arg: Node, unit: Unit, node: Node, table: Table) -> Node:
    if arg.unit is None or arg.type == "null":
        return arg
    if arg.unit.dimensions == unit.dimensions and arg.unit.scale == unit.scale:
        return arg
    constant = is_constant(arg)
    if units.hides_factor(unit, table):
        raise FormulaError("unit_factor", node.position, unit=unit.name)
    if constant and arg.unit == PURE and arg.unit.dimensions == unit.dimensions:
        return arg  # `rate > 70` beside an item in percent
    if arg.unit.dimensions == unit.dimensions:
        if not constant:
            raise FormulaError("unit_scale", node.position, left=unit.name, right=arg.unit.name)
        return replace(
            Node("rescale", (arg,), arg.unit.scale / unit.scale, arg.position, "number"), unit=unit
        )
    if constant and arg.unit == PURE:
        if _is_zero(arg) or not units.has_siblings(unit, table):
            return arg
        raise FormulaError("bare_number", arg.position or node.position, unit=unit.name)
    raise FormulaError("unit_mismatch", node.position, left=unit.name, right=arg.unit.name)


def _is_zero(node: Node) -> bool:
    return node.op == "number" and node.value == 0


def _product(node: Node, table: Table) -> Node:
    left, right = node.args
    expect(left, "number")
    expect(right, "number")
    if left.unit is None or right.unit is None:
        return replace(node, type="number", unit=None)
    unit = units.multiply(left.unit, right.unit, table, -1 if node.op == "/" else 1)
    return replace(node, type="number", unit=unit)


def _case(node: Node, table: Table) -> Node:
    conditions = node.args[:-1:2]
    for condition in conditions:
        expect(condition, "boolean")
    results = (*node.args[1::2], node.args[-1])
    kind = next((arg.type for arg in results if arg.type != "null"), "null")
    for arg in results:
        expect(arg, kind)
    unit = None
    if kind == "number":
        results, unit = _unify(results, node, table)
    args = [part for pair in zip(conditions, results[:-1], strict=True) for part in pair]
    return replace(node, args=(*args, results[-1]), type=kind, unit=unit)


def _function(node: Node, table: Table) -> Node:
    pattern = words.FUNCTIONS.get(node.op, "n")
    for index, arg in enumerate(node.args):
        letter = words.kind_of(node.op, index) if pattern != "n" else "n"
        if letter in "nc":
            expect(arg, "number" if letter == "n" else "boolean")
    return _result(node, table)


def _result(node: Node, table: Table) -> Node:
    if node.op in _COUNTS:
        return replace(node, type="number", unit=_count_unit(table))
    return replace(node, type="number", unit=node.args[0].unit if node.op in _KEEPS_UNIT else PURE)


def _logarithm(node: Node, table: Table) -> Node:
    node = _function(node, table)
    inner = node.args[0].unit
    if inner is not None and inner.dimensions:
        raise FormulaError("needs_pure_number", node.position, unit=inner.name)
    return node


def _root(node: Node, table: Table) -> Node:
    node = _function(node, table)
    inner = node.args[0].unit
    return replace(node, unit=None if inner is None else units.raise_to(inner, Fraction(1, 2), table))


def _count_unit(table: Table) -> Unit:
    counting = (
        code for code, entry in table.items() if entry.dimension == _COUNT_DIMENSION and entry.scale == 1
    )
    return units.parse_unit(next(counting, ""), table) or PURE


def _converted(node: Node, table: Table) -> Node:
    expect(node.args[0], "number")
    if node.args[1].op != "text":
        raise FormulaError("literal_needed", node.position, word=node.op)
    inner = node.args[0]
    unit = units.parse_unit(str(node.args[1].value), table) or PURE
    if node.op == "in_unit":
        if not is_constant(inner) or inner.unit != PURE:
            raise FormulaError("literal_needed", node.position, word="in_unit")
        return Node("in_unit", (inner,), unit.name, node.position, "number", unit)
    if inner.unit is None or inner.unit.dimensions != unit.dimensions:
        found = inner.unit.name if inner.unit else "?"
        raise FormulaError("unit_mismatch", node.position, left=found, right=unit.name)
    return Node("to_unit", (inner,), inner.unit.scale / unit.scale, node.position, "number", unit)


def _time(node: Node, table: Table) -> Node:
    node = _function(node, table)
    inner = node.args[0]
    span = 1
    if len(node.args) > 1:
        if (
            node.args[1].op != "number"
            or node.args[1].value % 1
            or not 1 <= node.args[1].value <= words.MAX_SPAN
        ):
            raise FormulaError("span", node.position, word=node.op, limit=words.MAX_SPAN)
        span = int(node.args[1].value)
    if inner.type == "null":
        raise FormulaError("type", node.position, expected="number", found="null")
    kind = {"for_months": "boolean", "count_last": "number"}.get(node.op, inner.type)
    unit = PURE if node.op == "count_last" else inner.unit
    return Node(node.op, (inner,), span, node.position, kind, unit if kind == "number" else None)


def _round(node: Node, table: Table) -> Node:
    node = _function(node, table)
    digits = 0
    if len(node.args) > 1:
        found = literal(node.args[1])
        if found is None or found.denominator != 1 or abs(found) > _ROUND_DIGITS:
            raise FormulaError("literal_needed", node.position, word="round")
        digits = int(found)
    return Node("round", (node.args[0],), digits, node.position, "number", node.args[0].unit)


def _power(node: Node, table: Table) -> Node:
    node = _function(node, table)
    exponent = literal(node.args[1])
    if exponent is None or abs(exponent) > _MAX_EXPONENT:
        raise FormulaError("exponent", node.position, limit=_MAX_EXPONENT)
    inner = node.args[0].unit
    unit = None if inner is None else units.raise_to(inner, exponent, table)
    return replace(node, type="number", unit=unit)


def literal(node: Node) -> Fraction | None:
    """Return the exact value of a literal such as `-2` or `1/3`, None for anything else."""
    if node.op == "number":
        return Fraction(node.value)
    if node.op == "neg":
        inner = literal(node.args[0])
        return None if inner is None else -inner
    if node.op == "/":
        left, right = literal(node.args[0]), literal(node.args[1])
        return left / right if left is not None and right else None
    return None


_Rule = Callable[[Node, Table], Node]
_OWN = frozenset({"to_unit", "in_unit", "round", "power", "ln", "log10", "sqrt"})
_ALIKE = words.COMPARISONS | {"+", "-", "in", "between", "least", "greatest", "coalesce"}
_RULES: tuple[tuple[frozenset[str], _Rule], ...] = (
    (_ALIKE, _alike),
    (frozenset({"*", "/"}), _product),
    (frozenset({"case"}), _case),
    (frozenset({"and", "or", "not", "is_true", "is_false"}), _boolean),
    (frozenset({"is_known", "is_unknown"}), lambda node, _table: replace(node, type="boolean")),
    (frozenset({"to_unit", "in_unit"}), _converted),
    (frozenset({"round"}), _round),
    (frozenset({"power"}), _power),
    (frozenset({"ln", "log10"}), _logarithm),
    (frozenset({"sqrt"}), _root),
    (frozenset(words.TIME), _time),
    (frozenset({*words.FUNCTIONS, "neg"}) - _OWN - _ALIKE, _function),
)
