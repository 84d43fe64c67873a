"""Formulas over a panel as one SELECT: base columns, then windows of time words, then the group.

The relation has one row per enterprise and period with the columns named in the house's panel
layout. Time words become RANGE windows over `period_index` = year * 11 + month - 2, so a gap in a
firm's history stays a gap. A formula without time words compiles to a plain SELECT, as tight as
one written by hand.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.compile import Context, emit, quoted, whole_division
from gongmai.core.formula.types import Checked, Dialect, FormulaError, Mode, Node, Ref, View
from gongmai.core.period.types import PERIODS_PER_YEAR, Period

KEY = "enterprise_id"
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_FUNCTION = {
    "avg_last": "avg",
    "min_last": "min",
    "max_last": "max",
    "std_last": "stddev_samp",
    "median_last": "median",
}


def compile_rows(
    formulas: Sequence[Checked],
    relation: str,
    view: View,
    dialect: Dialect,
    *,
    keep: Sequence[str] = (KEY, "period"),
    period: int | None = None,
    at: date | None = None,
    where: Checked | None = None,
) -> str:
    """Compile row formulas to a SELECT with one row per enterprise and period.

    >>> compile_rows([growth], "panel", View.MONTH, Dialect.DUCKDB, keep=["credit_code"], period=202212)
    'SELECT "credit_code", ... AS "growth" FROM panel WHERE "period" = 202212'

    `relation` is a table name or a sub-select in parentheses, `keep` columns to carry, `period` the
    one period wanted (earlier ones are read for time words), `at` the day for parameters (default:
    the end of the period), `where` a boolean row formula that filters.
    """
    plan = _Plan(formulas, view, dialect, [period] if period else None, at, where, keep)
    fields = [quoted(name, dialect) for name in keep] + plan.fields(formulas)
    return f"SELECT {', '.join(fields)} FROM {plan.source(relation)}{plan.filter()}"


def compile_grouped(
    formulas: Sequence[Checked],
    relation: str,
    by: Sequence[str],
    view: View,
    dialect: Dialect,
    *,
    periods: Sequence[int] | None = None,
    at: date | None = None,
    where: Checked | None = None,
) -> str:
    """Compile aggregate formulas to a SELECT with one row per group.

    >>> compile_grouped([growth], "panel", ["region"], View.CUMULATIVE, Dialect.DUCKDB, periods=[202212])
    'SELECT "region", ... AS "growth" FROM panel WHERE "period" = 202212 GROUP BY "region"'

    `by` are column names of the relation (empty: one row for all). `overall(...)` spans all groups,
    of the same period where `period` is among `by`. `where` filters the rows before grouping.
    """
    for checked in formulas:
        if checked.formula.mode is not Mode.AGGREGATE:
            raise FormulaError("mode", formula=checked.code)
    plan = _Plan(formulas, view, dialect, periods, at, where, by)
    names = [quoted(name, dialect) for name in by]
    fields = names + plan.fields(
        formulas, "PARTITION BY " + quoted("period", dialect) if "period" in by else ""
    )
    group = f" GROUP BY {', '.join(names)}" if names else ""
    return f"SELECT {', '.join(fields)} FROM {plan.source(relation)}{plan.filter()}{group}"


def resolve_params(formulas: Iterable[Checked], at: date | None) -> Mapping[str, float]:
    """Return the values in force on a day of every parameter that the formulas read."""
    params = {param.code: param for checked in formulas for param in checked.params}
    if params and at is None:
        raise FormulaError("param_needs_date", param=min(params))
    return {code: param.on(at) for code, param in params.items() if at is not None}


def period_end(period: int) -> date:
    """Return the last day of a period given as year * 100 + month."""
    year, month = divmod(period, 100)
    return date(year, month, monthrange(year, month)[1])


def period_before(period: int, count: int) -> int:
    """Return the period a number of periods earlier."""
    return Period.from_index(Period.from_key(period).index - count).key


class _Plan:
    """The stages below the outermost SELECT: which columns, which windows, which filter."""

    def __init__(
        self,
        formulas: Sequence[Checked],
        view: View,
        dialect: Dialect,
        periods: Sequence[int] | None,
        at: date | None,
        where: Checked | None,
        carried: Sequence[str],
    ) -> None:
        self._all = [*formulas, *([where] if where else [])]
        self._view, self._dialect, self._periods, self._where = view, dialect, periods, where
        for name in [*carried, *(checked.code for checked in self._all)]:
            if not _CODE.fullmatch(name):
                raise FormulaError("code", name=name)
        for checked in self._all:
            if checked.formula.table is not None:
                raise FormulaError("mode", formula=checked.code)
            if view not in checked.views:
                raise FormulaError("view", formula=checked.code, view=view.value)
        self._carried = carried
        self._windows: dict[Node, tuple[str, int]] = {}
        for checked in self._all:
            self._collect(checked.tree)
        params = resolve_params(self._all, at or (period_end(max(periods)) if periods else None))
        self._ctx = Context(dialect, params, self._column, self._window)

    def fields(self, formulas: Sequence[Checked], overall: str = "") -> list[str]:
        """The result columns, one per formula."""
        ctx = Context(self._dialect, self._ctx.params, self._column, self._window, overall)
        return [f"{emit(checked.tree, ctx)} AS {quoted(checked.code, self._dialect)}" for checked in formulas]

    def filter(self) -> str:
        """The WHERE of the outermost SELECT."""
        conditions = []
        if self._periods:
            conditions.append(self._period_filter(sorted(self._periods)))
        if self._where is not None:
            conditions.append(emit(self._where.tree, self._ctx))
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def source(self, relation: str) -> str:
        """The FROM of the outermost SELECT: the relation itself unless there are time words."""
        if not self._windows:
            return relation
        source = self._base(relation)
        for level in range(1, 1 + max(level for _, level in self._windows.values())):
            columns = [
                f"{self._over(node)} AS {name}" for node, (name, at) in self._windows.items() if at == level
            ]
            source = f"(SELECT *, {', '.join(columns)} FROM {source})"
        return source

    def _period_filter(self, periods: Sequence[int]) -> str:
        column = quoted("period", self._dialect)
        if len(periods) == 1:
            return f"{column} = {int(periods[0])}"
        return f"{column} IN ({', '.join(str(int(period)) for period in periods)})"

    def _base(self, relation: str) -> str:
        needed = {KEY, "period", *self._carried}
        for checked in self._all:
            needed |= checked.columns(self._view)
        period = quoted("period", self._dialect)
        year = whole_division(period, 100, self._dialect)
        columns = [quoted(name, self._dialect) for name in sorted(needed)]
        columns += [
            f"{year} * {PERIODS_PER_YEAR} + {period} % 100 - 2 AS period_index",
            f"{year} AS period_year",
        ]
        bounds = ""
        if self._periods:
            back = max(checked.lookback for checked in self._all)
            low, high = period_before(min(self._periods), back), max(self._periods)
            bounds = f" WHERE {period} BETWEEN {low} AND {high}"
        return f"(SELECT {', '.join(columns)} FROM {relation}{bounds})"

    def _column(self, ref: Ref) -> str:
        return quoted(ref.column(self._view), self._dialect)

    def _window(self, node: Node) -> str:
        name, _ = self._windows[node]
        if node.op == "median_last" and self._dialect is Dialect.SPARK:
            low, high = (f"element_at({name}, CAST((size({name}) + {odd}) div 2 AS INT))" for odd in (1, 2))
            middle = f"({low} + {high})"
            return f"CASE WHEN size({name}) > 0 THEN {middle} / 2e0 END"
        return name

    def _collect(self, node: Node) -> int:
        level = max((self._collect(arg) for arg in node.args), default=0)
        if node.op not in words.TIME:
            return level
        if node not in self._windows:
            self._windows[node] = (f"w{len(self._windows)}", level + 1)
        return level + 1

    def _over(self, node: Node) -> str:
        inner = emit(node.args[0], self._ctx)
        if node.op == "opening":
            december = f"CASE WHEN {quoted('period', self._dialect)} % 100 = 12 THEN {inner} END"
            return f"max({december}) OVER ({self._range('period_year', 1, 1)})"
        if node.op in {"prev", "year_ago"}:
            back = node.value if node.op == "prev" else PERIODS_PER_YEAR
            return f"max({inner}) OVER ({self._range('period_index', back, back)})"
        if node.op in {"for_months", "count_last"}:
            return self._condition(node, inner)
        window = f"OVER ({self._range('period_index', node.value, 1)})"
        if node.op == "median_last" and self._dialect is Dialect.SPARK:
            return f"sort_array(collect_list({inner}) {window})"
        return f"{_FUNCTION[node.op]}({inner}) {window}"

    def _condition(self, node: Node, inner: str) -> str:
        window = f"OVER ({self._range('period_index', node.value - 1, 0)})"
        if node.op == "count_last":
            return f"CAST(count(CASE WHEN {inner} THEN 1 END) {window} AS DOUBLE)"
        known = f"count({inner}) {window} = {node.value}"
        return f"CASE WHEN NOT bool_and({inner}) {window} THEN FALSE WHEN {known} THEN TRUE END"

    @staticmethod
    def _range(column: str, first: int, last: int) -> str:
        end = f"{last} PRECEDING" if last else "CURRENT ROW"
        return f"PARTITION BY {KEY} ORDER BY {column} RANGE BETWEEN {first} PRECEDING AND {end}"
