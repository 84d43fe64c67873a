"""Row evaluator on embedded SQLite: one connection per thread, one prepared SELECT per form.

Fills `core.formula.ports.RowEvaluator`. The database is in memory and holds nothing between calls
but the lines of the return at hand.
"""

import math
import sqlite3
import statistics
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from gongmai.core.formula.rules.staged import compile_grouped, period_end, resolve_params
from gongmai.core.formula.rules.unrolled import EXISTS, LINES, Part, Plan, compile_plan, follow
from gongmai.core.formula.types import Checked, Dialect, FormulaError, Row, Value, View
from gongmai.core.period.types import Period

LARGEST = 1e18  # the size of a cell that the language reckons with
_PLANS = 256


class SqliteRowEvaluator:
    """Evaluates formulas of one return in SQLite."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._plans: dict[tuple[Any, ...], tuple[tuple[Checked, ...], Plan]] = {}

    def evaluate(
        self,
        formulas: Sequence[Checked],
        rows: Sequence[Row],
        *,
        lines: Mapping[str, Sequence[Row]] | None = None,
        view: View = View.MONTH,
        at: date | None = None,
    ) -> list[Value | list[Value]]:
        """Evaluate on the latest row; see the port."""
        if not rows or not formulas:
            return [None] * len(formulas)
        history = {_index(row["period"]): row for row in rows}
        now = max(history)
        params = resolve_params(formulas, at or period_end(history[now]["period"]))
        plan = self._plan(formulas, view, params)
        bound = [
            _bind(slot.column, history.get(follow(now, slot.steps)), slot.is_number) for slot in plan.slots
        ]
        results: list[Value | list[Value]] = [None] * len(formulas)
        for part in plan.parts:
            for position, value in self._run(part, bound, lines or {}):
                results[position] = _read(value, position in plan.booleans)
        return results

    def evaluate_group(
        self,
        formulas: Sequence[Checked],
        rows: Sequence[Row],
        *,
        by: Sequence[str] = (),
        view: View = View.MONTH,
        period: int | None = None,
        at: date | None = None,
    ) -> list[dict[str, Value]]:
        """Evaluate over a group of enterprises; see the port."""
        periods = [period] if period else None
        day = at or period_end(period or max((row["period"] for row in rows), default=190002))
        sql = compile_grouped(formulas, "temp.member", by, view, Dialect.SQLITE, periods=periods, at=day)
        columns: dict[str, bool] = {"enterprise_id": False, "period": False, **dict.fromkeys(by, False)}
        for checked in formulas:
            for ref in checked.refs:
                columns.setdefault(ref.column(view), ref.item.value_type == "number")
        connection = self._connection()
        _fill(connection, "temp.member", columns, rows)
        cursor = connection.execute(sql)
        booleans = {checked.code for checked in formulas if checked.type == "boolean"}
        names = [*by, *(checked.code for checked in formulas)]
        return [
            {name: bool(value) if name in booleans and value is not None else value for name, value in pairs}
            for pairs in (zip(names, row, strict=True) for row in cursor)
        ]

    def _plan(self, formulas: Sequence[Checked], view: View, params: Mapping[str, float]) -> Plan:
        key = (view, tuple(params.items()), *map(id, formulas))
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            # The formulas are kept with the plan, so that an id stays theirs.
            found = self._plans[key] = tuple(formulas), compile_plan(formulas, view, params)
        return found[1]

    def _run(
        self, part: Part, bound: Sequence[Value], lines: Mapping[str, Sequence[Row]]
    ) -> Iterable[tuple[int, Any]]:
        connection = self._connection()
        if part.table is not None:
            _fill(connection, LINES, dict(part.cells or (("line", True),)), lines.get(part.table, ()))
        try:
            rows = connection.execute(part.sql, bound[: part.bound]).fetchall()
        except sqlite3.OperationalError as error:  # beyond a limit of this build of SQLite
            raise FormulaError("too_complex") from error
        if part.each_line:
            return zip(
                part.positions, ([row[n] for row in rows] for n in range(len(part.positions))), strict=True
            )
        return zip(part.positions, rows[0], strict=True)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
            for name, function in _FUNCTIONS.items():
                connection.create_function(name, -1, function, deterministic=True)
            connection.create_aggregate("median", 1, _Median)  # type: ignore[arg-type]
            self._local.connection = connection
        return connection


def _index(period: int) -> int:
    return Period.from_key(int(period)).index


def _bind(column: str, row: Row | None, is_number: bool) -> Any:
    if row is None:
        return None
    if column == EXISTS:
        return 1
    return _cell(row.get(column), is_number)


def _cell(value: Any, is_number: bool) -> Any:
    """Bring a cell to what SQLite stores; numbers out of the language's range are unknown."""
    if value is None or not is_number or isinstance(value, bool):
        return value
    number = float(value)
    return number if math.isfinite(number) and abs(number) <= LARGEST else None


def _read(value: Any, is_boolean: bool) -> Any:
    if isinstance(value, list):
        return [_read(each, is_boolean) for each in value]
    return bool(value) if is_boolean and value is not None else value


def _fill(
    connection: sqlite3.Connection, table: str, columns: Mapping[str, bool], rows: Sequence[Row]
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} ({names})")
    marks = ", ".join("?" for _ in columns)
    values = [[_cell(row.get(name), number) for name, number in columns.items()] for row in rows]
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)


class _Median:
    """The median of the known values of a group."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def step(self, value: float | None) -> None:
        """Take one value in."""
        if value is not None:
            self._values.append(value)

    def finalize(self) -> float | None:
        """Give the median, None of nothing."""
        return statistics.median(self._values) if self._values else None


def _of_known(function: Callable[[list[float]], float], least: int = 1) -> Callable[..., float | None]:
    def over(*values: float | None) -> float | None:
        known = [value for value in values if value is not None]
        return function(known) if len(known) >= least else None

    return over


def _spread(values: list[float]) -> float:
    """Sample standard deviation by running means, as the other engines compute it."""
    mean = total = 0.0
    for count, value in enumerate(values, 1):
        step = value - mean
        mean += step / count
        total += step * (value - mean)
    return math.sqrt(total / (len(values) - 1))


def _log10(value: float | None) -> float | None:
    """SQLite multiplies natural logarithms, which misses whole powers of ten by a digit."""
    return math.log10(value) if value is not None and value > 0 else None


_FUNCTIONS: Mapping[str, Callable[..., float | None]] = {
    "log10": _log10,
    "avg_of": _of_known(lambda values: sum(values) / len(values)),
    "median_of": _of_known(statistics.median),
    "min_of": _of_known(min),
    "max_of": _of_known(max),
    "std_of": _of_known(_spread, least=2),
}
