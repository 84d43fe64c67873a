"""The eleven grades of a seasonal adjustment and their mean Q. One and less is good, three the worst.

Source: Lothian and Morry (1978); Ladiray and Quenneville (2001), section 4.8. The parts are additive
(logarithms where factors are taken out), so that changes stand for percent changes.
"""

from collections.abc import Mapping

import numpy as np

from gongmai.monitor.outlook.rules.seasonal_filters import mean_change
from gongmai.monitor.outlook.rules.seasonal_tests import TINY
from gongmai.monitor.outlook.types import Floats, Quality, SeasonTests

WORST = 3.0
SPAN = 3  # periods over which M1 looks at changes
LONG_ENOUGH = 6  # years from which the recent season is graded by itself
CUT = 2  # years at the end that are left out of it: their factors will still be revised


def grade(
    trend: Floats,
    seasonal: Floats,
    irregular: Floats,
    season: int,
    tests: SeasonTests,
    *,
    weights: Mapping[str, int],
    residual: Mapping[str, float],
    fixed: bool,
) -> Quality:
    """M1 to M11 and Q. `fixed`: the season is the same every year, so that M6 and M8 to M11 say nothing."""
    grades = {
        "M1": _m1(trend, seasonal, irregular),
        "M2": _m2(trend, seasonal, irregular),
        "M3": 0.5 * (_ratio(mean_change(irregular), mean_change(trend)) - 1),
        "M4": _m4(irregular),
        "M5": (_dominance(trend, irregular, season) - 0.5) / 5,
        "M7": _m7(tests),
    }
    if not fixed:
        change = _ratio(mean_change(irregular, season), mean_change(seasonal, season))
        grades["M6"] = abs(change - 4) / 2.5
        table = _years(seasonal, season)
        grades["M8"], grades["M9"] = _moves(table)
        if len(table) >= LONG_ENOUGH:
            grades["M10"], grades["M11"] = _moves(table[-CUT - 4 : -CUT])
    grades = {name: float(np.clip(grades[name], 0.0, WORST)) for name in weights if name in grades}
    return Quality(grades, _mean(grades, weights), _mean(grades, weights, without="M2"), residual)


def _mean(grades: Mapping[str, float], weights: Mapping[str, int], without: str = "") -> float:
    kept = [name for name in grades if name != without]
    return sum(weights[name] * grades[name] for name in kept) / sum(weights[name] for name in kept)


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > TINY else (0.0 if top <= TINY else 1e6)


def _m1(trend: Floats, seasonal: Floats, irregular: Floats) -> float:
    squares = [mean_change(part, SPAN) ** 2 for part in (irregular, trend, seasonal)]
    return 10 * _ratio(squares[0], sum(squares))


def _m2(trend: Floats, seasonal: Floats, irregular: Floats) -> float:
    at = np.arange(len(trend))
    level = trend - np.polyval(np.polyfit(at, trend, 1), at)
    parts = [float(part.var()) for part in (irregular, level, seasonal)]
    return 10 * _ratio(parts[0], sum(parts))


def _m4(irregular: Floats) -> float:
    signs = np.sign(np.diff(irregular))
    size = len(irregular)
    runs = 1 + int((signs[1:] != signs[:-1]).sum())
    average = (size - 1) / runs
    return float(abs((size - 1) / average - 2 * (size - 1) / 3) / (2.577 * np.sqrt((16 * size - 29) / 90)))


def _dominance(trend: Floats, irregular: Floats, season: int) -> float:
    """Over how many periods the trend moves more than the irregular, between whole numbers as well."""
    before = np.inf
    for span in range(1, season + 1):
        ratio = _ratio(mean_change(irregular, span), mean_change(trend, span))
        if ratio < 1:
            if span == 1 or not np.isfinite(before) or before - ratio <= TINY:
                return float(span)
            return span - 1 + (before - 1) / (before - ratio)
        before = ratio
    return float(season + 1)


def _m7(tests: SeasonTests) -> float:
    stable, drift = max(tests.stable[0], TINY), tests.moving[0]
    return float(np.sqrt(0.5 * (7 / stable + 3 * drift / stable)))


def _years(seasonal: Floats, season: int) -> Floats:
    whole = len(seasonal) // season
    spread = float(seasonal.std())
    scaled = (seasonal - seasonal.mean()) / spread if spread > TINY else np.zeros(len(seasonal))
    return scaled[len(seasonal) - whole * season :].reshape(whole, season)


def _moves(table: Floats) -> tuple[float, float]:
    """How the season moves from year to year: the mean absolute change, and the mean change one way."""
    years = len(table) - 1
    return (
        10 * float(np.abs(np.diff(table, axis=0)).mean()),
        10 * float(np.abs(table[-1] - table[0]).mean()) / years,
    )
