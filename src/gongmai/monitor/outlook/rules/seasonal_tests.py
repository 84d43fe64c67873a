"""Is there a season: the tests of X-11 on the ratios of a series to its trend, and on what was adjusted.

P values by approximations that need no table: Paulson's for F, Wilson and Hilferty's for chi squared; both
are right to about one hundredth, and better in the tail.
"""

from collections.abc import Mapping
from math import exp, sqrt
from statistics import NormalDist

import numpy as np

from gongmai.monitor.outlook.types import Floats, Presence, SeasonTests

FEWEST_YEARS = 3
TINY = 1e-12


def f_tail(value: float, top: int, bottom: int) -> float:
    """The chance that F with these degrees of freedom is greater."""
    if not np.isfinite(value):
        return 0.0
    root = max(value, 0.0) ** (1 / 3)
    a, b = 2 / (9 * top), 2 / (9 * bottom)
    return 1 - NormalDist().cdf(((1 - b) * root - (1 - a)) / sqrt(b * root**2 + a))


def chi_tail(value: float, degrees: int) -> float:
    """The chance that chi squared is greater."""
    a = 2 / (9 * degrees)
    return 1 - NormalDist().cdf(((max(value, 0.0) / degrees) ** (1 / 3) - (1 - a)) / sqrt(a))


def stable_test(ratios: Floats, season: int) -> tuple[float, float]:
    """F of the means by month of the year, with its p value."""
    groups = [ratios[at::season] for at in range(season)]
    mean = ratios.mean()
    between = sum(len(group) * (group.mean() - mean) ** 2 for group in groups)
    within = sum(((group - group.mean()) ** 2).sum() for group in groups)
    bottom = len(ratios) - season
    scale = TINY * float((ratios**2).sum())
    if between <= scale:
        return 0.0, 1.0
    value = float((between / (season - 1)) / (within / bottom)) if within > scale else np.inf
    return value, f_tail(value, season - 1, bottom)


def moving_test(ratios: Floats, season: int) -> tuple[float, float]:
    """F of the means by year of the absolute ratios, months of the year taken out; whole years only."""
    years = len(ratios) // season
    if years < FEWEST_YEARS:
        return 0.0, 1.0
    table = np.abs(ratios[len(ratios) - years * season :]).reshape(years, season)
    by_year = table.mean(axis=1, keepdims=True)
    by_month = table.mean(axis=0, keepdims=True)
    between = season * float(((by_year - table.mean()) ** 2).sum())
    rest = float(((table - by_year - by_month + table.mean()) ** 2).sum())
    bottom = (years - 1) * (season - 1)
    if rest <= TINY * float((table**2).sum()):
        return 0.0, 1.0
    value = (between / (years - 1)) / (rest / bottom)
    return value, f_tail(value, years - 1, bottom)


def kruskal_test(ratios: Floats, season: int) -> tuple[float, float]:
    """Kruskal and Wallis: the ranks by month of the year."""
    size = len(ratios)
    ranks = np.empty(size)
    ranks[np.argsort(ratios, kind="stable")] = np.arange(1, size + 1)
    groups = [ranks[at::season] for at in range(season)]
    value = 12 / (size * (size + 1)) * sum(group.sum() ** 2 / len(group) for group in groups) - 3 * (size + 1)
    return float(value), chi_tail(float(value), season - 1)


def judge_season(ratios: Floats, season: int, limits: Mapping[str, float]) -> SeasonTests:
    """The combined test: stable season, moving season, and the ranks. Source: Lothian and Morry (1978)."""
    stable, drift, kruskal = (
        stable_test(ratios, season),
        moving_test(ratios, season),
        kruskal_test(ratios, season),
    )
    first = 7 / max(stable[0], TINY)
    second = 3 * drift[0] / max(stable[0], TINY)
    moves = drift[1] < limits["moving"]
    if stable[1] >= limits["stable"] or (moves and sqrt((first + second) / 2) >= 1):
        presence = Presence.ABSENT
    elif first >= 1 or second >= 1 or kruskal[1] >= limits["kruskal"]:
        presence = Presence.WEAK
    else:
        presence = Presence.PRESENT
    return SeasonTests(stable, drift, kruskal, presence)


def residual_tests(adjusted: Floats, season: int) -> dict[str, float]:
    """P values of a season left in an adjusted series (logarithms where factors were taken out).

    `qs`: the autocorrelation of its changes at one and two years, as far as positive (Maravall 2012);
    `recent`: F of the months of the year over the last three years.
    """
    changes = np.diff(adjusted)
    changes = changes - changes.mean()
    size, power = len(changes), float((changes**2).sum())
    qs = 0.0
    if power > TINY:
        first, second = (
            float((changes[lag:] * changes[:-lag]).sum()) / power for lag in (season, 2 * season)
        )
        if first > 0:
            qs = (
                size * (size + 2) * (first**2 / (size - season) + max(second, 0.0) ** 2 / (size - 2 * season))
            )
    recent = changes[-FEWEST_YEARS * season :]
    return {"qs": exp(-qs / 2), "recent": stable_test(recent, season)[1]}
