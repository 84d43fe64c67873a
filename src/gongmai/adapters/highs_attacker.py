"""The attacker: how far a hidden cell can be narrowed down from published tables alone.

Shares no code with the suppression: it knows the sums, what was published, and that nothing is below zero.
"""

from collections.abc import Iterable, Mapping
from math import inf

import highspy

from gongmai.adapters.highs_quiet import QuietHighs
from gongmai.core.disclosure import rules
from gongmai.core.disclosure.types import Cell, Cube, Finding, Key, Layer, Parameters, Relation, Suppression

TOLERANCE = 1e-6


class HighsAttacker:
    """Fills core.disclosure.ports.Attacker."""

    def intervals(
        self,
        published: Mapping[Key, float],
        cube: Cube,
        wanted: frozenset[Key],
        known: Mapping[Key, float] | None = None,
    ) -> Mapping[Key, tuple[float, float]]:
        """The least and the largest value of each wanted cell."""
        seen = {**published, **(known or {})}
        attack = _Attack(seen, cube.relations)
        return {key: (seen[key], seen[key]) if key in seen else attack.range_of(key) for key in wanted}

    def audit(
        self, cube: Cube, parameters: Parameters, suppression: Suppression, *, insiders: bool = True
    ) -> list[Finding]:
        """Attack every layer as an outsider and as each firm that is alone in a cell."""
        out_of_sight = suppression.hidden | cube.secret
        findings: list[Finding] = []
        for layer in cube.layers:
            published = {
                key: layer[key].value if key in layer else 0.0
                for key in cube.keys
                if key not in out_of_sight or key not in layer or layer[key].is_empty
            }
            sensitive = {key: cell for key, cell in layer.items() if rules.is_sensitive(cell, parameters)}
            attack = _Attack(published, cube.relations)
            targets = {
                key: rules.bounds(cell.value, rules.protection(cell, parameters))
                for key, cell in sensitive.items()
            }
            findings += _judge(attack, targets, 0)
            if insiders:
                findings += _as_insiders(attack, layer, sensitive, parameters, cube, out_of_sight)
        return findings


def _as_insiders(
    attack: "_Attack",
    layer: Layer,
    sensitive: Mapping[Key, Cell],
    parameters: Parameters,
    cube: Cube,
    out_of_sight: frozenset[Key],
) -> list[Finding]:
    below = rules.descendants(cube.relations)
    own: dict[int, dict[Key, float]] = {}
    for key, cell in layer.items():
        if cell.single and key in out_of_sight:
            own.setdefault(cell.single, {})[key] = cell.value
    findings = []
    for firm, cells in own.items():
        # what the firm knows can only help where sums connect it with the cell
        near = attack.connected(cells)
        targets = {}
        for key, cell in sensitive.items():
            if key in near and key not in cells:
                needed, known = rules.protection(cell, parameters), 0.0
                if cells.keys() & below.get(key, frozenset()):
                    known = next(iter(cells.values()))
                    needed = rules.protection_from_within(cell, known, parameters)
                targets[key] = rules.bounds(cell.value, needed, known)
        with attack.knowing(cells):
            findings += _judge(attack, targets, firm)
    return findings


def _judge(attack: "_Attack", targets: Mapping[Key, tuple[float, float]], insider: int) -> list[Finding]:
    findings = []
    for key, (needed_low, needed_high) in targets.items():
        low, high = attack.range_of(key)
        slack = TOLERANCE * max(1.0, needed_high)
        if low > needed_low + slack or high < needed_high - slack:
            findings.append(Finding(key, low, high, needed_low, needed_high, insider))
    return findings


class _Attack:
    """The unknown cells as variables, the sums as equations, the published figures on their right side."""

    def __init__(self, seen: Mapping[Key, float], relations: Iterable[Relation]) -> None:
        self.seen = seen
        self.columns: dict[Key, int] = {}
        self.groups: dict[Key, Key] = {}
        self.highs = QuietHighs()  # type: ignore[no-untyped-call]
        for relation in relations:
            terms = [(relation.whole, 1.0), *((part, -1.0) for part in relation.parts)]
            unknown = [(key, sign) for key, sign in terms if key not in seen]
            if unknown:
                right = -sum(sign * seen[key] for key, sign in terms if key in seen)
                places = [self._column(key) for key, _sign in unknown]
                self.highs.addRow(right, right, len(places), places, [sign for _key, sign in unknown])
                for key, _sign in unknown[1:]:
                    self.groups[self._root(key)] = self._root(unknown[0][0])

    def _column(self, key: Key) -> int:
        if key not in self.columns:
            self.columns[key] = len(self.columns)
            self.groups.setdefault(key, key)
            self.highs.addVar(0.0, highspy.kHighsInf)
        return self.columns[key]

    def _root(self, key: Key) -> Key:
        while self.groups[key] != key:
            key = self.groups[key]
        return key

    def connected(self, keys: Iterable[Key]) -> set[Key]:
        """The unknown cells that sums tie to any of these."""
        roots = {self._root(key) for key in keys if key in self.groups}
        return {key for key in self.columns if self._root(key) in roots}

    def knowing(self, cells: Mapping[Key, float]) -> "_Knowing":
        """While inside, these cells are known."""
        return _Knowing(self.highs, {self.columns[key]: cells[key] for key in cells if key in self.columns})

    def range_of(self, key: Key) -> tuple[float, float]:
        """The least and the largest value of a cell."""
        if key in self.seen:
            return self.seen[key], self.seen[key]
        if key not in self.columns:
            return 0.0, inf
        column = self.columns[key]
        self.highs.changeColCost(column, 1.0)
        low = self._extreme(highspy.ObjSense.kMinimize, 0.0)
        high = self._extreme(highspy.ObjSense.kMaximize, inf)
        self.highs.changeColCost(column, 0.0)
        return low, high

    def _extreme(self, sense: highspy.ObjSense, unbounded: float) -> float:
        self.highs.changeObjectiveSense(sense)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return float(self.highs.getInfo().objective_function_value)
        if status in {
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        }:
            return unbounded
        raise ArithmeticError(f"the attacker's programme ended with {status}")


class _Knowing:
    """Fixes columns at their values for a while."""

    def __init__(self, highs: highspy.Highs, values: Mapping[int, float]) -> None:
        self.highs, self.values = highs, values

    def __enter__(self) -> None:
        for column, value in self.values.items():
            self.highs.changeColBounds(column, value, value)

    def __exit__(self, *reason: object) -> None:
        for column in self.values:
            self.highs.changeColBounds(column, 0.0, highspy.kHighsInf)
