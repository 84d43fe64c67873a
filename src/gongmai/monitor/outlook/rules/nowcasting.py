"""Estimating a month's output before the returns are in: four inputs and their combination.

Every input gives a figure for each firm of the roster, so that sums over counties and industries agree with
the city by themselves. Sources of the methods: data/nowcast.yaml.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gongmai.monitor.outlook.types import Floats

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
SLIPS = (1.0, 3.0)  # decimal logarithms of the usual mistakes of unit


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A month at a moment, one entry for each firm on its roster.

    `base`: last year's same month; `filed`: what has been filed by then; `usual`: the firm's latest known
    figure, for firms without a base. Thousand yuan, NaN: unknown. `division`, `size`: numbers of codes.
    """

    division: Ints
    size: Ints
    base: Floats
    filed: Floats
    usual: Floats

    @property
    def has_base(self) -> Bools:
        """Firms with a positive base."""
        result: Bools = np.nan_to_num(self.base) > 0
        return result


@dataclass(frozen=True, slots=True)
class Bridge:
    """Growth of output = intercept + slope x growth of electricity, by industry (logarithms)."""

    intercept: Floats
    slope: Floats
    pooled: tuple[float, float]


def carry_on(snapshot: Snapshot, growth: Floats) -> Floats:
    """The base of each firm times exp(growth of its industry); its latest figure where it has no base."""
    grown = snapshot.base * np.exp(growth[snapshot.division])
    result: Floats = np.where(snapshot.has_base, grown, np.nan_to_num(snapshot.usual))
    return result


def estimate_by_ratio(snapshot: Snapshot, prior: float, least: int) -> Floats | None:
    """Filed figures as they are; the others by the ratio of their industry and size, shrunk upwards.

    None where fewer than `least` firms with a base have filed.
    """
    filed = np.isfinite(snapshot.filed)
    matched = filed & snapshot.has_base
    if matched.sum() < max(least, 1):
        return None
    base, value = snapshot.base[matched], snapshot.filed[matched]
    city = value.sum() / base.sum()
    division, size = snapshot.division, snapshot.size
    by_industry = shrink_ratios(division[matched], value, base, np.full(division.max() + 1, city), prior)
    stratum = division * (size.max() + 1) + size
    parents = np.repeat(by_industry, size.max() + 1)
    ratio = shrink_ratios(stratum[matched], value, base, parents, prior)[stratum]
    guess = np.where(snapshot.has_base, snapshot.base * ratio, np.nan_to_num(snapshot.usual))
    result: Floats = np.where(filed, np.nan_to_num(snapshot.filed), guess)
    return result


def shrink_ratios(group: Ints, value: Floats, base: Floats, parents: Floats, prior: float) -> Floats:
    """The ratio of each group, weighed as its number of firms against `prior` firms of its parent."""
    count = np.bincount(group, minlength=len(parents)).astype(np.float64)
    above = np.bincount(group, value, minlength=len(parents))
    below = np.bincount(group, base, minlength=len(parents))
    own = np.divide(above, below, out=parents.copy(), where=below > 0)
    result: Floats = (count * own + prior * parents) / (count + prior)
    return result


def is_slip(value: Floats, usual: Floats, tolerance: float) -> Bools:
    """Whether a figure looks like the firm's usual month in another unit of money."""
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(np.log10(value / usual))
    near = [np.abs(distance - slip) <= tolerance for slip in SLIPS]
    result: Bools = np.isfinite(distance) & np.any(near, axis=0)
    return result


def growth_by_group(group: Ints, value: Floats, base: Floats, count: int, least: int = 1) -> Floats:
    """Logarithm of the growth of each group over firms with both figures; NaN below `least` of them."""
    both = np.isfinite(value) & (np.nan_to_num(base) > 0)
    firms = np.bincount(group[both], minlength=count)
    above = np.bincount(group[both], value[both], minlength=count)
    below = np.bincount(group[both], base[both], minlength=count)
    known = (firms >= least) & (above > 0) & (below > 0)
    growth = np.full(count, np.nan)
    growth[known] = np.log(above[known] / below[known])
    return growth


def trend_growth(growth: Floats, city: Floats, weight: Floats, prior: float, damping: float) -> Floats:
    """Damped mean growth by industry out of the latest months (months x industries), shrunk to the city's.

    `weight`: firms of each industry. All zero where no month is known.
    """
    if not np.isfinite(city).any():
        return np.zeros(growth.shape[1])
    whole = float(np.nanmean(city))
    known = np.isfinite(growth).any(axis=0)
    mean = np.full(growth.shape[1], whole)
    mean[known] = np.nanmean(growth[:, known], axis=0)
    result: Floats = damping * (weight * mean + prior * whole) / (weight + prior)
    return result


