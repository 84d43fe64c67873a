"""Series made of known parts: a trend that wanders, a season, the festival, noise."""

from dataclasses import dataclass

import numpy as np

from gongmai.monitor.outlook.queries.seasonal import list_periods
from gongmai.monitor.outlook.queries.seasonal_rules import festival_dates
from gongmai.monitor.outlook.rules.holidays import festival_effects
from gongmai.monitor.outlook.types import SeriesSet, Style

LAST = 2023 * 12 + 11


@dataclass
class Made:
    """The series, and what is left of it without season and festival."""

    series: SeriesSet
    periods: list[int]
    clean: np.ndarray


def as_set(values, season: int = 12, last: int = LAST) -> SeriesSet:
    return SeriesSet(("one",), (np.asarray(values, dtype=np.float64),), (last,), season, Style.MONTH)


def make(
    years: int, season: int, *, seed: int, size: float = 0.15, festival: float = 0.0, noise: float = 0.02
):
    """`festival`: the effect (log) of the days of and after it; a merged January-February is a sum of two."""
    random = np.random.default_rng(seed)
    length = years * season
    periods = list_periods(length, LAST, season, Style.MONTH)
    shape = random.normal(0, size, 12)
    shape -= shape.mean()
    trend = 6 + 0.005 * np.arange(length) + np.cumsum(random.normal(0, 0.004, length))
    columns = festival_effects(periods, festival_dates(), around=15, during=7, merged=season == 11)
    moved = festival * sum(column for part, column in columns.items() if part != "before")
    clean = np.exp(trend + random.normal(0, noise, length))
    values = clean * np.exp(np.array([shape[each % 12] for each in periods]) + moved)
    if season == 11:
        values = np.where([each % 12 == 1 for each in periods], 2 * values, values)
    return Made(as_set(values, season), periods, clean)


def miss(adjusted, clean) -> float:
    """Root mean square of the relative error, the level apart."""
    error = np.log(np.asarray(adjusted) / clean)
    return float((error - error.mean()).std())
