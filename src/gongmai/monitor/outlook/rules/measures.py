"""How good forecasts were."""

import numpy as np

from gongmai.monitor.outlook.types import Floats


def smape(forecast: Floats, actual: Floats) -> float:
    """Symmetric mean absolute percentage error, percent, over all known outcomes; 0/0 counts as exact.

    Definition of the M competitions: mean of 200 |f - y| / (|f| + |y|).
    """
    size = np.abs(forecast) + np.abs(actual)
    errors = 200 * np.abs(forecast - actual) / np.where(size > 0, size, 1)
    return float(np.nanmean(errors))


def mase(forecast: Floats, actual: Floats, scales: Floats) -> float:
    """Mean absolute scaled error: errors in units of each series' seasonal-naive error in-sample."""
    return float(np.nanmean(np.abs(forecast - actual) / scales[:, None]))


def coverage(lower: Floats, upper: Floats, actual: Floats) -> float:
    """Share of known outcomes inside their intervals, percent."""
    known = np.isfinite(actual)
    inside = (lower <= actual) & (actual <= upper)
    return float(100 * inside[known].mean())
