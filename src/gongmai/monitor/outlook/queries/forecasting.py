"""Forecasting many series: the median of simple models, tried on the past before it is believed."""

from collections.abc import Callable, Sequence

import numpy as np

from gongmai.core.ports import adapter
from gongmai.monitor.outlook.ports import Forecaster, Progress
from gongmai.monitor.outlook.queries.models import models
from gongmai.monitor.outlook.rules.intervals import half_widths, series_scale
from gongmai.monitor.outlook.rules.transforms import transform_series
from gongmai.monitor.outlook.rules.trials import Trial, cut_series, errors_without_trial, judge, list_cuts
from gongmai.monitor.outlook.types import Floats, Forecasts, Model, SeriesError, SeriesSet

COMBINED = "median"
LEVELS = (50, 80, 95)
LONGEST = 36
SHORTEST = 3  # observations of a series that can be forecast at all

Run = Callable[[Sequence[Floats]], dict[str, Floats]]


def no_progress(_done: int, _total: int, _what: str) -> None:
    """For callers that show none."""


def forecast_series(
    series: SeriesSet,
    horizon: int,
    *,
    levels: Sequence[int] = LEVELS,
    workers: int = 1,
    engine: str = "local",
    progress: Progress = no_progress,
) -> Forecasts:
    """Forecast each series `horizon` periods ahead with intervals of the given levels (percent).

    The combination is kept only where the back-test shows it better than last year's same month; else that
    is the forecast, and `chosen` says so. A series that never was negative gets no negative bound. Without a
    series that is long enough for a back-test, intervals come from the changes on a year ago.
    Raises SeriesError: bad_horizon, bad_level, too_short (names the series).
    """
    _check(series, horizon, levels)
    cuts = list_cuts([len(each) for each in series.values], horizon, series.season)
    run = _runner(series.season, horizon, workers, engine, progress, passes=1 + len(cuts))
    trials = []
    for cut in cuts:
        past, actual, scales = cut_series(series.values, cut, horizon, series.season)
        trials.append(Trial(run(past), actual, scales))
    made = run(series.values)
    naive = models()[0].code
    backtest = judge(trials, COMBINED, naive, levels) if trials else None
    chosen = COMBINED if backtest is None or backtest.beats_naive else naive
    errors = (
        np.vstack([trial.errors(chosen) for trial in trials])
        if trials
        else errors_without_trial(series.values, series.season, horizon)
    )
    scales = np.array([series_scale(each, series.season) for each in series.values])
    floor = np.array([0.0 if each.min() >= 0 else -np.inf for each in series.values])[:, None]
    reach = {level: scales[:, None] * width for level, width in half_widths(errors, levels).items()}
    point = np.maximum(made[chosen], floor)
    return Forecasts(
        series=series,
        horizon=horizon,
        point=point,
        lower={level: np.maximum(point - half, floor) for level, half in reach.items()},
        upper={level: point + half for level, half in reach.items()},
        backtest=backtest,
        chosen=chosen,
    )


def fit_models(
    values: Sequence[Floats], season: int, horizon: int, *, workers: int = 1, engine: str = "local"
) -> dict[str, Floats]:
    """Point forecasts (series x horizon) by model, and their combination, without a trial."""
    return _runner(season, horizon, workers, engine, no_progress, passes=1)(values)


def _check(series: SeriesSet, horizon: int, levels: Sequence[int]) -> None:
    if not 1 <= horizon <= LONGEST:
        raise SeriesError("bad_horizon", horizon=horizon, longest=LONGEST)
    for level in levels:
        if not 0 < level < 100:  # noqa: PLR2004 - percent
            raise SeriesError("bad_level", level=level)
    for name, values in zip(series.ids, series.values, strict=True):
        if len(values) < SHORTEST:
            raise SeriesError("too_short", id=name, periods=len(values), least=SHORTEST)


def _runner(season: int, horizon: int, workers: int, engine: str, progress: Progress, *, passes: int) -> Run:
    forecaster: Forecaster = adapter(f"forecaster.{engine}")
    total = passes * len(models())
    done = 0

    def run(values: Sequence[Floats]) -> dict[str, Floats]:
        nonlocal done
        made = {}
        for model in models():
            progress(done, total, model.code)
            made[model.code] = _fit(forecaster, model, values, season, horizon, workers)
            done += 1
        progress(done, total, "")
        combined = [made[model.code] for model in models() if model.combined]
        return {COMBINED: np.median(combined, axis=0), **made}

    return run


def _fit(
    forecaster: Forecaster, model: Model, values: Sequence[Floats], season: int, horizon: int, workers: int
) -> Floats:
    """Transform, fit, and turn back; series whose season a transform took away are fitted without one."""
    seen = [transform_series(each, model.transform, season) for each in values]
    found = np.empty((len(values), horizon))
    for each_season in sorted({kept for _, kept, _ in seen}):
        mine = [number for number, (_, kept, _) in enumerate(seen) if kept == each_season]
        raw = forecaster.forecast(model.method, [seen[n][0] for n in mine], each_season, horizon, workers)
        for number, forecast in zip(mine, raw, strict=True):
            found[number] = seen[number][2](forecast)
    return found
