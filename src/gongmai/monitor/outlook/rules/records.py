"""What trials say of forecasts: the widths of intervals, and the record of a level or of one series."""

from collections.abc import Mapping, Sequence

import numpy as np

from gongmai.monitor.outlook.rules.intervals import half_widths
from gongmai.monitor.outlook.rules.measures import coverage, smape
from gongmai.monitor.outlook.types import Floats, Foreseen, Level, Record

_POOLS = (
    frozenset({Level.CITY, Level.UNIT, Level.COUNTY}),
    frozenset({Level.INDUSTRY}),
    frozenset({Level.COUNTY_INDUSTRY}),
    frozenset({Level.ENTERPRISE}),
)


def pool_of(level: Level) -> frozenset[Level]:
    """The levels whose scaled errors are taken together: one city has too few to know an interval by."""
    return next(pool for pool in _POOLS if level in pool)


def pooled_widths(
    errors: Sequence[Floats], levels: Sequence[int]
) -> tuple[Mapping[int, Floats], list[dict[int, Floats]]]:
    """Half widths in units of a series' scale: for what is to come, and for each trial.

    `errors`: of each trial, absolute and scaled (series x steps). The widths beside a series in a trial come
    from the other half of the series, so that the coverage that is counted there is one of unseen outcomes.
    """
    halves = [half_widths(np.vstack([each[side::2] for each in errors]), levels) for side in (0, 1)]
    if min(sum(len(each[side::2]) for each in errors) for side in (0, 1)) == 0:
        halves = [half_widths(np.vstack(list(errors)), levels)] * 2
    trials = []
    for each in errors:
        unit: dict[int, Floats] = {}
        for level in levels:
            unit[level] = np.empty(each.shape)
            unit[level][0::2] = halves[1][level]
            unit[level][1::2] = halves[0][level]
        trials.append(unit)
    return half_widths(np.vstack(list(errors)), levels), trials


def record_level(trials: Sequence[Foreseen], rows: Sequence[Sequence[int]]) -> Record:
    """The record of some series over all trials; `rows`: their places in each trial."""
    points, naives, actuals = [], [], []
    inside: dict[int, list[Floats]] = {level: [] for level in trials[0].lower}
    outer: dict[int, list[Floats]] = {level: [] for level in trials[0].lower}
    for trial, mine in zip(trials, rows, strict=True):
        chosen = list(mine)
        if trial.actual is None or not chosen:
            continue
        points.append(trial.point[chosen])
        naives.append(trial.naive[chosen])
        actuals.append(trial.actual[chosen])
        for level, found in inside.items():
            found.append(trial.lower[level][chosen])
            outer[level].append(trial.upper[level][chosen])
    point, naive, actual = (np.vstack(each) for each in (points, naives, actuals))
    off, off_naive = float(np.abs(point - actual).mean()), float(np.abs(naive - actual).mean())
    return Record(
        series=max(len(mine) for mine in rows),
        origins=len(points),
        smape=smape(point, actual),
        naive_smape=smape(naive, actual),
        mae_ratio=off / off_naive if off_naive > 0 else (1.0 if off == 0 else float("inf")),
        coverage={
            level: coverage(np.vstack(inside[level]), np.vstack(outer[level]), actual) for level in inside
        },
    )
