"""Intervals from what went wrong before: conformal, pooled over the series, scaled to each.

The error that the same procedure made `horizon` periods ago, divided by the series' own scale, is comparable
between series. Its quantiles over all series, step by step, times the scale of a series, are the half width
of the interval, so that they cover what they claim without any assumption on a distribution. With few errors
(one series, a handful) the quantile is taken of the errors of several origins together and is corrected for
their number. Source: split conformal prediction (Vovk and others 2005; Lei and others 2018).
"""

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

from gongmai.monitor.outlook.types import Floats

PLENTY = 200  # errors from which each step's own quantile is steady


def series_scale(values: Floats, season: int) -> float:
    """The scale of a series: its mean absolute change on a year ago, on the last period when shorter."""
    lag = season if len(values) >= 2 * season else 1
    changes = np.abs(values[lag:] - values[:-lag]) if len(values) > lag else np.array([])
    scale = float(changes.mean()) if len(changes) else 0.0
    return scale if scale > 0 else max(float(np.abs(values).mean()) * 1e-6, 1e-9)


def half_widths(errors: Floats, levels: Sequence[int]) -> Mapping[int, Floats]:
    """Half widths by level (percent) and step, in units of a series' scale.

    `errors`: absolute scaled errors (observations x steps), NaN where an outcome is not known. They never
    shrink with the level, nor (where there are few errors) with the step.
    """
    steps = errors.shape[1]
    found: dict[int, Floats] = {}
    floor = np.zeros(steps)
    few = int(np.isfinite(errors).sum(axis=0).min()) < PLENTY
    for level in sorted(levels):
        width = np.array([_quantile(_window(errors, step, few=few), level) for step in range(steps)])
        width = np.maximum(np.maximum.accumulate(width) if few else width, floor)
        found[level] = floor = width
    return found


def _window(errors: Floats, step: int, *, few: bool) -> Floats:
    """The errors of a step; where there are few, those of the neighbouring steps too."""
    chosen = errors[:, max(step - 1, 0) : step + 2] if few else errors[:, step]
    flat = chosen.ravel()
    return np.sort(flat[np.isfinite(flat)])


def _quantile(ordered: Floats, level: int) -> float:
    """The conformal quantile; beyond the largest error it goes on as a normal distribution would."""
    count = len(ordered)
    if count == 0:
        return float("nan")
    rank = level / 100 * (count + 1)
    if rank <= count:
        return float(np.interp(rank, np.arange(1, count + 1), ordered))
    known = count / (count + 1)
    return float(ordered[-1]) * _half_normal(level / 100) / _half_normal(known)


def _half_normal(share: float) -> float:
    """The quantile of the absolute value of a standard normal variable."""
    return NormalDist().inv_cdf((1 + share) / 2)
