"""Cells, the additive relations between them, and which of them stay hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# a cell's place: pairs of a dimension and a code, in order; the empty key is the total
Key = tuple[tuple[str, str], ...]
TOTAL: Key = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds: the sum of the figures' sizes, how many firms, and the two largest of them.

    Figures that may be negative enter with their size, so that a loss next to a profit hides nothing.
    `single` is the number of the firm where it is alone, 0 elsewhere: it knows its own cells.
    """

    value: float
    count: int
    first: float = 0.0
    second: float = 0.0
    single: int = 0

    @property
    def is_empty(self) -> bool:
        """No firm at all: nothing to hide, known to be nothing. One firm that reports zero is not empty."""
        return self.count == 0


EMPTY = Cell(0.0, 0)
Layer = Mapping[Key, Cell]


@dataclass(frozen=True, slots=True)
class Relation:
    """A cell that is the sum of its parts."""

    whole: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Cube:
    """Tables that are published together and so protected together.

    `layers` are the same cells filled with different figures (periods, level and base): one pattern serves
    all.
    `secret` cells are never published; they are there because others add up to them.
    """

    relations: tuple[Relation, ...]
    layers: tuple[Layer, ...]
    secret: frozenset[Key] = field(default_factory=frozenset)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every cell that appears, in a fixed order."""
        found = {key for layer in self.layers for key in layer}
        for relation in self.relations:
            found.add(relation.whole)
            found.update(relation.parts)
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The primary rules in force from a day on (data/parameters.yaml)."""

    fewest: int
    largest: int
    share: float
    percent: float
    most_hidden: float
    valid_from: date
    source: str

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> "Parameters":
        """An entry of the data file."""
        return cls(
            fewest=int(entry["fewest"]),
            largest=int(entry["largest"]),
            share=float(entry["share"]),
            percent=float(entry["percent"]),
            most_hidden=float(entry["most_hidden"]),
            valid_from=entry["valid_from"],
            source=str(entry["source"]),
        )


@dataclass(frozen=True, slots=True)
class Suppression:
    """The cells that stay hidden: by a primary rule, or so that those cannot be computed from the rest.

    `unprotected` are primary cells for which no pattern reaches the protection required (a city of one firm).
    """

    primary: frozenset[Key]
    hidden: frozenset[Key]
    unprotected: frozenset[Key] = field(default_factory=frozenset)

    @property
    def secondary(self) -> frozenset[Key]:
        """Hidden only to protect others."""
        return self.hidden - self.primary


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that an attacker can narrow down too far: what is possible, and what must remain possible."""

    key: Key
    low: float
    high: float
    needed_low: float
    needed_high: float
    insider: int = 0
