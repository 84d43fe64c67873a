"""Outliers: single values beside the rest, and shifts of the level; found one by one with the model given."""

from statistics import NormalDist

import numpy as np

from gongmai.monitor.outlook.rules.seasonal_model import (
    Moving,
    difference,
    fit_white,
    make_whitener,
)
from gongmai.monitor.outlook.types import Floats

ADDITIVE, SHIFT = "additive", "shift"
Outlier = tuple[str, int]
TINY, SMALL = 1e-12, 1e-8
ROBUST = 1.4826  # median absolute deviation of a normal variable to its standard deviation


def outlier_column(outlier: Outlier, length: int) -> Floats:
    """The regressor of an outlier: one at its place, or minus one before a shift."""
    kind, place = outlier
    found = np.zeros(length)
    if kind == ADDITIVE:
        found[place] = 1.0
    else:
        found[:place] = -1.0
    return found


def critical_value(length: int, false_alarms: float) -> float:
    """The t value above which an outlier is one, so that a clean series shows any with this chance."""
    return NormalDist().inv_cdf(1 - false_alarms / (2 * 2 * length))


def find_outliers(
    values: Floats, regressors: Floats, season: int, moving: Moving, *, false_alarms: float, share: float
) -> list[Outlier]:
    """Add the outlier with the largest t value until none is beyond the critical one; drop what fell below.

    At most `share` of the periods. A shift needs a season of values on both sides.
    """
    length = len(values)
    critical = critical_value(length, false_alarms)
    places: list[int] = []
    candidates = [(ADDITIVE, at) for at in range(length)]
    candidates += [(SHIFT, at) for at in range(season, length - season)]
    whitener = make_whitener(moving, season, length - season - 1)
    columns = whitener.whiten(
        difference(np.column_stack([outlier_column(each, length) for each in candidates]), season)
    )
    w = whitener.whiten(difference(values, season)[:, None])[:, 0]
    fixed = whitener.whiten(difference(regressors, season))
    for _ in range(max(int(share * length), 1)):
        x = np.column_stack([fixed, columns[:, places]])
        now = fit_white(w, x, whitener, moving)
        t_values = _t_values(columns, x, now.rest, now.sigma)
        t_values[places] = 0.0
        best = int(np.argmax(np.abs(t_values)))
        if abs(t_values[best]) < critical:
            break
        places.append(best)
    while places:
        now = fit_white(w, np.column_stack([fixed, columns[:, places]]), whitener, moving)
        last = np.abs(now.t_values[fixed.shape[1] :])
        if last.min() >= critical:
            break
        places.pop(int(np.argmin(last)))
    return sorted((candidates[at] for at in places), key=lambda each: each[1])


def _t_values(columns: Floats, x: Floats, rest: Floats, sigma: float) -> Floats:
    """T value of each column if it were added to the model, with a spread that outliers do not inflate."""
    scale = np.einsum("ij,ij->j", columns, columns)
    if x.shape[1]:
        basis, _triangle = np.linalg.qr(x)
        beside = basis.T @ columns
        scale = scale - np.einsum("ij,ij->j", beside, beside)
    spread = ROBUST * float(np.median(np.abs(rest)))
    spread = max(min(spread, sigma) if spread else sigma, TINY)
    possible = scale > SMALL
    found: Floats = np.where(
        possible, (columns.T @ rest) / (np.sqrt(np.where(possible, scale, 1.0)) * spread), 0.0
    )
    return found
