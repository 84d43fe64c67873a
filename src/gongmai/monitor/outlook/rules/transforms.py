"""What is done to a series before a model sees it, and how it is undone."""

from collections.abc import Callable

import numpy as np

from gongmai.monitor.outlook.types import Floats, Transform

Undo = Callable[[Floats], Floats]
LOG_LIMIT = 60.0  # exp of more is no economic figure
LEAST_YEARS = 3
TRIMMED_FROM = 4


def transform_series(values: Floats, transform: Transform, season: int) -> tuple[Floats, int, Undo]:
    """The series as a model is to see it, its season then, and how its forecasts are turned back."""
    if transform is Transform.LOG:
        return _logarithms(values, season)
    if transform is Transform.SHRUNK_SEASON:
        return _deseasonalised(values, season)
    return values, season, lambda forecast: forecast


def _logarithms(values: Floats, season: int) -> tuple[Floats, int, Undo]:
    """Logarithms of a positive series; one that is not positive is left as it is."""
    if values.min() <= 0:
        return values, season, lambda forecast: forecast
    return np.log(values), season, lambda forecast: np.exp(np.clip(forecast, -LOG_LIMIT, LOG_LIMIT))


def _deseasonalised(values: Floats, season: int) -> tuple[Floats, int, Undo]:
    factors = shrunk_factors(values, season)
    period = np.arange(len(values)) % season

    def undo(forecast: Floats) -> Floats:
        ahead = (len(values) + np.arange(len(forecast))) % season
        return forecast * factors[ahead]

    return values / factors[period], 1, undo


def shrunk_factors(values: Floats, season: int) -> Floats:
    """Multiplicative seasonal factors (length `season`, mean one), shrunk towards one.

    Ratios to a centred moving average, trimmed means by month, then the James-Stein rule: the noisier the
    ratios beside the spread of the factors, the nearer to one (Miller and Williams 2003). Series that are
    not positive or shorter than three years have none: all ones.
    """
    flat = np.ones(season)
    if season == 1 or len(values) < LEAST_YEARS * season or values.min() <= 0:
        return flat
    ratios = values / _centred_average(values, season)
    month = np.arange(len(values)) % season
    factors, noise = np.ones(season), np.zeros(season)
    for each in range(season):
        mine = ratios[(month == each) & np.isfinite(ratios)]
        factors[each] = _trimmed_mean(mine)
        noise[each] = mine.var(ddof=1) / len(mine) if len(mine) > 1 else 0.0
    factors /= factors.mean()
    spread = float(((factors - 1) ** 2).sum() / (season - 1))
    if spread <= 0:
        return flat
    weight = min(1.0, (season - 3) / (season - 1) * float(noise.mean()) / spread)
    return 1 + (1 - weight) * (factors - 1)


def _centred_average(values: Floats, season: int) -> Floats:
    """The moving average over one season, centred; NaN at both ends."""
    width = season + 1 if season % 2 == 0 else season
    weights = np.ones(width)
    if season % 2 == 0:
        weights[0] = weights[-1] = 0.5
    found = np.full(len(values), np.nan)
    half = width // 2
    found[half : len(values) - half] = np.convolve(values, weights / season, mode="valid")
    return found


def _trimmed_mean(values: Floats) -> float:
    if len(values) < TRIMMED_FROM:
        return float(values.mean())
    return float((values.sum() - values.min() - values.max()) / (len(values) - 2))
