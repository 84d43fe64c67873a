"""The words of forecasting."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from gongmai.core.period.types import Period

Floats = npt.NDArray[np.float64]


class Transform(StrEnum):
    """What is done to a series before a model sees it, and undone afterwards."""

    NONE = "none"
    LOG = "log"
    SHRUNK_SEASON = "shrunk_season"


class Style(StrEnum):
    """How a file writes its months; forecasts are written the same way."""

    MONTH = "2023-06"
    COMPACT = "202306"
    FIRST_DAY = "2023-06-01"
    LAST_DAY = "2023-06-30"
    NUMBER = "1, 2, 3"


@dataclass(frozen=True, slots=True)
class Model:
    """An entry of the catalogue: a method on a transformed series. `combined`: part of the median."""

    code: str
    label: Mapping[str, str]
    method: str
    transform: Transform
    combined: bool


@dataclass(frozen=True, slots=True)
class SeriesSet:
    """Series that are forecast together.

    `ids`: one for each series; `values`: oldest first, without gaps; `last`: running number of the last
    period of each (see `Calendar`); `filled`: how many gaps were interpolated.
    """

    ids: tuple[str, ...]
    values: tuple[Floats, ...]
    last: tuple[int, ...]
    season: int
    style: Style
    filled: int = 0


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the same procedure would have said `horizon` periods ago.

    Errors are means over all series and steps: sMAPE in percent, MASE against the seasonal naive in-sample.
    `coverage`: level -> share (percent) of outcomes inside intervals that were set on the other half of the
    series; None where there are too few series to halve.
    """

    series: int
    origins: int
    smape: Mapping[str, float]
    mase: Mapping[str, float]
    coverage: Mapping[int, float] | None
    beats_naive: bool


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Forecasts of a SeriesSet: `point` (series x horizon); by level in percent, lower and upper bounds."""

    series: SeriesSet
    horizon: int
    point: Floats
    lower: Mapping[int, Floats]
    upper: Mapping[int, Floats]
    backtest: Backtest | None
    chosen: str


class SeriesError(Exception):
    """A file of series cannot be read. `code`, `row` (1-based, the heading is row 1) and `params` say why."""

    def __init__(self, code: str, row: int = 0, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.row = row
        self.params = params


class Level(StrEnum):
    """Of what a series is: the whole city, or each of its parts. Industries are divisions (two digits)."""

    CITY = "city"
    UNIT = "unit"
    COUNTY = "county"
    INDUSTRY = "industry"
    COUNTY_INDUSTRY = "county_industry"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class PanelSeries:
    """Series of one item out of the panel, in the item's stored unit (money in thousand yuan).

    `keys`: empty text for the city, a code, two codes joined by ``:`` (county and division), or the number of
    a firm. `values` and `bases` (keys x periods, NaN where unknown or not to be shown): the figure of each
    period, and what the firms of that period state for the same period of last year. January-February is one
    period, written as month 2: eleven a year. `places`: for firms, the codes of their county, unit and
    division, by level, in the order of the keys.
    """

    item: str
    level: Level
    vintage: int
    periods: tuple[Period, ...]
    keys: tuple[str, ...]
    values: Floats
    bases: Floats
    places: Mapping[Level, tuple[str, ...]]
