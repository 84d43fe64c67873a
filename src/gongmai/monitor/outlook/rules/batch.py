"""Quick forecasts of thousands of series at once: whole blocks of numbers instead of one fit after the other.

Three methods of which the median is taken, as for aggregates: last year's same period; the same carried on
with the growth of the last quarter, which fades; the theta method (exponential smoothing with half the
trend, Hyndman and Billah 2003) on the series without its shrunk seasonal factors. A firm that has stood
still for three periods is taken to stand still: last year's season says nothing about it.
"""

from collections.abc import Sequence

import numpy as np

from gongmai.monitor.outlook.rules.transforms import shrunk_factors
from gongmai.monitor.outlook.types import Floats

NAIVE, COMBINED = "snaive", "median"
RECENT = 3
FADE = 0.9
MOST_GROWTH = 0.5
ALPHAS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def forecast_batch(values: Sequence[Floats], season: int, horizon: int) -> dict[str, Floats]:
    """By method, point forecasts (series x horizon); `median` is their combination.

    `values`: without gaps, oldest first, at least one each.
    """
    found = {name: np.empty((len(values), horizon)) for name in (NAIVE, "carried", "theta", COMBINED)}
    lengths = np.array([len(each) for each in values])
    for length in np.unique(lengths):
        rows = np.nonzero(lengths == length)[0]
        block = np.stack([values[int(row)] for row in rows])
        naive = _repeat(block, season, horizon)
        carried = naive * _growth(block, season, horizon)
        theta = _theta(block, season, horizon)
        middle = np.median([naive, carried, theta], axis=0)
        if length >= RECENT:
            middle[(block[:, -RECENT:] == 0).all(axis=1)] = 0.0
        for name, made in zip(found, (naive, carried, theta, middle), strict=True):
            found[name][rows] = made
    return found


def _repeat(block: Floats, season: int, horizon: int) -> Floats:
    last = block[:, -season:] if block.shape[1] >= season else block[:, -1:]
    repeated: Floats = np.tile(last, (1, horizon // last.shape[1] + 1))[:, :horizon]
    return repeated


def _growth(block: Floats, season: int, horizon: int) -> Floats:
    """The factor on last year's figure: the growth of the last quarter on a year ago, fading by the step."""
    if block.shape[1] < season + RECENT:
        return np.ones((len(block), horizon))
    recent = block[:, -RECENT:].sum(axis=1)
    before = block[:, -RECENT - season : -season].sum(axis=1)
    usable = (recent > 0) & (before > 0)
    growth = np.divide(recent, before, out=np.ones(len(block)), where=usable) - 1
    fading: Floats = np.asarray(FADE ** np.arange(1, horizon + 1), dtype=np.float64)
    factor: Floats = 1 + np.clip(growth, -MOST_GROWTH, MOST_GROWTH)[:, None] * fading
    return factor


def _theta(block: Floats, season: int, horizon: int) -> Floats:
    count, length = block.shape
    factors = np.stack([shrunk_factors(each, season) for each in block])
    flat = block / factors[:, np.arange(length) % season]
    alpha, level = _smooth(flat)
    time = np.arange(length) - (length - 1) / 2
    slope = flat @ time / (time @ time) if length > 1 else np.zeros(count)
    steps = np.arange(horizon)
    drift = steps[None, :] + ((1 - (1 - alpha) ** length) / alpha)[:, None]
    ahead = level[:, None] + slope[:, None] / 2 * drift
    lowest = np.where(block.min(axis=1) >= 0, 0.0, -np.inf)[:, None]
    made: Floats = np.maximum(ahead, lowest) * factors[:, (length + steps) % season]
    return made


def _smooth(flat: Floats) -> tuple[Floats, Floats]:
    """For each series the best of the smoothing weights by its one-step errors, and the level it ends at."""
    alphas = np.array(ALPHAS)[:, None]
    level = np.repeat(flat[None, :, 0], len(ALPHAS), axis=0)
    squares = np.zeros_like(level)
    for at in range(1, flat.shape[1]):
        error = flat[None, :, at] - level
        squares += error**2
        level = level + alphas * error
    best = squares.argmin(axis=0)
    return alphas[best, 0], level[best, np.arange(flat.shape[0])]
