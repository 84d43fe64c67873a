"""What the stages of the generator hand to one another: arrays, one entry for each firm."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

SEED = 371300
FIRST_YEAR = 2019  # simulated for the bases of 2020, never filed
YEARS = 5
PARTS = 11  # periods of a year: January-February together, then March to December
NEVER = 10_000  # index of a period that does not come


def index_of(key: int) -> int:
    """The running number of period `key` (202212), counted from February 2019."""
    return (key // 100 - FIRST_YEAR) * PARTS + key % 100 - 2


def key_of(index: int) -> int:
    """The period key, such as 202212, of a running number."""
    return (FIRST_YEAR + index // PARTS) * 100 + index % PARTS + 2


def text_of(index: int) -> str:
    """The text of a period, such as 2022-12."""
    key = key_of(index)
    return f"{key // 100}-{key % 100:02d}"


FIRST = index_of(202002)
CURRENT = index_of(202306)


def stream(name: str) -> np.random.Generator:
    """A random stream of its own for each stage: a change in one does not stir the others."""
    return np.random.default_rng([SEED, *name.encode()])


@dataclass(slots=True)
class Firms:
    """Who exists, where, in what industry, and when on the roster (running numbers of periods)."""

    industry: Texts
    division: Texts
    leading: Bools
    cohort: Texts  # initial, annual, new
    entry: Ints
    exit: Ints  # last period on the roster, NEVER while on it
    exit_type: Texts
    restored: Ints  # first period of a second stay, NEVER where there is none
    start: Ints  # first period of production; below zero for firms that exist from the beginning
    raw: Floats  # size before calibration, thousand yuan a year
    unit: Texts = field(default_factory=lambda: np.empty(0, object))
    region: Texts = field(default_factory=lambda: np.empty(0, object))
    town: Texts = field(default_factory=lambda: np.empty(0, object))
    park: Texts = field(default_factory=lambda: np.empty(0, object))
    name: Texts = field(default_factory=lambda: np.empty(0, object))
    credit_code: Texts = field(default_factory=lambda: np.empty(0, object))

    @property
    def count(self) -> int:
        """How many firms ever appear."""
        return len(self.industry)

    def on_roster(self, index: int) -> Bools:
        """Which firms are on the roster in a period."""
        first = (self.entry <= index) & (index <= self.exit)
        return first | (self.restored <= index)


@dataclass(slots=True)
class Story:
    """The figures: arrays of shape (years, firms, parts); money in thousand yuan."""

    shares: Floats
    annual: Ints  # (years, firms): output of the year
    flows: dict[str, Ints] = field(default_factory=dict)  # of the month, the first part for two months
    stocks: dict[str, Ints] = field(default_factory=dict)
    cumulative: dict[str, Ints] = field(default_factory=dict)
    hundredths: frozenset[str] = frozenset({"electricity"})

    def year_to_date(self, item: str) -> Ints:
        """The cumulative of a flow."""
        total: Ints = np.cumsum(self.flows[item], axis=2)
        return total


Catalogue = dict[str, Any]
