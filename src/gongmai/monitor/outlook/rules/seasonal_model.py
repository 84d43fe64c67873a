"""Regression with ARIMA errors: the airline model (0,1,1)(0,1,1) by exact Gaussian likelihood.

With w the series after a simple and a seasonal difference, w = (1 - a B)(1 - b B^s) e. Given the s + 1 shocks
before its start, the shocks follow from w by a recursion; those shocks are regressed away, which makes the
likelihood exact and generalised least squares an ordinary one. Source: Box and Jenkins (1976), ch. 7 and 9.
"""

from dataclasses import dataclass
from math import log, pi

import numpy as np

from gongmai.monitor.outlook.types import Floats

GRID = (-0.2, 0.1, 0.35, 0.6, 0.85)
STEPS = (0.12, 0.06, 0.03, 0.015)
BOUND = 0.98
LEAST_VARIANCE = 1e-300
Moving = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Whitener:
    """Turns differenced series into independent shocks of equal variance, for given a and b.

    `inverse`: from w to shocks, were those before the start zero; `early`: what those do to the shocks.
    """

    inverse: Floats
    early: Floats
    basis: Floats
    log_determinant: float

    def whiten(self, table: Floats) -> Floats:
        """Columns of differenced series as independent columns; s + 1 rows longer."""
        # einsum: threads of a matrix library cost more here than they save
        raw = np.einsum("ij,jk->ik", self.inverse, table)
        raw = np.concatenate([raw, np.zeros((self.early.shape[1], table.shape[1]))])
        free: Floats = raw - self.basis @ (self.basis.T @ raw)
        return free

    def solve(self, w: Floats) -> Floats:
        """The inverse of the covariance matrix (in units of the variance of the shocks) times w."""
        shocks = self.inverse @ w
        inner = np.eye(self.early.shape[1]) + self.early.T @ self.early
        shocks = shocks - self.early @ np.linalg.solve(inner, self.early.T @ shocks)
        found: Floats = self.inverse.T @ shocks
        return found


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model: a and b, coefficients with their t values, the AICc, and the whitened rest."""

    moving: Moving
    coefficients: Floats
    t_values: Floats
    aicc: float
    sigma: float
    rest: Floats


def difference(values: Floats, season: int) -> Floats:
    """A simple and a seasonal difference along the first axis."""
    simple = values[1:] - values[:-1]
    return simple[season:] - simple[:-season]


def moving_weights(moving: Moving, season: int) -> Floats:
    """The weights of the last s + 2 shocks in the differenced series, the newest first."""
    weights = np.zeros(season + 2)
    weights[[0, 1, season, season + 1]] = 1.0, -moving[0], -moving[1], moving[0] * moving[1]
    return weights


def autocovariance(moving: Moving, season: int, lags: int) -> Floats:
    """Autocovariances 0 to `lags - 1` of the differenced series in units of the variance of the shocks."""
    weights = moving_weights(moving, season)
    full = np.correlate(weights, weights, mode="full")[season + 1 :]
    return np.concatenate([full, np.zeros(max(lags - len(full), 0))])[:lags]


def make_whitener(moving: Moving, season: int, size: int) -> Whitener:
    """The whitener of `size` differenced values."""
    response = moving[0] ** np.arange(size)
    for start in range(season, size, season):
        stop = min(start + season, size)
        response[start:stop] += moving[1] * response[start - season : stop - season]
    lags = np.subtract.outer(np.arange(size), np.arange(size))
    inverse = np.where(lags >= 0, response[np.abs(lags)], 0.0)
    weights = np.concatenate([moving_weights(moving, season), np.zeros(size)])
    before = weights[np.minimum(np.add.outer(np.arange(size), np.arange(1, season + 2)), season + 2)]
    early = np.einsum("ij,jk->ik", inverse, before)
    basis, triangle = np.linalg.qr(np.concatenate([early, np.eye(season + 1)]))
    return Whitener(inverse, early, basis, 2 * float(np.log(np.abs(np.diag(triangle))).sum()))


def fit_given(values: Floats, regressors: Floats, season: int, moving: Moving) -> Fit:
    """Generalised least squares with the moving-average parameters given."""
    w = difference(values, season)
    whitener = make_whitener(moving, season, len(w))
    return fit_white(
        whitener.whiten(w[:, None])[:, 0], _white(whitener, regressors, season), whitener, moving
    )


def _white(whitener: Whitener, regressors: Floats, season: int) -> Floats:
    return whitener.whiten(difference(regressors, season))


def fit_white(w: Floats, x: Floats, whitener: Whitener, moving: Moving) -> Fit:
    """Least squares of a whitened series on whitened regressors."""
    size = len(whitener.inverse)
    spread = np.linalg.pinv(x.T @ x)
    coefficients = spread @ (x.T @ w)
    rest = w - x @ coefficients
    variance = max(float(rest @ rest) / size, LEAST_VARIANCE)
    log_likelihood = -0.5 * (size * (log(2 * pi * variance) + 1) + whitener.log_determinant)
    count = len(coefficients) + 3
    aicc = -2 * log_likelihood + 2 * count * size / max(size - count - 1, 1)
    t_values = coefficients / np.sqrt(np.maximum(np.diag(spread) * variance, LEAST_VARIANCE))
    return Fit(moving, coefficients, t_values, aicc, float(np.sqrt(variance)), rest)


def fit_model(values: Floats, regressors: Floats, season: int, start: Moving | None = None) -> Fit:
    """The airline model with the greatest likelihood: a coarse grid (or `start`), then ever smaller steps."""
    starts = [start] if start else [(a, b) for a in GRID for b in GRID]
    best = min((fit_given(values, regressors, season, each) for each in starts), key=lambda fit: fit.aicc)
    for step in STEPS:
        moved = True
        while moved:
            a, b = best.moving
            around = [(a + step, b), (a - step, b), (a, b + step), (a, b - step)]
            tried = [
                fit_given(values, regressors, season, each) for each in around if max(map(abs, each)) <= BOUND
            ]
            lead = min(tried, key=lambda fit: fit.aicc)
            moved = lead.aicc < best.aicc - 1e-6
            best = lead if moved else best
    return best


def extend(values: Floats, moving: Moving, season: int, periods: int) -> Floats:
    """A series free of regression effects with `periods` forecasts before its start and after its end."""
    whitener = make_whitener(moving, season, len(values) - season - 1)
    ahead = _forecast(values, whitener, moving, season, periods)
    # read backwards the model is the same
    back = _forecast(values[::-1], whitener, moving, season, periods)[::-1]
    return np.concatenate([back, values, ahead])


def _forecast(values: Floats, whitener: Whitener, moving: Moving, season: int, periods: int) -> Floats:
    w = difference(values, season)
    size = len(w)
    gamma = autocovariance(moving, season, size + periods)
    lags = np.subtract.outer(size + np.arange(periods), np.arange(size))
    expected = gamma[lags] @ whitener.solve(w)
    found = list(values[-season - 1 :])
    for step in range(periods):
        found.append(found[-1] + found[-season] - found[-season - 1] + expected[step])
    return np.array(found[season + 1 :])
