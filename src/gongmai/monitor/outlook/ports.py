"""What forecasting needs from a forecasting library."""

from collections.abc import Callable, Sequence
from typing import Protocol

from gongmai.monitor.outlook.types import Floats

Progress = Callable[[int, int, str], None]


class Forecaster(Protocol):
    """Fits one method to many series, each by itself, on as many processes as it is told."""

    def forecast(
        self, method: str, values: Sequence[Floats], season: int, horizon: int, workers: int
    ) -> Floats:
        """Point forecasts (series x horizon), finite everywhere.

        `method`: seasonal_naive, ets_damped or theta; `season`: periods in a year, 1 for none. A series that
        a method cannot fit gets the seasonal naive forecast. Raises KeyError for an unknown method.
        """
        ...


class SeasonalSplitter(Protocol):
    """Parts a series into trend, season and rest by some method of a library."""

    def split(self, values: Floats, season: int) -> tuple[Floats, Floats]:
        """Trend and season of each value, both finite; the season averages zero over a year.

        `values`: at least three seasons, without gaps; `season`: periods in a year. What neither explains is
        the rest. Single extreme values must not pull at their neighbours.
        """
        ...
