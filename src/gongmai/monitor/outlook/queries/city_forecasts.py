"""Forecasts of the whole city at once: every firm, every group of firms, and the city, which add up.

Wholes are forecast from their own history by the models of the catalogue, firms by a quick set, and both are
reconciled. The same is done at earlier origins, on the firms that have been there all the time, to know how
far such forecasts are off: that gives the intervals and the record beside last year's same period.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gongmai.core.access.types import SYSTEM
from gongmai.core.formula.types import Kind
from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.monitor.indicator.queries import catalogue
from gongmai.monitor.outlook.ports import Progress
from gongmai.monitor.outlook.queries.forecasting import LEVELS, fit_models, no_progress
from gongmai.monitor.outlook.queries.panel_series import JOINT, read_series
from gongmai.monitor.outlook.rules.batch import COMBINED, NAIVE, forecast_batch
from gongmai.monitor.outlook.rules.calendar import fill_gaps
from gongmai.monitor.outlook.rules.coherence import member_matrix, reconcile
from gongmai.monitor.outlook.rules.intervals import half_widths, series_scale
from gongmai.monitor.outlook.rules.linking import link_back
from gongmai.monitor.outlook.rules.measures import smape
from gongmai.monitor.outlook.rules.records import pool_of, pooled_widths, record_level
from gongmai.monitor.outlook.rules.trials import errors_without_trial, list_cuts
from gongmai.monitor.outlook.types import (
    CityForecast,
    Floats,
    Foreseen,
    Level,
    PanelSeries,
    Record,
    SeriesError,
    SeriesId,
)

HORIZON = 18
WHOLES = (Level.CITY, Level.UNIT, Level.COUNTY, Level.INDUSTRY, Level.COUNTY_INDUSTRY)
BY_CATALOGUE = frozenset(WHOLES[:-1])
_MERGED = 2.0  # months
ENOUGH = 0.5  # of the firms that must have been there from the first period of a trial on
SEASON = PERIODS_PER_YEAR


@dataclass(frozen=True, slots=True)
class _Base:
    """Base forecasts of wholes and parts from one origin, by method."""

    ids: tuple[SeriesId, ...]
    members: Floats
    sizes: Floats
    scales: Floats
    wholes: dict[str, Floats]
    parts: dict[str, Floats]


def forecast_city(
    item: str, *, horizon: int = HORIZON, workers: int = 1, progress: Progress = no_progress
) -> CityForecast:
    """Forecast one item of every firm on the newest roster and of all wholes, 1 to `horizon` periods ahead.

    Reads everything, whoever asks: what is shown to whom is decided where it is read. Raises NotPublished,
    IndicatorError (unknown_item), SeriesError (no_values: nobody files the item).
    """
    firms = read_series(item, Level.ENTERPRISE, actor=SYSTEM)
    wholes = {level: read_series(item, level, actor=SYSTEM) for level in WHOLES}
    origin = firms.periods[-1]
    months = _months(item, firms.periods)
    history = link_back(firms.values, firms.bases) / months
    if not np.isfinite(firms.values[:, -1:]).any():
        raise SeriesError("no_values", id=item)
    begin = _balanced_start(history, horizon)
    known = np.isfinite(history[:, begin:]).all(axis=1).any()
    cuts = list_cuts([history.shape[1] - begin], horizon, SEASON) if known else []
    signed = bool((history[np.isfinite(history)] < 0).any())
    bases, outcomes = [], []
    for number, cut in enumerate(cuts):
        progress(number, len(cuts) + 1, "trials")
        steady = np.asarray(np.isfinite(history[:, begin:]).all(axis=1))
        past = history[steady, begin : history.shape[1] - cut]
        after = history[steady, history.shape[1] - cut :][:, :horizon]
        places = _memberships(firms, steady)
        _names, members = member_matrix(places)
        keys = np.array(firms.keys)[steady]
        bases.append(_fit(list(past), list(members @ past), places, keys, horizon, workers))
        outcomes.append(np.vstack([members @ after, after]))
    progress(len(cuts), len(cuts) + 1, "forecast")
    present = np.isfinite(firms.values[:, -1])
    places = _memberships(firms, present)
    parts = [_clean(row) for row in history[present]]
    base = _fit(
        parts,
        _whole_series(places, wholes, parts, months),
        places,
        np.array(firms.keys)[present],
        horizon,
        workers,
    )
    chosen = _choose(bases, outcomes)
    points = [_settle(each, chosen, signed=signed) for each in [*bases, base]]
    widths = _widths(bases, points, outcomes, base, parts, horizon)
    floor = -np.inf if signed else 0.0
    trials = tuple(
        _foreseen(item, Period.from_index(origin.index - cut), each, point, width, floor, outcome)
        for cut, each, point, width, outcome in zip(cuts, bases, points, widths, outcomes, strict=False)
    )
    progress(len(cuts) + 1, len(cuts) + 1, "forecast")
    return CityForecast(
        item=item,
        vintage=firms.vintage,
        made=_foreseen(item, origin, base, points[-1], widths[-1], floor, None),
        trials=trials,
        records=_records(trials),
    )


def _months(item: str, periods: Sequence[Period]) -> Floats:
    """How many months each period of the history holds, a year before the first included.

    A flow of January-February is that of two months. Models see it by the month: its double height is no
    season, and to shrink it as one would put every such period a third too low.
    """
    first = periods[0].index - SEASON
    merged = [Period.from_index(first + at).is_merged for at in range(len(periods) + SEASON)]
    return np.where(merged, _MERGED, 1.0) if _is_flow(item) else np.ones(len(merged))


def _is_flow(item: str) -> bool:
    return catalogue.get_item(item).kind in {Kind.FLOW, Kind.CUMULATIVE}


def _balanced_start(history: Floats, horizon: int) -> int:
    """The first period from which enough of the firms have a figure in every later one.

    Trials are made on those: were firms to enter inside a trial, the forecasts would be blamed for them.
    """
    known = np.isfinite(history)
    whole = np.array([known[:, at:].all(axis=1).sum() for at in range(history.shape[1])])
    latest = max(history.shape[1] - horizon - 2 * SEASON, 0)
    there = np.nonzero(whole >= ENOUGH * max(int(known[:, -1].sum()), 1))[0]
    return int(min(there[0], latest)) if len(there) else latest


def _memberships(firms: PanelSeries, chosen: np.ndarray) -> list[list[str]]:
    """For each kind of whole the code of each firm, in the order of WHOLES."""
    rows = np.nonzero(chosen)[0]
    county, unit, industry = (
        [firms.places[level][row] for row in rows] for level in (Level.COUNTY, Level.UNIT, Level.INDUSTRY)
    )
    joint = [JOINT.join(pair) for pair in zip(county, industry, strict=True)]
    return [[""] * len(rows), unit, county, industry, joint]


def _clean(row: Floats) -> Floats:
    """A series without the periods before its first figure; gaps filled."""
    known = np.nonzero(np.isfinite(row))[0]
    return fill_gaps(row[known[0] : known[-1] + 1], SEASON)


def _whole_series(
    places: Sequence[Sequence[str]], wholes: dict[Level, PanelSeries], parts: Sequence[Floats], months: Floats
) -> list[Floats]:
    """The comparable history of each whole; where the panel has none under a code, the sum of its firms."""
    linked = {
        level: dict(zip(series.keys, link_back(series.values, series.bases) / months, strict=True))
        for level, series in wholes.items()
    }
    names, members = member_matrix(places)
    found = []
    for (number, code), row in zip(names, members, strict=True):
        own = linked[WHOLES[number]].get(code)
        if own is not None and np.isfinite(own[-1]):
            found.append(_clean(own))
            continue
        chosen = [parts[int(at)] for at in np.nonzero(row)[0]]
        length = min(len(each) for each in chosen)
        found.append(np.sum([each[-length:] for each in chosen], axis=0))
    return found


def _fit(
    parts: Sequence[Floats],
    wholes: Sequence[Floats],
    places: Sequence[Sequence[str]],
    keys: np.ndarray,
    horizon: int,
    workers: int,
) -> _Base:
    names, members = member_matrix(places)
    levels = [WHOLES[number] for number, _code in names]
    ids = [(level, code) for level, (_number, code) in zip(levels, names, strict=True)]
    ids += [(Level.ENTERPRISE, str(key)) for key in keys]
    quick = forecast_batch([*wholes, *parts], SEASON, horizon)
    made = {name: quick[name][: len(wholes)].copy() for name in (NAIVE, COMBINED)}
    fitted = [n for n, level in enumerate(levels) if level in BY_CATALOGUE and np.ptp(wholes[n]) > 0]
    slow = fit_models([wholes[n] for n in fitted], SEASON, horizon, workers=workers)
    for name, rows in made.items():
        rows[fitted] = slow[name]
    return _Base(
        ids=tuple(ids),
        members=members,
        sizes=np.array([float(np.abs(each[-SEASON:]).mean()) for each in parts]),
        scales=np.array([series_scale(each, SEASON) for each in [*wholes, *parts]]),
        wholes=made,
        parts={name: quick[name][len(wholes) :] for name in (NAIVE, COMBINED)},
    )


def _all(base: _Base, name: str) -> Floats:
    return np.vstack([base.wholes[name], base.parts[name]])


def _choose(bases: Sequence[_Base], outcomes: Sequence[Floats]) -> dict[Level, str]:
    """For each level the combination, or last year's same period where that did no worse in the trials."""
    chosen = dict.fromkeys((*WHOLES, Level.ENTERPRISE), COMBINED)
    for level in chosen if bases else ():
        errors = {}
        for name in (NAIVE, COMBINED):
            pairs = [
                (_all(base, name)[_rows(base, {level})], outcome[_rows(base, {level})])
                for base, outcome in zip(bases, outcomes, strict=True)
            ]
            errors[name] = smape(np.vstack([p[0] for p in pairs]), np.vstack([p[1] for p in pairs]))
        if errors[NAIVE] <= errors[COMBINED]:
            chosen[level] = NAIVE
    return chosen


