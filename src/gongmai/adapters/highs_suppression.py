"""Secondary suppression as linear programmes, solved with HiGHS.

For every sensitive cell and each direction: the cheapest way to move the table's figures so that all sums
still hold, the cell moves by its required protection and nothing falls below zero. Whatever moves is hidden.
A way that was found for one month is tried for the others first, which costs a comparison instead of a
programme. A second round freezes what a firm that is alone in a cell knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from gongmai.adapters.highs_quiet import QuietHighs
from gongmai.core.disclosure import rules
from gongmai.core.disclosure.types import EMPTY, TOTAL, Cube, Key, Layer, Parameters, Suppression

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
# what counts as moved, as part of the protection asked for
SMALLEST_MOVE = 1e-6
UP, DOWN = 1, -1


@dataclass(frozen=True, slots=True)
class _Way:
    """A movement of cells that keeps all sums, for one unit of the protected cell."""

    places: Places
    steps: Numbers


class HighsSuppressor:
    """Fills core.disclosure.ports.Suppressor."""

    def protect(
        self, cube: Cube, parameters: Parameters, hidden: frozenset[Key] = frozenset()
    ) -> Suppression:
        """Hide the sensitive cells, the cells already hidden, and what protects them in every layer."""
        sensitive = rules.primary(cube.layers, parameters)
        run = _Run(cube, parameters, sensitive | hidden | cube.secret)
        # the fullest layer first: ways that hold there mostly hold in the others
        for layer in sorted(cube.layers, key=lambda layer: -layer.get(TOTAL, EMPTY).value):
            run.protect(layer)
        return Suppression(
            sensitive - cube.secret, frozenset(run.hidden_keys()) - cube.secret, frozenset(run.failed)
        )


class _Run:
    """One call: the programme, what is hidden so far, and the ways found."""

    def __init__(self, cube: Cube, parameters: Parameters, hidden: Iterable[Key]) -> None:
        self.parameters = parameters
        self.keys = cube.keys
        self.place = {key: place for place, key in enumerate(self.keys)}
        self.size = len(self.keys)
        self.hidden = np.zeros(self.size, dtype=bool)
        self.hidden[[self.place[key] for key in hidden if key in self.place]] = True
        self.below = rules.descendants(cube.relations)
        self.layer: Layer = {}
        self.ways: dict[tuple[int, int], list[_Way]] = {}
        self.failed: set[Key] = set()
        self.highs = self._build(cube)
        self.values = np.zeros(self.size)
        self.fixed = np.ones(self.size, dtype=bool)
        self.holders = np.zeros(self.size, dtype=np.int64)

    def hidden_keys(self) -> list[Key]:
        """The cells hidden so far."""
        return [key for key, is_hidden in zip(self.keys, self.hidden, strict=True) if is_hidden]

    def _build(self, cube: Cube) -> highspy.Highs:
        """Columns: each cell's rise, then each cell's fall. Rows: every whole moves as its parts do."""
        starts, columns, signs = [0], [], []
        for relation in cube.relations:
            for key, sign in ((relation.whole, 1.0), *((part, -1.0) for part in relation.parts)):
                place = self.place[key]
                columns += [place, place + self.size]
                signs += [sign, -sign]
            starts.append(len(columns))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * self.size, len(cube.relations)
        model.col_cost_ = np.ones(2 * self.size)
        model.col_lower_ = model.col_upper_ = np.zeros(2 * self.size)
        model.row_lower_ = model.row_upper_ = np.zeros(len(cube.relations))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(columns, dtype=np.int32)
        model.a_matrix_.value_ = np.array(signs)
        highs = QuietHighs()  # type: ignore[no-untyped-call]
        highs.passModel(model)
        return highs

    def protect(self, layer: Layer) -> None:
        """Hide what the layer's sensitive cells need, against outsiders and then against insiders."""
        self._load(layer)
        needed = [
            (rules.protection(cell, self.parameters), self.place[key])
            for key, cell in layer.items()
            if rules.is_sensitive(cell, self.parameters)
        ]
        for amount, place in sorted(needed, reverse=True):
            for sign, step in self._steps(place, amount):
                if not self._fitting(place, sign, step):
                    self._search(place, sign, step, ())
        for _amount, place in sorted(needed, reverse=True):
            for sign in (UP, DOWN):
                self._against_insiders(place, sign)

    def _steps(self, place: int, amount: float) -> list[tuple[int, float]]:
        """Up by the protection; down by it, as far as there is something to take away."""
        down = min(amount, float(self.values[place]))
        return [(UP, amount), *([(DOWN, down)] if down > 0 else [])]

    def _load(self, layer: Layer) -> None:
        self.layer = layer
        cells = [layer.get(key, EMPTY) for key in self.keys]
        self.values = np.array([cell.value for cell in cells])
        self.fixed = np.array([cell.is_empty for cell in cells])
        if not self.hidden[self.place[TOTAL]]:
            self.fixed[self.place[TOTAL]] = True
        self.holders = np.array([cell.single for cell in cells], dtype=np.int64)
        costs = np.array([rules.weight(key, cell) for key, cell in zip(self.keys, cells, strict=True)])
        costs[self.hidden] = 0.0
        places = np.arange(2 * self.size, dtype=np.int32)
        self.highs.changeColsCost(len(places), places, np.concatenate([costs, costs]))
        self.highs.changeColsBounds(len(places), places, np.zeros(len(places)), self._room())

    def _room(self) -> Numbers:
        rise = np.where(self.fixed, 0.0, highspy.kHighsInf)
        fall = np.where(self.fixed, 0.0, self.values)
        return np.concatenate([rise, fall])

    def _fitting(self, place: int, sign: int, step: float) -> list[_Way]:
        """The known ways of a cell that this layer's figures allow."""
        slack = SMALLEST_MOVE * step
        found = []
        for way in self.ways.get((place, sign), ()):
            if self.fixed[way.places].any():
                continue
            if (self.values[way.places] + step * way.steps >= -slack).all():
                found.append(way)
        return found

    def _search(self, place: int, sign: int, step: float, frozen: Iterable[int]) -> _Way | None:
        """The cheapest new way; None, and a note of the failure, where there is none."""
        room = self._room()
        for one in frozen:
            self._bound(one, 0.0, 0.0, 0.0, 0.0)
        rise, fall = (step, 0.0) if sign == UP else (0.0, step)
        self._bound(place, rise, rise, fall, fall)
        self.highs.run()
        solved = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        way = self._read(place, sign, step) if solved else None
        for one in (place, *frozen):
            self._bound(one, 0.0, float(room[one]), 0.0, float(room[one + self.size]))
        if way is None:
            self.failed.add(self.keys[place])
            return None
        self.ways.setdefault((place, sign), []).append(way)
        for one in way.places[~self.hidden[way.places]]:
            self.hidden[one] = True
            self.highs.changeColCost(int(one), 0.0)
            self.highs.changeColCost(int(one) + self.size, 0.0)
        return way

    def _bound(self, place: int, low: float, high: float, fall_low: float, fall_high: float) -> None:
        self.highs.changeColBounds(int(place), low, high)
        self.highs.changeColBounds(int(place) + self.size, fall_low, fall_high)

    def _read(self, place: int, sign: int, step: float) -> _Way:
        found = np.array(self.highs.getSolution().col_value)
        moved = found[: self.size] - found[self.size :]
        moved[place] = sign * step
        places = np.flatnonzero(np.abs(moved) > SMALLEST_MOVE * step)
        return _Way(places, moved[places] / step)

    def _against_insiders(self, place: int, sign: int) -> None:
        """Find other ways until no firm that is alone somewhere stands in all of them."""
        cell = self.layer[self.keys[place]]
        needed = rules.protection(cell, self.parameters)
        for firm in sorted(self._suspects(place, sign, needed)):
            own_cells = np.flatnonzero(self.holders == firm)
            within = self.below.get(self.keys[place], frozenset())
            is_inside = any(self.keys[int(one)] in within for one in own_cells)
            own = float(self.values[own_cells[0]]) if is_inside else 0.0
            step = rules.protection_from_within(cell, own, self.parameters) if is_inside else needed
            step = min(step, cell.value - own) if sign == DOWN else step
            if step > 0 and not self._is_safe_from(place, sign, step, firm):
                self._search(place, sign, step, [int(one) for one in own_cells])

    def _suspects(self, place: int, sign: int, needed: float) -> set[int]:
        """The firms that stand in every way of the full step, or, where there is none, on any way at all."""
        step = min(needed, float(self.values[place])) if sign == DOWN else needed
        if step <= 0:
            return set()
        ways = self._fitting(place, sign, step)
        firms = (
            set.intersection(*(self._firms_on(way) for way in ways))
            if ways
            else {int(firm) for firm in self.holders}
        )
        return firms - {0, int(self.holders[place])}

    def _is_safe_from(self, place: int, sign: int, step: float, firm: int) -> bool:
        return any(firm not in self._firms_on(way) for way in self._fitting(place, sign, step))

    def _firms_on(self, way: _Way) -> set[int]:
        return {int(firm) for firm in self.holders[way.places]}
