"""One tree to SQL: the same three-valued meaning in SQLite, DuckDB and Spark.

Numbers are doubles. Division by zero, the logarithm of what is not positive, the root of a negative
number and any overflow are unknown (NULL); `least` and `greatest` are unknown if an argument is.
Where columns come from and how time words compile is the caller's (`Context`): windows over a panel
in `staged.py`, one row of bound parameters in `unrolled.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.bounds import CEILING, bounds, raw_bounds
from gongmai.core.formula.rules.spans import continues_chain
from gongmai.core.formula.types import Dialect, FormulaError, Kind, Node, Ref

MAX_SQL = 400_000  # characters of one compiled expression
_EXACT = 15.9  # log10 of the doubles beyond which every number is whole
_BIGGEST = "1.7976931348623157e308"


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression compiles against."""

    dialect: Dialect
    params: Mapping[str, float]
    column: Callable[[Ref], str]
    time: Callable[[Node], str]
    overall: str = ""  # the window of `overall(...)`


def emit(node: Node, ctx: Context) -> str:
    """Return the SQL of a typed node; raise `FormulaError('too_complex')` when it grows too long."""
    sql = _emit(node, ctx)
    if len(sql) > MAX_SQL:
        raise FormulaError("too_complex", node.position)
    if node.type == "number" and node.op in _MAY_OVERFLOW and raw_bounds(node, ctx.params)[1] > CEILING:
        return _finite(sql, ctx)
    return sql