def fit_bridge(power: Floats, output: Floats, prior: float, least: int) -> Bridge | None:
    """Least squares by industry over months x industries, slopes shrunk to the pooled one.

    `prior` months of the pooled relation are added to each industry's own. None below `least` known months.
    """
    known = np.isfinite(power) & np.isfinite(output)
    if known.any(axis=1).sum() < least:
        return None
    x, y = power[known], output[known]
    spread = float(np.var(x))
    slope = float(np.mean((x - x.mean()) * (y - y.mean())) / spread) if spread > 0 else 0.0
    intercept = float(y.mean() - slope * x.mean())
    count = known.sum(axis=0).astype(np.float64)
    zero = np.zeros_like(power)
    mean_x = np.where(known, power, zero).sum(axis=0) / np.maximum(count, 1)
    mean_y = np.where(known, output, zero).sum(axis=0) / np.maximum(count, 1)
    off_x = np.where(known, power - mean_x, zero)
    off_y = np.where(known, output - mean_y, zero)
    slopes = ((off_x * off_y).sum(axis=0) + prior * spread * slope) / np.maximum(
        (off_x**2).sum(axis=0) + prior * spread, 1e-12
    )
    own = mean_y - slopes * mean_x
    intercepts = (count * own + prior * intercept) / (count + prior)
    return Bridge(intercepts, slopes, (intercept, slope))


def bridge_growth(bridge: Bridge, power: Floats, weight: Floats) -> Floats:
    """The growth of output by industry that electricity speaks for; the mean of all without meters."""
    growth = bridge.intercept + bridge.slope * power
    known = np.isfinite(growth)
    whole = float(np.average(growth[known], weights=weight[known] + 1e-9)) if known.any() else 0.0
    result: Floats = np.where(known, growth, whole)
    return result


def weigh(errors: Floats, window: int, least: int) -> Floats:
    """Weights of the inputs by inverse mean squared error (months x inputs) over the last `window` months.

    An input with fewer than `least` errors weighs nothing.
    With no input that can be judged, all weigh alike.
    """
    recent = errors[-window:] if len(errors) else errors
    known = np.isfinite(recent)
    count = known.sum(axis=0)
    if not (count >= least).any():
        return np.full(errors.shape[1], 1.0 / errors.shape[1])
    squares = np.where(known, recent, 0.0) ** 2
    mse = squares.sum(axis=0) / np.maximum(count, 1)
    inverse = np.where(count >= least, 1.0 / np.maximum(mse, 1e-10), 0.0)
    result: Floats = inverse / inverse.sum()
    return result


def combine(estimates: Floats, weights: Floats) -> float:
    """The weighted mean of the estimates that are there; their plain mean where none of them has weight."""
    known = np.isfinite(estimates)
    used = np.where(known, weights, 0.0)
    if used.sum() <= 0:
        return float(np.mean(estimates[known])) if known.any() else math.nan
    return float(np.dot(used, np.where(known, estimates, 0.0)) / used.sum())


def usable_weights(weights: Floats, available: Bools) -> Floats:
    """Weights over the inputs that are there, adding up to one."""
    used = np.where(available, weights, 0.0)
    if used.sum() <= 0:
        used = available.astype(np.float64)
    result: Floats = used / used.sum()
    return result


def replay_weights(errors: Floats, window: int, least: int, lag: int = 1) -> Floats:
    """Weights of each month out of those up to `lag` before it; NaN while fewer than `least` are known."""
    found = np.full(errors.shape, np.nan)
    for month in range(least + lag - 1, len(errors)):
        found[month] = weigh(errors[: month - lag + 1], window, least)
    return found


def replay(errors: Floats, weights: Floats) -> Floats:
    """The error of the combination in each month with the weights of that month; NaN where it had none."""
    found = np.full(len(errors), np.nan)
    for month in range(len(errors)):
        if np.isfinite(weights[month]).all():
            found[month] = combine(errors[month], weights[month])
    return found


def root_mean_square(errors: Floats) -> float:
    """Root of the mean square over known errors; NaN when there is none."""
    known = errors[np.isfinite(errors)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else math.nan


def half_width(errors: Floats, level: float) -> float:
    """Half width that holds `level` percent of the outcomes: the conformal quantile of past absolute errors.

    With few months it is the largest error seen; NaN without any.
    """
    known = np.sort(np.abs(errors[np.isfinite(errors)]))
    if not len(known):
        return math.nan
    place = math.ceil((len(known) + 1) * level / 100)
    return float(known[min(place, len(known)) - 1])


def relative_errors(estimates: Floats, actual: float) -> Floats:
    """Estimates against the outcome, as fractions of it."""
    result: Floats = estimates / actual - 1 if actual > 0 else np.full_like(estimates, np.nan)
    return result


def known_share(flags: Sequence[bool] | Bools) -> float:
    """Share that is true, 0 for nothing."""
    return float(np.mean(flags)) if len(flags) else 0.0
