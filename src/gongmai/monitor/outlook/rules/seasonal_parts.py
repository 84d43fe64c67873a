"""From a plan to the parts of a series: regression off, extended, split, put back together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gongmai.monitor.outlook.rules.seasonal_filters import Filters, decompose, find_trend, season_average
from gongmai.monitor.outlook.rules.seasonal_model import extend, fit_given
from gongmai.monitor.outlook.rules.seasonal_outliers import ADDITIVE, outlier_column
from gongmai.monitor.outlook.rules.seasonal_plan import Plan
from gongmai.monitor.outlook.types import Floats, Mode, SeasonalRules

EXTENSION = 6  # years on each side: longer than the longest filter
NO_SEASON = "none"
# a series and its season -> trend and season of every value
Split = Callable[[Floats, int], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts that add up to the series, or to its logarithm where factors are taken out."""

    trend: Floats
    seasonal: Floats
    calendar: Floats
    irregular: Floats
    filters: Filters
    coefficients: Floats
    t_values: Floats


def split_series(
    y: Floats, season: int, plan: Plan, rules: SeasonalRules, other: Split | None, *, seasonal: bool
) -> Parts:
    """The parts of the first `len(y)` periods by a plan that may have been made on more.

    `other`: what splits instead of the filters of X-11; `seasonal`: False where there is none to take out.
    """
    length = len(y)
    columns = plan.columns(length)
    fit = fit_given(y, columns, season, plan.fit.moving)
    effects = columns * fit.coefficients
    count = len(plan.effects)
    clean = y - effects.sum(axis=1)
    around = EXTENSION * season
    extended = extend(clean, plan.fit.moving, season, around)
    inside = slice(around, around + length)
    filters = _filters(extended, season, inside, rules, other, seasonal=seasonal)
    outliers = [each for each in plan.outliers if each[1] < length]
    trend, irregular = filters.trend.copy(), filters.irregular.copy()
    for place, outlier in enumerate(outliers, count):
        # a shift belongs to the trend, a single value to the irregular
        part = outlier_column(outlier, length) * fit.coefficients[place]
        if outlier[0] == ADDITIVE:
            irregular += part
        else:
            trend += part
    return Parts(
        trend,
        filters.seasonal,
        effects[:, :count].sum(axis=1),
        irregular,
        filters,
        fit.coefficients[:count],
        fit.t_values[:count],
    )


def _filters(
    extended: Floats, season: int, inside: slice, rules: SeasonalRules, other: Split | None, *, seasonal: bool
) -> Filters:
    length = inside.stop - inside.start
    if not seasonal:
        trend, terms = find_trend(extended, np.ones(len(extended)), inside, rules)
        flat = np.zeros(length)
        found = trend[inside]
        return Filters(found, flat, extended[inside] - found, np.ones(length), NO_SEASON, terms, 0.0)
    if other is not None:
        trend, season_part = (each[inside] for each in other(extended, season))
        rest = extended[inside] - trend - season_part
        return Filters(trend, season_part, rest, np.ones(length), "stl", 0, 0.0)
    return decompose(extended, season, inside, rules, stable=length < rules.stable_below_years * season)


def as_factors(parts: Parts, season: int, mode: Mode) -> tuple[Floats, Floats, Floats, Floats]:
    """Trend, season, calendar and irregular in the terms of the mode.

    Factors of the season are scaled so that they average one over a year, which keeps the sum of a year.
    """
    if mode is Mode.ADDITIVE:
        return parts.trend, parts.seasonal, parts.calendar, parts.irregular
    factors = np.exp(parts.seasonal)
    if not parts.seasonal.any():
        mean = np.ones(len(factors))
    else:
        padded = np.concatenate([factors[:season], factors, factors[-season:]])
        mean = season_average(padded, season)[season:-season]
    return np.exp(parts.trend) * mean, factors / mean, np.exp(parts.calendar), np.exp(parts.irregular)
