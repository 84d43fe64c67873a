"""The nowcast of the whole city at a moment, firm by firm, and of past months at the same stage."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from gongmai.monitor.outlook.queries.nowcast_data import History, lag_year, last_day
from gongmai.monitor.outlook.rules import nowcasting as rules
from gongmai.monitor.outlook.rules.asof import Revision, known_values, replicate_response
from gongmai.monitor.outlook.rules.nowcasting import Bools, Ints, Snapshot
from gongmai.monitor.outlook.types import Floats

NAIVE = -1  # the last input
INPUTS = 4


@dataclass(frozen=True, slots=True)
class Made:
    """Estimates of one month: rows of the firms on its roster, firms x inputs, what was filed, the base.

    `actual`: what became of it, NaN where it is not known. `slips`: figures that look like another unit.
    """

    column: int
    rows: Ints
    estimates: Floats
    filed: Bools
    base: Floats
    actual: Floats
    slips: Bools
    available: Bools


@dataclass(frozen=True, slots=True)
class Board:
    """The nowcast of a month: its estimates, the past ones, the city's weights now and in each past month.

    `errors`: past months x inputs, relative, of the city. `wins`: better than the naive
    forecast there; None where there are too few.
    """

    moment: datetime
    made: Made
    past: tuple[Made, ...]
    errors: Floats
    rolling: Floats
    weights: Floats
    wins: bool | None
    simulated: int

    @property
    def firm_estimates(self) -> Floats:
        """The combined estimate of each firm."""
        return mixed(self.made.estimates, self.weights)


def mixed(estimates: Floats, weights: Floats) -> Floats:
    """Firms x inputs by the weights; an input that is not there has none."""
    result: Floats = np.where(weights > 0, np.nan_to_num(estimates), 0.0) @ np.where(
        weights > 0, weights, 0.0
    )
    return result


def make_board(history: History, moment: datetime, constants: dict[str, Any]) -> Board:
    """Estimate the target as of a moment, and past months at the same number of days from their end."""
    revisions = _revisions(history)
    offset = moment - _end(history, history.target)
    now = _known(history, revisions, moment)
    made = _estimate(
        history, history.target, moment, now, constants, filed=_so_far(history, moment, now, constants)
    )
    response = made.filed
    by_row = np.zeros(len(history.firms), np.bool_)
    by_row[made.rows] = response
    complete = _complete(history, now, constants["complete"])
    first = history.target - constants["record_months"] - constants["warm_up"]
    columns = [c for c in range(max(first, 0), history.target) if lag_year(c) >= 0 and complete[c]]
    past, simulated = [], 0
    for column in columns:
        then = _end(history, column) + offset
        known = _known(history, revisions, then)
        on = history.on_roster[:, column]
        replica = replicate_response(
            history.untimed[on & np.isfinite(history.value[:, column]), column], by_row
        )
        before_due = then.timestamp() < float(
            np.min(history.arrived[on & history.untimed[:, column], column], initial=np.inf)
        )
        if replica is not None and before_due:
            filed = np.where(replica, history.value[:, column], np.nan)
            simulated += 1
        else:
            filed = known[:, column]
        past.append(
            _estimate(history, column, then, known, constants, filed=(filed, np.zeros(len(filed), np.bool_)))
        )
    errors = np.array([_city_error(each) for each in past]).reshape(len(past), INPUTS)
    lag = 1 if complete[history.target - 1] else 2
    window, least = constants["record_months"], constants["least_errors"]
    rolling = rules.replay_weights(errors, window, least, lag)
    weights = rules.usable_weights(rules.weigh(errors, window, least), made.available)
    combined = rules.replay(errors, rolling)[-window:]
    judged = np.isfinite(combined)
    wins = None
    if judged.sum() >= least:
        naive = errors[-window:, NAIVE][judged]
        wins = rules.root_mean_square(combined) < rules.root_mean_square(naive)
        if not wins:
            weights = np.zeros(INPUTS)
            weights[NAIVE] = 1.0
    return Board(moment, made, tuple(past), errors, rolling, weights, wins, simulated)


def _end(history: History, column: int) -> datetime:
    """The first moment after a period."""
    day = last_day(history.periods[column]) + timedelta(days=1)
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here


def _revisions(history: History) -> list[Revision]:
    places = {period.key: number for number, period in enumerate(history.periods)}
    found = []
    for each in history.corrected:
        row = history.place(each.enterprise_id)
        if row is not None and each.value is not None and each.period in places:
            found.append(Revision(row, places[each.period], each.at.timestamp(), each.value))
    return found


def _known(history: History, revisions: list[Revision], moment: datetime) -> Floats:
    return known_values(history.value, history.arrived, revisions, moment.timestamp())


def _complete(history: History, known: Floats, share: float) -> Bools:
    """Which periods count as over: that share of the roster has filed."""
    roster = np.maximum(history.on_roster.sum(axis=0), 1)
    result: Bools = np.isfinite(known).sum(axis=0) / roster >= share
    return result


def _usual(history: History, known: Floats, column: int, months: int = 6) -> Floats:
    """The mean of the firm's last known months; twice that for January-February."""
    columns = list(range(max(column - months, 0), column))
    if not columns:
        return np.full(len(known), np.nan)
    per_month = np.array([2.0 if history.periods[c].is_merged else 1.0 for c in columns])
    part = known[:, columns] / per_month
    there = np.isfinite(part)
    count = there.sum(axis=1)
    mean = np.where(count > 0, np.where(there, part, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    result: Floats = mean * (2.0 if history.periods[column].is_merged else 1.0)
    return result


def _so_far(
    history: History, moment: datetime, known: Floats, constants: dict[str, Any]
) -> tuple[Floats, Bools]:
    """What the returns of the target say at a moment, without those sent back and without slips of unit."""
    filed = known[:, history.target].copy()
    reviewed = np.isfinite(filed)
    for each in history.so_far:
        row = history.place(each.enterprise_id)
        if row is None or each.at > moment:
            continue
        filed[row] = np.nan if each.value is None or each.is_sent_back else each.value
        reviewed[row] = each.is_approved
    usual = _usual(history, known, history.target)
    slips = rules.is_slip(filed, usual, constants["slip_tolerance"]) & ~reviewed
    filed[slips] = np.nan
    return filed, slips


def _base(history: History, known: Floats, column: int, filed: Floats) -> Floats:
    """Last year's figure; where none is known, what the firm states with its return."""
    stated = np.where(np.isfinite(filed), history.base[:, column], np.nan)
    if column == history.target:
        for each in history.so_far:
            row = history.place(each.enterprise_id)
            if row is not None and each.base is not None and np.isfinite(filed[row]):
                stated[row] = each.base
    back = lag_year(column)
    before = known[:, back] if back >= 0 else np.full(len(known), np.nan)
    result: Floats = np.where(np.isfinite(before), before, stated)
    return result


def _estimate(
    history: History,
    column: int,
    moment: datetime,
    known: Floats,
    constants: dict[str, Any],
    *,
    filed: tuple[Floats, Bools],
) -> Made:
    figures, slips = filed
    rows = np.flatnonzero(history.on_roster[:, column])
    divisions = len(history.names["industry_division"])
    base = _base(history, known, column, figures)
    snapshot = Snapshot(
        division=history.dimensions["industry_division"][rows, column],
        size=history.dimensions["size"][rows, column],
        base=base[rows],
        filed=figures[rows],
        usual=_usual(history, known, column)[rows],
    )
    growth, city = _growth(history, known, column, moment, constants)
    weight: Floats = np.bincount(snapshot.division, np.nan_to_num(snapshot.base), minlength=divisions).astype(
        np.float64
    )
    count = np.bincount(snapshot.division, minlength=divisions).astype(np.float64)
    found = np.full((len(rows), INPUTS), np.nan)
    by_ratio = rules.estimate_by_ratio(snapshot, constants["prior_firms"], constants["least_returns"])
    if by_ratio is not None:
        found[:, 0] = by_ratio
    power = _power_growth(history, column, moment, constants)
    bridge = rules.fit_bridge(power[:-1], growth, constants["bridge_prior"], constants["bridge_least"])
    if bridge is not None and np.isfinite(power[-1]).any():
        found[:, 1] = rules.carry_on(snapshot, rules.bridge_growth(bridge, power[-1], weight))
    months = constants["trend_months"]
    if np.isfinite(city).any():
        last = np.flatnonzero(np.isfinite(city))[-months:]
        speed = rules.trend_growth(
            growth[last], city[last], count, constants["prior_firms"], constants["trend_damping"]
        )
        found[:, 2] = rules.carry_on(snapshot, speed)
    found[:, 3] = rules.carry_on(snapshot, np.zeros(divisions))
    return Made(
        column,
        rows,
        found,
        np.isfinite(snapshot.filed),
        np.nan_to_num(snapshot.base),
        history.value[rows, column],
        slips[rows],
        np.isfinite(found).any(axis=0),
    )


def _settled(history: History, column: int) -> float:
    key = ("settled", column)
    if key not in history.kept:
        history.kept[key] = (np.array([history.settled(column)]),)
    return float(history.kept[key][0][0])


def _growth(
    history: History, known: Floats, column: int, moment: datetime, constants: dict[str, Any]
) -> tuple[Floats, Floats]:
    """Logarithmic growth of the months before: by industry (months x industries), of the city."""
    divisions = len(history.names["industry_division"])
    complete = _complete(history, known, constants["complete"])
    span = range(column - constants["bridge_months"], column)
    growth, city = np.full((len(span), divisions), np.nan), np.full(len(span), np.nan)
    for place, each in enumerate(span):
        if each < 0 or lag_year(each) < 0 or not complete[each]:
            continue
        settled = moment.timestamp() >= max(_settled(history, each), _settled(history, lag_year(each)))
        found = history.kept.get(("growth", each)) if settled else None
        if found is None:
            on = history.on_roster[:, each]
            groups = history.dimensions["industry_division"][on, each]
            value, before = known[on, each], known[on, lag_year(each)]
            found = (
                rules.growth_by_group(groups, value, before, divisions),
                rules.growth_by_group(np.zeros_like(groups), value, before, 1),
            )
            if settled:
                history.kept["growth", each] = found
        growth[place], city[place] = found[0], found[1][0]
    return growth, city


def _power_growth(history: History, column: int, moment: datetime, constants: dict[str, Any]) -> Floats:
    """The same of electricity a workday, the period itself last; the grid's file where firms have none."""
    divisions = len(history.names["industry_division"])
    span = range(column - constants["bridge_months"], column + 1)
    until = timezone.localtime(moment).date() - timedelta(days=constants["reading_lag"])
    found = np.full((len(span), divisions), np.nan)
    for place, each in enumerate(span):
        if lag_year(each) < 0:
            continue
        cut = None if until >= last_day(history.periods[each]) else until
        key = ("power", each, cut)
        if key not in history.kept:
            history.kept[key] = (_power_of(history, each, cut, constants),)
        found[place] = history.kept[key][0]
    return found


def _power_of(history: History, column: int, cut: date | None, constants: dict[str, Any]) -> Floats:
    divisions = len(history.names["industry_division"])
    now, before = _means(history, column, cut, constants["least_workdays"], grid=False)
    on = history.on_roster[:, column]
    groups = history.dimensions["industry_division"][on, column]
    own = rules.growth_by_group(groups, now[on], before[on], divisions, constants["least_metered"])
    now, before = _means(history, column, cut, constants["least_workdays"], grid=True)
    whole = rules.growth_by_group(np.arange(divisions), now, before, divisions)
    return np.where(np.isfinite(own), own, whole)


def _means(
    history: History, column: int, cut: date | None, least: int, *, grid: bool
) -> tuple[Floats, Floats]:
    now = history.workday(column, cut, least, grid=grid)
    return now, history.workday(lag_year(column), None, least, grid=grid)


def _city_error(made: Made) -> Floats:
    return errors_of(made, np.ones(len(made.rows), np.bool_))


def errors_of(made: Made, chosen: Bools) -> Floats:
    """Relative error of each input over chosen firms whose outcome is known."""
    known = chosen & np.isfinite(made.actual)
    totals = np.where(made.available, np.nan_to_num(made.estimates[known]).sum(axis=0), np.nan)
    return rules.relative_errors(totals, float(made.actual[known].sum()))
