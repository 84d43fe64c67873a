"""Which cells give a firm away, and how far an attacker's estimate must stay from them.

Source: the rules of data/parameters.yaml; the amounts of protection are those by which the rule would no
longer hold, as in the European handbook on statistical disclosure control.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log1p

from gongmai.core.disclosure.types import EMPTY, TOTAL, Cell, Cube, Key, Layer, Parameters, Relation

# figures are whole thousand yuan: one of them still keeps a firm that reports zero apart from a known zero
LEAST_PROTECTION = 1.0
Chains = Sequence[Sequence[tuple[str, str] | None]]


def is_sensitive(cell: Cell, parameters: Parameters) -> bool:
    """Whether a primary rule forbids to show the cell.

    >>> from datetime import date
    >>> rules = Parameters(3, 2, 0.85, 0.15, 0.25, date(2020, 1, 1), "")
    >>> is_sensitive(Cell(10, 2, 6, 4), rules), is_sensitive(Cell(30, 3, 10, 10), rules)
    (True, False)
    >>> is_sensitive(Cell(100, 5, 80, 10), rules), is_sensitive(Cell(0, 0), rules)
    (True, False)
    """
    if cell.is_empty:
        return False
    if cell.count < parameters.fewest:
        return True
    if cell.value <= 0:
        return False
    dominated = cell.first + cell.second > parameters.share * cell.value
    return dominated or _rest(cell) < parameters.percent * cell.first


def protection(cell: Cell, parameters: Parameters) -> float:
    """By how much an attacker's bounds must miss a sensitive cell, up and down; 0 for one that is not.

    p %: percent of the largest less what the others hide it behind. Dominance: what the cell would have to
    hold more for the rule to let it pass. Too few firms: percent of the cell.
    """
    if not is_sensitive(cell, parameters):
        return 0.0
    needed = [
        parameters.percent * cell.first - _rest(cell),
        (cell.first + cell.second) / parameters.share - cell.value,
    ]
    if cell.count < parameters.fewest:
        needed.append(parameters.percent * cell.value)
    return max(LEAST_PROTECTION, *needed)


def _rest(cell: Cell) -> float:
    return max(0.0, cell.value - cell.first - cell.second)


def protection_from_within(cell: Cell, own: float, parameters: Parameters) -> float:
    """What a cell needs against a firm that is in it with `own`: the others must stay out of its sight.

    Such a firm knows its own part, so that only the rest can be uncertain.
    """
    needed = protection(cell, parameters)
    return min(needed, max(LEAST_PROTECTION, parameters.percent * (cell.value - own))) if needed else 0.0


def bounds(value: float, needed: float, floor: float = 0.0) -> tuple[float, float]:
    """What an attacker must not be able to exclude: a range around the value, not below what is known."""
    return max(floor, value - needed), value + needed


def descendants(relations: Iterable[Relation]) -> dict[Key, frozenset[Key]]:
    """For every whole all cells that it is made of, however deep."""
    parts: dict[Key, set[Key]] = {}
    for relation in relations:
        parts.setdefault(relation.whole, set()).update(relation.parts)
    found: dict[Key, frozenset[Key]] = {}

    def below(key: Key) -> frozenset[Key]:
        if key not in found:
            own = parts.get(key, set())
            found[key] = frozenset(own).union(*(below(part) for part in own))
        return found[key]

    for key in parts:
        below(key)
    return found


def primary(layers: Iterable[Layer], parameters: Parameters) -> frozenset[Key]:
    """Cells that are sensitive in any layer: one pattern for all months of a year, for level and base."""
    return frozenset(key for layer in layers for key, cell in layer.items() if is_sensitive(cell, parameters))


def add_up(parts: Iterable[Cell]) -> Cell:
    """The cell of all firms of the parts, which share none.

    >>> add_up([Cell(10, 2, 6, 4), Cell(5, 1, 5, 0, 7)])
    Cell(value=15, count=3, first=6, second=5, single=0)
    """
    filled = [part for part in parts if not part.is_empty]
    if not filled:
        return EMPTY
    top = sorted((size for part in filled for size in (part.first, part.second)), reverse=True)
    return Cell(
        value=sum(part.value for part in filled),
        count=sum(part.count for part in filled),
        first=top[0],
        second=top[1],
        single=filled[0].single if len(filled) == 1 else 0,
    )


def table(
    leaves: Mapping[tuple[str, ...], Cell],
    dimensions: Sequence[Sequence[str]],
    paths: Mapping[str, Sequence[tuple[str, str]]],
) -> tuple[dict[Key, Cell], list[Relation]]:
    """All cells of a hierarchical table and their relations.

    `leaves` are keyed by the code of each dimension's finest level; `dimensions` name the levels of each
    dimension from coarse to fine; `paths` give, by ``level:code`` of a finest code, the pairs of level and
    code of all its levels.
    """
    cells: dict[Key, list[Cell]] = {}
    parents: dict[tuple[Key, int], dict[Key, None]] = {}
    for codes, cell in leaves.items():
        chains: list[list[tuple[str, str] | None]] = [
            [None, *paths[f"{levels[-1]}:{code}"]] for levels, code in zip(dimensions, codes, strict=True)
        ]
        for places in _places(chains):
            key = _key(chains, places)
            cells.setdefault(key, []).append(cell)
            for axis, place in enumerate(places):
                if place:
                    above = _key(chains, (*places[:axis], place - 1, *places[axis + 1 :]))
                    parents.setdefault((above, axis), {})[key] = None
    relations = [Relation(whole, tuple(sorted(parts))) for (whole, _axis), parts in sorted(parents.items())]
    return {key: add_up(parts) for key, parts in cells.items()}, relations


def _places(chains: Chains) -> Iterable[tuple[int, ...]]:
    if not chains:
        return [()]
    return [(place, *rest) for place in range(len(chains[0])) for rest in _places(chains[1:])]


def _key(chains: Chains, places: Sequence[int]) -> Key:
    return tuple(sorted(pair for chain, place in zip(chains, places, strict=True) if (pair := chain[place])))


def hidden_share(cube: Cube, hidden: Iterable[Key], inner: Iterable[Key]) -> float:
    """The largest part of the inner cells' value that is hidden in any layer."""
    hidden, inner = set(hidden), set(inner)
    shares = []
    for layer in cube.layers:
        whole = sum(layer[key].value for key in inner if key in layer)
        if whole > 0:
            shares.append(sum(layer[key].value for key in inner & hidden if key in layer) / whole)
    return max(shares, default=0.0)


def weight(key: Key, cell: Cell) -> float:
    """What it costs to hide a cell: little for small inner cells, much for margins; the total stays."""
    margin = 50.0 if len(key) < 2 else 0.0  # noqa: PLR2004 - one code or none: a margin of a table of two
    return (1_000.0 if key == TOTAL else margin) + 1.0 + log1p(max(0.0, cell.value))