def _rows(base: _Base, levels: set[Level] | frozenset[Level]) -> np.ndarray:
    return np.array([number for number, (level, _key) in enumerate(base.ids) if level in levels], dtype=int)


def _settle(base: _Base, chosen: dict[Level, str], *, signed: bool) -> Floats:
    """The chosen base forecasts, reconciled: wholes, then parts."""
    count = len(base.wholes[NAIVE])
    wholes = np.array([base.wholes[chosen[level]][n] for n, (level, _key) in enumerate(base.ids[:count])])
    parts = base.parts[chosen[Level.ENTERPRISE]]
    return np.vstack(reconcile(wholes, parts, base.members, base.sizes, may_be_negative=signed))


def _widths(
    bases: Sequence[_Base],
    points: Sequence[Floats],
    outcomes: Sequence[Floats],
    base: _Base,
    parts: Sequence[Floats],
    horizon: int,
) -> list[dict[int, Floats]]:
    """Half widths (series x steps) by level, of each trial and last of the forecast itself."""
    found = [{level: np.zeros((len(each.ids), horizon)) for level in LEVELS} for each in [*bases, base]]
    for pool in dict.fromkeys(pool_of(level) for level in (*WHOLES, Level.ENTERPRISE)):
        rows = [_rows(each, pool) for each in [*bases, base]]
        errors = [
            np.abs(point[mine] - outcome[mine]) / each.scales[mine][:, None]
            for each, point, outcome, mine in zip(bases, points, outcomes, rows, strict=False)
        ]
        if not errors:
            errors_now = errors_without_trial(list(parts), SEASON, horizon)
            everywhere = half_widths(errors_now, LEVELS)
            per_trial: list[dict[int, Floats]] = []
        else:
            everywhere, per_trial = pooled_widths(errors, LEVELS)
        for number, (each, mine) in enumerate(zip([*bases, base], rows, strict=True)):
            for level in LEVELS:
                unit = per_trial[number][level] if number < len(per_trial) else everywhere[level][None, :]
                found[number][level][mine] = unit * each.scales[mine][:, None]
    return found


def _foreseen(
    item: str,
    origin: Period,
    base: _Base,
    point: Floats,
    widths: dict[int, Floats],
    floor: float,
    actual: Floats | None,
) -> Foreseen:
    """By the month until here, by the period from here on."""
    ahead = [Period.from_index(origin.index + step) for step in range(1, point.shape[1] + 1)]
    months = np.array([_MERGED if each.is_merged and _is_flow(item) else 1.0 for each in ahead])
    return Foreseen(
        origin=origin,
        ids=base.ids,
        point=point * months,
        naive=_all(base, NAIVE) * months,
        lower={level: np.maximum(point - half, floor) * months for level, half in widths.items()},
        upper={level: (point + half) * months for level, half in widths.items()},
        actual=None if actual is None else actual * months,
    )


def _records(trials: Sequence[Foreseen]) -> dict[Level, Record]:
    found = {}
    for level in (*WHOLES, Level.ENTERPRISE) if trials else ():
        rows = [[n for n, (each, _key) in enumerate(trial.ids) if each is level] for trial in trials]
        found[level] = record_level(trials, rows)
    return found