def number(value: float) -> str:
    """Write a number as a double literal in every dialect."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def quoted(name: str, dialect: Dialect) -> str:
    """Quote a column name."""
    mark = "`" if dialect is Dialect.SPARK else '"'
    return f"{mark}{name}{mark}"


_MAY_OVERFLOW = {"+", "-", "*", "/", "power", "to_unit", "rescale", "round"}


def _finite(sql: str, ctx: Context) -> str:
    if ctx.dialect is Dialect.SQLITE:  # not-a-number is NULL there already
        return f"nullif(nullif({sql}, 9e999), -9e999)"
    return f"CASE WHEN abs({sql}) <= {_BIGGEST} THEN {sql} END"


def _emit(node: Node, ctx: Context) -> str:
    if node.op in _SPECIAL:
        return _SPECIAL[node.op](node, ctx)
    if node.op in words.TIME:
        return ctx.time(node)
    if node.op in words.COMPARISONS or node.op in {"+", "-", "*", "and", "or"}:
        left, right = (emit(arg, ctx) for arg in node.args)
        if continues_chain(node, node.args[0]) and left.startswith("("):
            left = left[1:-1]  # `a + b + c` is read from the left anyway
        return f"({left} {node.op.upper()} {right})"
    if node.op in _SUFFIX:
        return f"({emit(node.args[0], ctx)} {_SUFFIX[node.op]})"
    if node.op in {"sum", "avg", "min", "max", "median", "abs", "sqrt", "coalesce"}:
        return f"{node.op}({', '.join(emit(arg, ctx) for arg in node.args)})"
    raise FormulaError("not_allowed", node.position, what=node.op)


_SUFFIX = {
    "is_known": "IS NOT NULL",
    "is_unknown": "IS NULL",
    "is_true": "IS TRUE",
    "is_false": "IS FALSE",
}


def _item(node: Node, ctx: Context) -> str:
    ref: Ref = node.value
    column = ctx.column(ref)
    if ref.item.kind is Kind.CALENDAR:
        return _calendar(ref.item.code, column, ctx)
    if node.type == "number" and ctx.dialect is not Dialect.SQLITE:
        return f"CAST({column} AS DOUBLE)"
    return column


def _calendar(code: str, column: str, ctx: Context) -> str:
    if code != "year":
        return f"CAST({column} % 100 AS DOUBLE)"
    return f"CAST({whole_division(column, 100, ctx.dialect)} AS DOUBLE)"


def whole_division(sql: str, by: int, dialect: Dialect) -> str:
    """Divide whole numbers, dropping the remainder."""
    sign = {Dialect.SQLITE: "/", Dialect.DUCKDB: "//", Dialect.SPARK: "div"}[dialect]
    return f"({sql} {sign} {by})"


def _null(node: Node, ctx: Context) -> str:
    del ctx
    return {"text": "CAST(NULL AS VARCHAR(80))", "boolean": "CAST(NULL AS BOOLEAN)"}.get(
        node.type, "CAST(NULL AS DOUBLE)"
    )


def _divide(node: Node, ctx: Context) -> str:
    left, right = (emit(arg, ctx) for arg in node.args)
    if ctx.dialect is Dialect.SQLITE or (node.args[1].op == "number" and node.args[1].value):
        return f"({left} / {right})"
    if ctx.dialect is Dialect.SPARK:
        return f"try_divide({left}, {right})"
    return f"({left} / nullif({right}, 0))"


def _factor(node: Node, ctx: Context) -> str:
    factor = Fraction(node.value)
    inner = emit(node.args[0], ctx)
    if factor.numerator == 1:
        return f"({inner} / {number(float(factor.denominator))})"
    return f"({inner} * {number(float(factor))})"


def _round(node: Node, ctx: Context) -> str:
    """Half away from zero, the same steps in every engine."""
    inner = emit(node.args[0], ctx)
    size = number(10.0 ** abs(node.value))
    to, back = ("*", "/") if node.value >= 0 else ("/", "*")
    high = bounds(node.args[0], ctx.params)[1] + max(node.value, 0)
    return (
        f"(sign({inner}) * {_floor(f'(abs({inner}) {to} {size} + 0.5e0)', 'floor', high, ctx)} {back} {size})"
    )


def _floor(sql: str, word: str, high: float, ctx: Context) -> str:
    if ctx.dialect is not Dialect.SPARK:
        return f"{word}({sql})"
    whole = f"CAST({word}({sql}) AS DOUBLE)"  # whole numbers there are 64-bit integers
    if high < _EXACT:
        return whole
    return f"CASE WHEN abs({sql}) < 9.007199254740992e15 THEN {whole} ELSE {sql} END"


def _whole(node: Node, ctx: Context) -> str:
    high = bounds(node.args[0], ctx.params)[1]
    return _floor(emit(node.args[0], ctx), node.op, high, ctx)


def _logarithm(node: Node, ctx: Context) -> str:
    inner = emit(node.args[0], ctx)
    if ctx.dialect is Dialect.SQLITE:
        return f"{node.op}({inner})"
    return f"CASE WHEN {inner} > 0 THEN {node.op}({inner}) END"


def _root(node: Node, ctx: Context) -> str:
    inner = emit(node.args[0], ctx)
    return (
        f"sqrt({inner})"
        if ctx.dialect is Dialect.SQLITE
        else f"CASE WHEN {inner} >= 0 THEN sqrt({inner}) END"
    )


def _power(node: Node, ctx: Context) -> str:
    base, exponent = (emit(arg, ctx) for arg in node.args)
    return _finite(f"power({base}, {exponent})", ctx)


def _sign(node: Node, ctx: Context) -> str:
    return f"CAST(sign({emit(node.args[0], ctx)}) AS DOUBLE)"


def _extreme(node: Node, ctx: Context) -> str:
    args = [emit(arg, ctx) for arg in node.args]
    if ctx.dialect is Dialect.SQLITE:
        return f"{'min' if node.op == 'least' else 'max'}({', '.join(args)})"
    unknown = " OR ".join(f"{arg} IS NULL" for arg in args)
    return f"CASE WHEN {unknown} THEN NULL ELSE {node.op}({', '.join(args)}) END"


def _in(node: Node, ctx: Context) -> str:
    first, *rest = (emit(arg, ctx) for arg in node.args)
    return f"({first} IN ({', '.join(rest)}))"


def _between(node: Node, ctx: Context) -> str:
    value, low, high = (emit(arg, ctx) for arg in node.args)
    return f"({value} BETWEEN {low} AND {high})"


def _case(node: Node, ctx: Context) -> str:
    args = [emit(arg, ctx) for arg in node.args]
    branches = " ".join(
        f"WHEN {when} THEN {then}" for when, then in zip(args[:-1:2], args[1::2], strict=False)
    )
    return f"CASE {branches} ELSE {args[-1]} END"


def _tag(node: Node, ctx: Context) -> str:
    return f"(instr({emit(node.args[0], ctx)}, '|{node.value}|') > 0)"


def _counted(node: Node, ctx: Context) -> str:
    return f"CAST({_count(node, ctx)} AS DOUBLE)"


def _count(node: Node, ctx: Context) -> str:
    if node.op == "count_where":
        return f"count(CASE WHEN {emit(node.args[0], ctx)} THEN 1 END)"
    return "count(*)"


def _sum_where(node: Node, ctx: Context) -> str:
    value, condition = (emit(arg, ctx) for arg in node.args)
    return f"sum(CASE WHEN {condition} THEN {value} END)"


def _overall(node: Node, ctx: Context) -> str:
    """The same aggregate over all groups: a window over the grouped rows."""
    inner = node.args[0]
    over = f"OVER ({ctx.overall})"
    if inner.op in {"min", "max"}:
        return f"{inner.op}({emit(inner, ctx)}) {over}"
    if inner.op in {"count_where", "firms"}:
        return f"CAST(sum({_count(inner, ctx)}) {over} AS DOUBLE)"
    if inner.op == "avg":
        value = emit(inner.args[0], ctx)
        ratio = f"CAST(sum(sum({value})) {over} AS DOUBLE)", f"CAST(sum(count({value})) {over} AS DOUBLE)"
        if ctx.dialect is Dialect.SPARK:
            return f"try_divide({ratio[0]}, {ratio[1]})"
        return f"({ratio[0]} / nullif({ratio[1]}, 0))"
    return f"sum({emit(inner, ctx)}) {over}"


_SPECIAL: Mapping[str, Callable[[Node, Context], str]] = {
    "item": _item,
    "number": lambda node, _: number(node.value),
    "param": lambda node, ctx: number(ctx.params[node.value]),
    "text": lambda node, _: f"'{node.value}'",
    "truth": lambda node, _: "TRUE" if node.value else "FALSE",
    "null": _null,
    "named": lambda node, ctx: emit(node.args[0], ctx),
    "in_unit": lambda node, ctx: emit(node.args[0], ctx),
    "not": lambda node, ctx: f"(NOT {emit(node.args[0], ctx)})",
    "neg": lambda node, ctx: f"(- {emit(node.args[0], ctx)})",
    "/": _divide,
    "to_unit": _factor,
    "rescale": _factor,
    "round": _round,
    "floor": _whole,
    "ceil": _whole,
    "ln": _logarithm,
    "log10": _logarithm,
    "sqrt": _root,
    "power": _power,
    "sign": _sign,
    "least": _extreme,
    "greatest": _extreme,
    "in": _in,
    "between": _between,
    "case": _case,
    "has_tag": _tag,
    "firms": _counted,
    "lines": _counted,
    "count_where": _counted,
    "sum_where": _sum_where,
    "overall": _overall,
}
