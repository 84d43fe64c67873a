"""Formulas of one return as one SELECT without windows: time words written out as parameters.

A reading of an earlier period becomes a bound parameter of its own (`Slot`), found by walking the
steps of nested time words from the return's period. So sixty rules over two years of history are one
row of scalars, which an embedded engine evaluates in well under a millisecond.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.compile import Context, emit, quoted
from gongmai.core.formula.types import Checked, Dialect, FormulaError, Kind, Mode, Node, Ref, View
from gongmai.core.period.types import PERIODS_PER_YEAR

Steps = tuple[int, ...]
OPENING = -1  # the step of `opening`: last December, however far that is
LINES = "temp.line"
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


@dataclass(frozen=True, slots=True)
class Part:
    """One SELECT of a plan: over the return, or over one of its repeating tables."""

    sql: str
    positions: tuple[int, ...]  # of the formulas in the order asked for
    table: str | None = None
    each_line: bool = False
    cells: tuple[tuple[str, bool], ...] = ()  # cell key and whether it is a number
    bound: int = 0  # how many of the slots the SELECT binds


@dataclass(frozen=True, slots=True)
class Plan:
    """The formulas of a form compiled together."""

    slots: tuple[Slot, ...]
    parts: tuple[Part, ...]
    booleans: frozenset[int]


def follow(index: int, steps: Steps) -> int:
    """Walk steps back from a period's ordinal (`Period.index`)."""
    for step in steps:
        index = index // PERIODS_PER_YEAR * PERIODS_PER_YEAR - 1 if step == OPENING else index - step
    return index


def compile_plan(formulas: Sequence[Checked], view: View, params: Mapping[str, float]) -> Plan:
    """Compile all formulas of a form for SQLite; raise `FormulaError('view' | 'mode')`."""
    writer = _Writer(view, params)
    found: dict[tuple[str | None, Mode], list[tuple[int, str]]] = {}
    for position, checked in enumerate(formulas):
        if view not in checked.views:
            raise FormulaError("view", formula=checked.code, view=view.value)
        if checked.formula.mode is Mode.AGGREGATE:
            raise FormulaError("mode", formula=checked.code)
        place = checked.formula.table, checked.formula.mode
        found.setdefault(place, []).append((position, writer.write(checked)))
    parts = [_part(table, mode, columns, formulas, view) for (table, mode), columns in found.items()]
    booleans = frozenset(index for index, checked in enumerate(formulas) if checked.type == "boolean")
    return Plan(tuple(writer.slots), tuple(parts), booleans)


def _part(
    table: str | None,
    mode: Mode,
    columns: Sequence[tuple[int, str]],
    formulas: Sequence[Checked],
    view: View,
) -> Part:
    positions = tuple(position for position, _ in columns)
    select = f"SELECT {', '.join(sql for _, sql in columns)}"
    if table is None:
        return Part(select, positions, bound=_bound(select))
    refs = {ref for position in positions for ref in formulas[position].refs if not ref.head}
    cells = tuple(sorted({(ref.column(view), ref.item.value_type == "number") for ref in refs}))
    each = mode is Mode.ROW
    order = " ORDER BY rowid" if each else ""
    return Part(f"{select} FROM {LINES}{order}", positions, table, each, cells, _bound(select))


def _bound(sql: str) -> int:
    return max((int(number) for number in re.findall(r"\?(\d+)", sql)), default=0)


class _Writer:
    """Writes formulas as scalars over numbered parameters, one per cell and period read."""

    def __init__(self, view: View, params: Mapping[str, float]) -> None:
        self.slots: list[Slot] = []
        self._numbers: dict[Slot, int] = {}
        self._view = view
        self._steps: Steps = ()
        self._in_lines = False
        self._ctx = Context(Dialect.SQLITE, params, self._column, self._time)

    def write(self, checked: Checked) -> str:
        """Return the SQL of one formula."""
        self._in_lines = checked.formula.table is not None
        return emit(checked.tree, self._ctx)

    def _column(self, ref: Ref) -> str:
        column = ref.column(self._view)
        if self._in_lines and not ref.head:
            return quoted(column, Dialect.SQLITE)
        return self._slot(column, ref.item.value_type == "number" and ref.item.kind is not Kind.CALENDAR)

    def _slot(self, column: str, is_number: bool) -> str:
        slot = Slot(column, self._steps, is_number)
        if slot not in self._numbers:
            self.slots.append(slot)
            self._numbers[slot] = len(self.slots)
        return f"?{self._numbers[slot]}"

    def _time(self, node: Node) -> str:
        if node.op in {"prev", "year_ago", "opening"}:
            step = {"year_ago": PERIODS_PER_YEAR, "opening": OPENING}.get(node.op, node.value)
            return self._at(node.args[0], step)
        if node.op in _LAST:
            return f"{_LAST[node.op]}({', '.join(self._at(node.args[0], n + 1) for n in range(node.value))})"
        conditions = [self._at(node.args[0], n) for n in range(node.value)]
        if node.op == "for_months":
            return f"({' AND '.join(conditions)})"
        return f"CAST({' + '.join(f'coalesce({each}, 0)' for each in conditions)} AS DOUBLE)"

    def _at(self, node: Node, step: int) -> str:
        """Write an expression as of an earlier period; unknown where that period was not filed."""
        before = self._steps
        if step:
            self._steps = (*before, step)
        sql = emit(node, self._ctx)
        if step and not _is_strict(node):
            sql = f"CASE WHEN {self._slot(EXISTS, is_number=False)} THEN {sql} END"
        self._steps = before
        return sql


def _is_strict(node: Node) -> bool:
    """Tell whether an expression is unknown in a period that was not filed, by itself."""
    if node.op == "item":
        return True
    if node.op in _STRICT:
        return any(_is_strict(arg) for arg in node.args)
    if node.op in _FIRST_DECIDES:
        return _is_strict(node.args[0])
    return node.op in _ALL_DECIDE and all(_is_strict(arg) for arg in node.args)
