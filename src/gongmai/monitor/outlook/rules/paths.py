"""Paths of the months to come: last year's figures times a growth that moves as it did so far.

A leaf (one industry in one county) is expected to reach ``base * level``, where the level is the
exponentially smoothed ratio of this year's month to the same firms' month of last year, drawn back to its
mean. How far each month was from what the months before it let expect is its rolling-origin error. A path
draws blocks of neighbouring months, the same months for every leaf, and applies their errors one after the
other; so errors stay correlated in time and between leaves, and every sum of leaves is as uncertain as it
was in the past. Source: block bootstrap after Künsch (1989); single exponential smoothing as a model with
one source of error after Hyndman et al. (2008).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Paths = npt.NDArray[np.float32]  # horizon x leaves x paths
TINY, STILL, MOST_WIDENED = 1e-9, 1e-3, 2.0


@dataclass(frozen=True, slots=True)
class PathRules:
    """How paths are drawn: see data/targets.yaml."""

    paths: int
    block: int
    warm_up: int
    weights: tuple[float, ...]
    returns: tuple[float, ...]
    span: int
    most_error: float
    seed: int
    colours: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """The growth of leaves so far.

    `weight`: of the newest month in the level; `kept`: the share of a distance from the long-run mean that
    is still there a month later. By leaf: `mean`, `levels` (expected for the next month), `before` (that
    was expected for the last month). `errors`: leaves x months, relative to what was expected, oldest
    first; drawn `widened` times as wide.
    """

    weight: float
    kept: float
    mean: Floats
    levels: Floats
    before: Floats
    errors: Floats
    widened: float = 1.0


def fit_growth(actual: Floats, base: Floats, rules: PathRules) -> Fit:
    """Smooth the growth of leaves and collect their one-step errors.

    `actual`, `base`: leaves x months (a merged month is one), the figures and the same firms' figures of
    last year. Weight and share kept are those of `rules` with the smallest errors of leaves over
    `rules.span` months ahead. Needs more than `rules.warm_up` + 2 months, else ValueError.
    """
    if actual.shape[1] < rules.warm_up + 3:
        raise ValueError("too few months")
    pairs = [(weight, kept) for weight in rules.weights for kept in rules.returns]
    tried = [_smooth(actual, base, weight, kept, rules) for weight, kept in pairs]
    missed, fit, _ = min(tried, key=lambda one: one[2])
    return replace(fit, widened=_widen(missed, fit, base, rules))


def _widen(missed: Floats, fit: Fit, base: Floats, rules: PathRules) -> float:
    """How much wider errors are drawn than they were: as far as sums over the months ahead missed by more.

    One-step errors alone would leave out that the level may be wrong for many months.
    """
    steps = min(rules.span, base.shape[1])
    totals = simulate(fit, base[:, -steps:], rules).sum(axis=(0, 1), dtype=np.float64)
    whole = missed[: len(missed) - steps + 1]  # later origins have fewer months ahead
    if totals.mean() <= 0 or not totals.std() or not len(whole):
        return 1.0
    seen = float(np.sqrt((whole**2).mean()))
    return float(np.clip(seen / (totals.std() / totals.mean()), 1.0, MOST_WIDENED))


def _smooth(
    actual: Floats, base: Floats, weight: float, kept: float, rules: PathRules
) -> tuple[Floats, Fit, float]:
    """The errors of the sum over the months ahead, by origin, and the fit."""
    start, months = rules.warm_up, actual.shape[1]
    up, down = actual[:, :start].sum(axis=1), base[:, :start].sum(axis=1)
    mean = level = np.where(down > 0, up / np.maximum(down, TINY), up.sum() / max(down.sum(), TINY))
    errors, before = np.zeros((len(actual), months - start)), level
    missed: list[float] = []
    loss = 0.0
    for month in range(start, months):
        now, then = actual[:, month], base[:, month]
        before = level
        expected = then * level
        error = _relative(now, expected, rules.most_error)
        errors[:, month - start] = error
        apart, together = _miss(actual[:, month:], base[:, month:], mean, level, kept, rules.span)
        loss, missed = loss + apart, [*missed, together]
        reached = level * (1 + weight * error)
        # a leaf that stood still starts again from what it shows
        again = (reached < STILL) & (now > 0) & (then > 0)
        reached = np.where(again, now / np.maximum(then, TINY), reached)
        up, down = up + now, down + then
        mean = np.where(down > 0, up / np.maximum(down, TINY), mean)
        level = mean + kept * (reached - mean)
    return np.array(missed), Fit(weight, kept, mean, level, before, errors), loss


def _miss(
    actual: Floats, base: Floats, mean: Floats, level: Floats, kept: float, span: int
) -> tuple[float, float]:
    """How far the next `span` months were from expectation: leaves apart (absolute), all together."""
    steps = min(span, actual.shape[1])
    fade = kept ** np.arange(steps)
    expected = (base[:, :steps] * (mean[:, None] + (level - mean)[:, None] * fade)).sum(axis=1)
    gap, whole = actual[:, :steps].sum(axis=1) - expected, expected.sum()
    return (float(np.abs(gap).sum() / whole), float(gap.sum() / whole)) if whole > 0 else (0.0, 0.0)


def _relative(actual: Floats, expected: Floats, most: float) -> Floats:
    """How far a figure was from what was expected, as a share of it; 0 where nothing was expected."""
    share = np.divide(actual - expected, expected, out=np.zeros_like(actual), where=expected > 0)
    return np.clip(share, -1.0, most)


def draw_months(months: int, horizon: int, rules: PathRules) -> Ints:
    """Which past months lend their errors: paths x horizon, in blocks of neighbours; always the same draw."""
    generator = np.random.default_rng(rules.seed)
    block = min(rules.block, months)
    blocks = -(-horizon // block)
    starts = generator.integers(0, months - block + 1, (rules.paths, blocks))
    return (starts[:, :, None] + np.arange(block)).reshape(rules.paths, -1)[:, :horizon]


def simulate(fit: Fit, ahead: Floats, rules: PathRules) -> Paths:
    """Figures of the months to come: horizon x leaves x paths.

    `ahead`: last year's figures of today's firms, leaves x horizon. Errors are centred and widened for the
    level that is estimated from as few months as there are.
    """
    leaves, horizon = ahead.shape
    months = fit.errors.shape[1]
    centred = fit.errors - fit.errors.mean(axis=1, keepdims=True)
    centred = (centred * np.sqrt(months / max(months - 2, 1)) * fit.widened).astype(np.float32)
    drawn = draw_months(months, horizon, rules)
    level = np.repeat(fit.levels.astype(np.float32)[:, None], rules.paths, axis=1)
    mean, kept = fit.mean.astype(np.float32)[:, None], np.float32(fit.kept)
    made = np.empty((horizon, leaves, rules.paths), dtype=np.float32)
    for step in range(horizon):
        error = np.maximum(centred[:, drawn[:, step]], -1.0)
        made[step] = ahead[:, step, None].astype(np.float32) * level * (1 + error)
        level = mean + kept * (level * (1 + np.float32(fit.weight) * error) - mean)
    return made


def sum_groups(made: Paths, groups: Sequence[Ints]) -> Floats:
    """Sums of leaves for each group: horizon x groups x paths. A group is the numbers of its leaves."""
    return np.stack([made[:, group, :].sum(axis=1, dtype=np.float64) for group in groups], axis=1)
