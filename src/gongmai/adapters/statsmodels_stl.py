"""STL (seasonal and trend by loess), robust, from statsmodels. Source: Cleveland and others (1990)."""

import numpy as np
import numpy.typing as npt
from statsmodels.tsa.seasonal import STL

Floats = npt.NDArray[np.float64]

SEASONAL = 13  # years (odd) over which a season may drift


class StlSplitter:
    """See monitor.outlook.ports.SeasonalSplitter."""

    def split(self, values: Floats, season: int) -> tuple[Floats, Floats]:
        """Trend and season; what the season lacks to an average of zero goes to the trend."""
        found = STL(values, period=season, seasonal=SEASONAL, robust=True).fit()
        seasonal = np.asarray(found.seasonal, dtype=np.float64)
        weights = np.ones(season) if season % 2 else np.convolve(np.ones(season), [0.5, 0.5])
        padded = np.concatenate([seasonal[:season], seasonal, seasonal[-season:]])
        mean = np.convolve(padded, weights / season, mode="same")[season:-season]
        return np.asarray(found.trend, dtype=np.float64) + mean, seasonal - mean
