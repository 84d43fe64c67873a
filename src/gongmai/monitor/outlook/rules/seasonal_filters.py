"""The moving averages of X-11, additive, on a series that was extended by its model on both sides.

Because the extension is longer than any filter, only the symmetric filters are used. Source: Ladiray and
Quenneville (2001), chapters 3 and 4.
"""

from dataclasses import dataclass

import numpy as np

from gongmai.monitor.outlook.types import Floats, SeasonalRules

SEASONAL = {
    "3x3": np.convolve(np.ones(3) / 3, np.ones(3) / 3),
    "3x5": np.convolve(np.ones(3) / 3, np.ones(5) / 5),
    "3x9": np.convolve(np.ones(3) / 3, np.ones(9) / 9),
}
STABLE = "stable"
SPAN = 2  # years on each side over which the spread of the irregular is taken
NEAREST = 4  # values that replace an extreme one


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filters found, over the observed periods; `ratio`: irregular to season, year to year."""

    trend: Floats
    seasonal: Floats
    irregular: Floats
    weights: Floats
    seasonal_filter: str
    terms: int
    ratio: float


def moving(values: Floats, weights: Floats) -> Floats:
    """A symmetric moving average; both ends are carried on."""
    half = len(weights) // 2
    return np.convolve(np.pad(values, half, mode="edge"), weights, mode="valid")


def season_average(values: Floats, season: int) -> Floats:
    """The centred average over one season."""
    weights = np.ones(season) / season
    return moving(values, weights if season % 2 else np.convolve(weights, np.ones(2) / 2))


def henderson(terms: int) -> Floats:
    """Henderson's weights: the smoothest that keep a cubic."""
    m = terms // 2 + 2
    j = np.arange(-(terms // 2), terms // 2 + 1, dtype=np.float64)
    top = ((m - 1) ** 2 - j**2) * (m**2 - j**2) * ((m + 1) ** 2 - j**2) * (3 * m**2 - 16 - 11 * j**2)
    bottom = m * (m**2 - 1) * (4 * m**2 - 1) * (4 * m**2 - 9) * (4 * m**2 - 25)
    found: Floats = 315 * top / (8 * bottom)
    return found


def smooth_season(values: Floats, season: int, name: str, inside: slice) -> Floats:
    """Each month of the year by itself, smoothed over the years, then made to vanish over a year."""
    found = np.empty(len(values))
    for at in range(season):
        mine = slice(at, None, season)
        if name == STABLE:
            seen = np.zeros(len(values), dtype=bool)
            seen[inside] = True
            found[mine] = values[mine][seen[mine]].mean()
        else:
            found[mine] = moving(values[mine], SEASONAL[name])
    centred: Floats = found - season_average(found, season)
    return centred


def weigh(irregular: Floats, season: int, lower: float, upper: float) -> Floats:
    """Weight of each value: one below `lower` spreads, zero above `upper`, falling between.

    The spread is that of the five years around, without what lies beyond `upper`.
    """
    years = np.arange(len(irregular)) // season
    weights = np.ones(len(irregular))
    for year in range(int(years[-1]) + 1):
        near = irregular[np.abs(years - year) <= SPAN]
        spread = float(np.sqrt(np.mean(near**2)))
        kept = near[np.abs(near) <= upper * spread]
        spread = float(np.sqrt(np.mean(kept**2))) if len(kept) else spread
        if spread > 0:
            mine = years == year
            size = np.abs(irregular[mine]) / spread
            weights[mine] = np.clip((upper - size) / (upper - lower), 0.0, 1.0)
    return weights


def replace_extremes(ratios: Floats, weights: Floats, season: int) -> Floats:
    """Give way, as far as the weight is below one, to the mean of the nearest values of the same month."""
    found = ratios.copy()
    for at in np.flatnonzero(weights < 1):
        same = np.arange(at % season, len(ratios), season)
        full = same[weights[same] >= 1]
        if len(full):
            nearest = full[np.argsort(np.abs(full - at), kind="stable")[:NEAREST]]
            found[at] = weights[at] * ratios[at] + (1 - weights[at]) * ratios[nearest].mean()
    return found


def mean_change(values: Floats, lag: int = 1) -> float:
    """The mean absolute change over `lag` periods."""
    return float(np.abs(values[lag:] - values[:-lag]).mean())


def decompose(extended: Floats, season: int, inside: slice, rules: SeasonalRules, *, stable: bool) -> Filters:
    """Trend, season and irregular of the observed periods `inside` an extended series.

    `stable`: the series is too short for a season that moves.
    """
    every = np.arange(len(extended))[inside]
    weights = np.ones(len(extended))

    def season_of(ratios: Floats, first: str, name: str) -> Floats:
        rough = smooth_season(ratios, season, first, inside)
        weights[every] = weigh((ratios - rough)[every], season, *rules.sigma)
        return smooth_season(replace_extremes(ratios, weights, season), season, name, inside)

    base = STABLE if stable else "3x3"
    ratios = extended - season_average(extended, season)
    seasonal = season_of(ratios, base, base)
    ratios = extended - moving(extended - seasonal, henderson(13))
    name, ratio = base, 0.0
    if not stable:
        rough = smooth_season(ratios, season, "3x5", inside)
        ratio = _ratio(mean_change((ratios - rough)[every], season), mean_change(rough[every], season))
        name = next(name for below, name in rules.seasonal_filters if ratio < below or below == np.inf)
    seasonal = season_of(ratios, base if stable else "3x5", name)
    adjusted = extended - seasonal
    trend, terms = find_trend(adjusted, weights, inside, rules)
    return Filters(
        trend[every], seasonal[every], (adjusted - trend)[every], weights[every], name, terms, ratio
    )


def find_trend(adjusted: Floats, weights: Floats, inside: slice, rules: SeasonalRules) -> tuple[Floats, int]:
    """Henderson's trend of an adjusted series, of a length that suits its noise; extremes count by weight."""
    rough = moving(adjusted, henderson(13))
    noise = _ratio(mean_change((adjusted - rough)[inside]), mean_change(rough[inside]))
    terms = next(terms for below, terms in rules.trend_filters if noise < below or below == np.inf)
    return moving(rough + weights * (adjusted - rough), henderson(terms)), terms


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else np.inf
