"""Back-tests: where to cut, what the cuts tell, and which forecast to trust."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from gongmai.monitor.outlook.rules.intervals import PLENTY, half_widths, series_scale
from gongmai.monitor.outlook.rules.measures import coverage, mase, smape
from gongmai.monitor.outlook.types import Backtest, Floats

MOST_ORIGINS = 6
MOST_SERIES = 500  # tried at an origin: enough to know the errors within a point, at a third of the time
YEARS_LEFT = 2  # what must remain of a series that is cut
HALVES = 20  # series from which a coverage measured on halves says something


@dataclass(frozen=True, slots=True)
class Trial:
    """One origin: forecasts by model (series x steps), what came, and the scale of each series then."""

    forecasts: Mapping[str, Floats]
    actual: Floats
    scales: Floats

    def errors(self, model: str) -> Floats:
        """Absolute errors in units of each series' scale."""
        return np.abs(self.forecasts[model] - self.actual) / self.scales[:, None]


def list_cuts(lengths: Sequence[int], horizon: int, season: int) -> list[int]:
    """How many observations to hold back at each origin, the latest origin first.

    One origin is enough for many series; few series are tried at up to six, a third of a year apart.
    Empty when no series is long enough.
    """
    longest = max(lengths, default=0)
    room = longest - horizon - YEARS_LEFT * season
    if room < 0:
        return []
    wanted = min(MOST_ORIGINS, ceil(PLENTY / max(len(lengths), 1)))
    step = max(season // 3, 1)
    return [horizon + step * number for number in range(wanted) if step * number <= room]


def cut_series(
    values: Sequence[Floats], cut: int, horizon: int, season: int
) -> tuple[list[Floats], Floats, Floats]:
    """Series that are long enough, without their last `cut` values; what came next; their scales.

    Of more than MOST_SERIES, as many are taken at even distances.
    """
    long_enough = [each for each in values if len(each) - cut >= YEARS_LEFT * season]
    if len(long_enough) > MOST_SERIES:
        chosen = np.linspace(0, len(long_enough) - 1, MOST_SERIES).round().astype(int)
        long_enough = [long_enough[number] for number in chosen]
    past = [each[:-cut] for each in long_enough]
    actual = np.array([each[len(each) - cut : len(each) - cut + horizon] for each in long_enough])
    return past, actual, np.array([series_scale(each, season) for each in past])


def judge(trials: Sequence[Trial], combined: str, naive: str, levels: Sequence[int]) -> Backtest:
    """What the trials say, over all origins."""
    names = list(trials[0].forecasts)
    actual = np.vstack([trial.actual for trial in trials])
    scales = np.concatenate([trial.scales for trial in trials])
    made = {name: np.vstack([trial.forecasts[name] for trial in trials]) for name in names}
    errors = {name: smape(made[name], actual) for name in names}
    better = errors[combined] < errors[naive]
    return Backtest(
        series=len(trials[0].actual),
        origins=len(trials),
        smape=errors,
        mase={name: mase(made[name], actual, scales) for name in names},
        coverage=_covered_halves(trials[0], combined if better else naive, levels),
        beats_naive=better,
    )


def _covered_halves(trial: Trial, model: str, levels: Sequence[int]) -> Mapping[int, float] | None:
    """Coverage on each half of the series with widths from the other half."""
    errors = trial.errors(model)
    if len(errors) < HALVES:
        return None
    halves = (errors[0::2], errors[1::2])
    found = {}
    for level in levels:
        shares = [
            coverage(
                np.zeros_like(mine), np.broadcast_to(half_widths(other, [level])[level], mine.shape), mine
            )
            for mine, other in (halves, halves[::-1])
        ]
        found[level] = float(np.mean(shares))
    return found


def errors_without_trial(values: Sequence[Floats], season: int, horizon: int) -> Floats:
    """Errors to go by where no series is long enough to be cut: the changes on a year ago that it shows.

    They stand for every step alike (observations x steps), in units of the series' scale.
    """
    rows = []
    for each in values:
        lag = season if len(each) >= YEARS_LEFT * season else 1
        rows.append(np.abs(each[lag:] - each[:-lag]) / series_scale(each, season))
    return np.repeat(np.concatenate(rows)[:, None], horizon, axis=1)
