"""Formulas of one return as one SELECT without windows: time words written out as parameters.

A reading of an earlier period becomes a bound parameter of its own (`Slot`), found by walking the
steps of nested time words from the return's period. So sixty rules over two years of history are one
row of scalars, which an embedded engine evaluates in well under a millisecond.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.compile import Context, emit, quoted
from gongmai.core.formula.rules.spans import PERIODS_PER_YEAR
from gongmai.core.formula.rules.staged import resolve_params
from gongmai.core.formula.types import Checked, Dialect, FormulaError, Mode, Node, Ref, View

Steps = tuple[int, ...]
OPENING = -1  # the step of `opening`: last December, however far that is
EXISTS = ""  # the column of a slot that tells whether the period was filed at all

_STRICT = words.COMPARISONS | words.NUMERIC | {
    "neg", "abs", "floor", "ceil", "round", "ln", "log10", "sqrt", "sign", "power", "to_unit",
    "rescale", "least", "greatest",
}  # fmt: skip
_FIRST_DECIDES = {"in", "between", "not", "has_tag", "named"}
_ALL_DECIDE = {"and", "or"}
_LAST = {
    "avg_last": "avg_of",
    "median_last": "median_of",
    "min_last": "min_of",
    "max_last": "max_of",
    "std_last": "std_of",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter to bind: a cell of the period that the steps lead to."""

    column: str
    steps: Steps
    is_number: bool = True


@dataclass(slots=True)
class Plan:
    """One compiled form: the SELECT over the return, and one SELECT per repeating table."""

    slots: list[Slot] = field(default_factory=list)
    row_sql: str = ""
    row_positions: list[int] = field(default_factory=list)
    tables: dict[tuple[str, Mode], tuple[str, list[int], list[str]]] = field(default_factory=dict)
    booleans: frozenset[int] = frozenset()


def slot_index(period: int) -> int:
    """Return the ordinal of a period: 11 a year, January and February being one."""
    year, month = divmod(period, 100)
    return year * PERIODS_PER_YEAR + month - 2


def follow(index: int, steps: Steps) -> int:
    """Walk steps back from a period's ordinal."""
    for step in steps:
        index = index // PERIODS_PER_YEAR * PERIODS_PER_YEAR - 1 if step == OPENING else index - step
    return index


def compile_plan(formulas: Sequence[Checked], view: View, at: date | None) -> Plan:
    """Compile all formulas of a form for SQLite; raise `FormulaError('view' | 'mode')`."""
    plan = Plan()
    writer = _Writer(plan, view, resolve_params(formulas, at))
    columns: list[str] = []
    grouped: dict[tuple[str, Mode], list[tuple[int, str]]] = {}
    for position, checked in enumerate(formulas):
        if view not in checked.views:
            raise FormulaError("view", formula=checked.code, view=view.value)
        if checked.formula.mode is Mode.AGGREGATE:
            raise FormulaError("mode", formula=checked.code)
        sql = writer.write(checked.tree)
        table = checked.formula.table
        if table is None:
            columns.append(sql)
            plan.row_positions.append(position)
        else:
            grouped.setdefault((table, checked.formula.mode), []).append((position, sql))
    plan.row_sql = f"SELECT {', '.join(columns)}" if columns else ""
    for (table, mode), parts in grouped.items():
        cells = sorted(writer.line_cells(checked for checked in formulas if checked.formula.table == table))
        order = " ORDER BY rowid" if mode is Mode.ROW else ""
        sql = f'SELECT {", ".join(sql for _, sql in parts)} FROM temp."{table}"{order}'
        plan.tables[table, mode] = (sql, [position for position, _ in parts], cells)
    plan.booleans = frozenset(index for index, checked in enumerate(formulas) if checked.type == "boolean")
    return plan


class _Writer:
    def __init__(self, plan: Plan, view: View, params: object) -> None:
        self._plan = plan
        self._view = view
        self._known: dict[Slot, int] = {}
        self._steps: Steps = ()
        self._ctx = Context(Dialect.SQLITE, params, self._column, self._time)  # type: ignore[arg-type]

    def write(self, tree: Node) -> str:
        """Return the SQL of one formula."""
        return emit(tree, self._ctx)

    def line_cells(self, formulas: object) -> set[str]:
        """Return the cell keys that line formulas read from their table."""
        return {
            ref.column(self._view)
            for checked in formulas  # type: ignore[attr-defined]
            for ref in checked.refs
            if not ref.head
        }

    def _column(self, ref: Ref) -> str:
        if not ref.head and self._in_lines:
            return quoted(ref.column(self._view), Dialect.SQLITE)
        return self._slot(ref.column(self._view), number=ref.item.value_type == "number")
