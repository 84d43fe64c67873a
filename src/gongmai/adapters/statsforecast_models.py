"""Forecasts by statsforecast: its compiled models, spread over processes. Also what one Spark task runs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, DynamicOptimizedTheta, SeasonalNaive

Floats = npt.NDArray[np.float64]

# a process costs about as much as fitting this many series
SERIES_PER_PROCESS = 50
SHORTEST = 10  # observations from which smoothing is more than a guess

METHODS: dict[str, Callable[[int], Any]] = {
    "ets_damped": lambda season: AutoETS(season_length=season, damped=True),
    "theta": lambda season: DynamicOptimizedTheta(season_length=season),
}


class LocalForecaster:
    """Fits on this machine."""

    def forecast(
        self, method: str, values: Sequence[Floats], season: int, horizon: int, workers: int
    ) -> Floats:
        """See monitor.outlook.ports.Forecaster."""
        naive = np.array([repeat_season(each, season, horizon) for each in values])
        if method == "seasonal_naive":
            return naive
        model = METHODS[method](season)
        long_enough = [number for number, each in enumerate(values) if len(each) >= max(2 * season, SHORTEST)]
        if long_enough:
            processes = max(1, min(workers, len(long_enough) // SERIES_PER_PROCESS))
            fitted = _fit(model, [values[number] for number in long_enough], season, horizon, processes)
            naive[long_enough] = np.where(np.isfinite(fitted), fitted, naive[long_enough])
        return naive


def repeat_season(values: Floats, season: int, horizon: int) -> Floats:
    """The last season again and again; the last value where there is not a whole season."""
    last = values[-season:] if len(values) >= season else values[-1:]
    return np.resize(last, horizon)


def _fit(model: Any, values: Sequence[Floats], season: int, horizon: int, processes: int) -> Floats:
    import pandas as pd

    lengths = [len(each) for each in values]
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(values)), lengths),
            "ds": np.concatenate([np.arange(length) for length in lengths]),
            "y": np.concatenate(values),
        }
    )
    engine = StatsForecast(
        models=[model], freq=1, n_jobs=processes, fallback_model=SeasonalNaive(season_length=season)
    )
    made = engine.forecast(df=frame, h=horizon).sort_values(["unique_id", "ds"])
    (column,) = set(made.columns) - {"unique_id", "ds"}
    fitted: Floats = made[column].to_numpy(dtype=np.float64)
    return fitted.reshape(len(values), horizon)
