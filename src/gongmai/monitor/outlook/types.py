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


class Mode(StrEnum):
    """How season and trend come together; `auto` lets the data say."""

    AUTO = "auto"
    MULTIPLICATIVE = "multiplicative"
    ADDITIVE = "additive"


class Presence(StrEnum):
    """Whether a series has a season that can be told."""

    PRESENT = "present"
    WEAK = "weak"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SeasonalRules:
    """The catalogue of seasonal adjustment (data/seasonal.yaml), typed; the file explains each entry."""

    years_least: int
    years_calendar: int
    festivals_spare: int
    during: int
    around: tuple[int, ...]
    aicc_gain: float
    false_alarms: float
    outlier_share: float
    sigma: tuple[float, float]
    seasonal_filters: tuple[tuple[float, str], ...]
    trend_filters: tuple[tuple[float, int], ...]
    stable_below_years: int
    tests: Mapping[str, float]
    weights: Mapping[str, int]
    quality: Mapping[str, Mapping[str, str]]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect of the calendar: before, during, after (the festival), leap, weekday; `t`: its t value."""

    code: str
    value: float
    t: float


@dataclass(frozen=True, slots=True)
class SeasonTests:
    """Tests on the ratios of the series to its trend, with p values, and what they come to."""

    stable: tuple[float, float]
    moving: tuple[float, float]
    kruskal: tuple[float, float]
    presence: Presence


@dataclass(frozen=True, slots=True)
class Quality:
    """`grades`: M1 to M11 as far as the series allows; `q`: their weighted mean, `q_without_m2` likewise.

    A grade up to one is good. `residual`: p values of the tests for a season left in the adjusted series
    (`qs` over all, `recent` over the last three years).
    """

    grades: Mapping[str, float]
    q: float
    q_without_m2: float
    residual: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Revision:
    """What was said of a period when it was the newest, and what is now; changes on the period before."""

    period: int
    first: float
    now: float
    first_change: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A series and its parts; one value for each period.

    `periods`: running numbers; `filed`: as read; `original`: per month where January-February is merged;
    `seasonal` and `calendar`: factors (multiplicative) or amounts. `change`: of the adjusted series on the
    period before, a fraction, or an amount where a value is not positive. `effects`, `outliers` (kind,
    place): of the regression; `moving`: its parameters. `window`: days around the festival.
    """

    name: str
    periods: tuple[int, ...]
    season: int
    style: Style
    mode: Mode
    method: str
    filed: Floats
    original: Floats
    adjusted: Floats
    trend: Floats
    seasonal: Floats
    calendar: Floats
    irregular: Floats
    change: tuple[float | None, ...]
    relative: bool
    effects: tuple[Effect, ...]
    window: int
    calendar_tried: bool
    festival_tried: bool
    outliers: tuple[tuple[str, int], ...]
    moving: tuple[float, float]
    seasonal_filter: str
    terms: int
    tests: SeasonTests | None
    quality: Quality | None
    revisions: tuple[Revision, ...]


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


@dataclass(frozen=True, slots=True)
class Record:
    """How forecasts of a level, or of one series, did in the back-test.

    `mae_ratio`: mean absolute error divided by that of last year's same period (below 1 is better); errors in
    percent (sMAPE) of the forecast and of that; `coverage`: level -> percent of outcomes inside.
    """

    series: int
    origins: int
    smape: float
    naive_smape: float
    mae_ratio: float
    coverage: Mapping[int, float]

    @property
    def beats_naive(self) -> bool:
        """Whether it was better than last year's same period."""
        return self.mae_ratio < 1


SeriesId = tuple[Level, str]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Coherent forecasts of many series from one origin: arrays are series x steps.

    `naive`: last year's same period. `actual`: what came, None where that is still to come. Bounds by level
    in percent.
    """

    origin: Period
    ids: tuple[SeriesId, ...]
    point: Floats
    naive: Floats
    lower: Mapping[int, Floats]
    upper: Mapping[int, Floats]
    actual: Floats | None = None


@dataclass(frozen=True, slots=True)
class CityForecast:
    """One run over the whole city: the forecast, the trials behind its intervals, the record by level."""

    item: str
    vintage: int
    made: Foreseen
    trials: tuple[Foreseen, ...]
    records: Mapping[Level, Record]
