"""The nowcast as a reader sees it: the firms within reach, by county or industry, with weights and record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.utils import timezone

from gongmai.core.access.queries import check_may, scope
from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.arrivals import latest_version
from gongmai.monitor.outlook.queries import electricity
from gongmai.monitor.outlook.queries.nowcast_board import Board, Made, errors_of, make_board, mixed
from gongmai.monitor.outlook.queries.nowcast_data import History, months_of, read_history
from gongmai.monitor.outlook.queries.nowcast_hidden import hidden_groups
from gongmai.monitor.outlook.queries.nowcast_rules import inputs, parameters
from gongmai.monitor.outlook.rules import nowcasting as rules
from gongmai.monitor.outlook.rules.nowcasting import Bools, Ints
from gongmai.monitor.outlook.types import Floats

VIEW_ACTION = "nowcast.view"
LEVELS = {"city": "", "county": "unit", "industry": "industry_division"}
MOST_STEPS = 11
Stamp = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """A county, an industry or all: firms, how many filed, share of last year's output that has filed.

    `estimate`, `lower`, `upper`, `base` in thousand yuan; `rmse`, `naive_rmse`: of the record, fractions.
    `hidden`: why this reader is not shown it.
    """

    code: str
    firms: int
    filed: int
    filed_share: float
    estimate: float
    lower: float | None
    upper: float | None
    base: float
    rmse: float | None
    naive_rmse: float | None
    hidden: str = ""

    @property
    def growth(self) -> float | None:
        """Against the same firms' figures of last year."""
        return self.estimate / self.base - 1 if self.base > 0 else None


@dataclass(frozen=True, slots=True)
class InputRow:
    """An input: what it says alone, its weight, its root mean square error over the months of the record."""

    code: str
    estimate: float | None
    growth: float | None
    weight: float
    rmse: float | None
    months: int


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A past month at the same stage: its outcome (thousand yuan), errors by input and combined."""

    period: Period
    actual: float
    errors: tuple[float | None, ...]
    combined: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """The estimate as it stood on a day."""

    day: date
    estimate: float
    filed_share: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Nowcast:
    """The answer. `wins` is of the whole city, whose weights all groups share: sums agree.

    `simulated`: past months whose arrival times nobody recorded, replayed with the firms that have filed now.
    """

    period: Period
    moment: datetime
    whole: Group
    groups: tuple[Group, ...]
    inputs: tuple[InputRow, ...]
    record: tuple[RecordRow, ...]
    wins: bool | None
    slips: int
    simulated: int
    last_reading: date | None


def nowcast(actor: Actor, period: Period, *, level: str = "city", asof: date | None = None) -> Nowcast:
    """Estimate a period's output as known at the end of `asof` (default: now), for the firms within reach.

    Raises NotAllowed; NotPublished without any panel; KeyError for an unknown level.
    """
    check_may(actor, VIEW_ACTION)
    history, board = read(period, asof)
    mask = reach_of(actor, history)
    made = board.made
    chosen = mask[made.rows]
    hidden = hidden_groups(actor, LEVELS[level], period)
    whole = _group("", board, mask, chosen, hidden.get("", ""))
    groups = []
    if level != "city":
        numbers = history.dimensions[LEVELS[level]]
        for number, code in enumerate(history.names[LEVELS[level]]):
            inside = chosen & (numbers[made.rows, made.column] == number)
            if inside.any():
                reach = (mask, numbers, number)
                why = hidden.get(code, hidden.get("*", ""))
                groups.append(_group(code, board, reach, inside, why))
    record = _record(history, board, mask)
    return Nowcast(
        period=period,
        moment=board.moment,
        whole=whole,
        groups=tuple(groups),
        inputs=_inputs(board, chosen, record),
        record=record,
        wins=board.wins,
        slips=int((made.slips & chosen).sum()),
        simulated=board.simulated,
        last_reading=history.power.last_day(timezone.localtime(board.moment).date()),
    )


def path_of(actor: Actor, period: Period, *, asof: date | None = None) -> tuple[Step, ...]:
    """How the estimate moved: up to eleven days from the first of the period (at most 45 days back)."""
    check_may(actor, VIEW_ACTION)
    history, board = read(period, asof)
    mask = reach_of(actor, history)
    end = timezone.localtime(board.moment).date()
    begin = max(
        date(period.year, months_of(period)[0] % 100, 1) + timedelta(days=4), end - timedelta(days=45)
    )
    span = max((end - begin).days, 0)
    count = min(span, MOST_STEPS - 1)
    days = [begin + timedelta(days=round(span * step / count)) for step in range(count)] if count else []
    steps = []
    for day in [*dict.fromkeys(days), end]:
        rows, estimates, filed, base, weights = (
            _light(board, board.weights) if day == end else _on_day(_stamp(period), day)
        )
        inside = mask[rows]
        total = float(base[inside].sum())
        share = float(base[inside & filed].sum()) / total if total else 0.0
        steps.append(Step(day, float(estimates[inside].sum()), share, tuple(map(float, weights))))
    return tuple(steps)


def target_options() -> list[Period]:
    """The periods that can be estimated: the one under way and the twelve before, the newest first."""
    today = clock.today()
    here = Period(today.year, max(today.month, 2))
    return [Period.from_index(here.index - back) for back in range(13)]


def read(period: Period, asof: date | None) -> tuple[History, Board]:
    """What the whole city's nowcast rests on; scope it by `reach_of` before anything of it leaves."""
    stamp = _stamp(period)
    return _history(stamp), _board(stamp, _moment(asof))


def _stamp(period: Period) -> Stamp:
    place = f"{settings.DATA_DIR}|{settings.DATABASES['default']['NAME']}|{vintages.current_vintage()}"
    return place, latest_version(), electricity.stamp(), period.key


def _moment(asof: date | None) -> datetime:
    """The end of a day; now, the end of this hour, so that answers can be kept."""
    now = clock.now()
    if asof is None or asof >= timezone.localtime(now).date():
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return timezone.make_aware(datetime(asof.year, asof.month, asof.day) + timedelta(days=1))  # noqa: DTZ001


@lru_cache(maxsize=2)
def _history(stamp: Stamp) -> History:
    return read_history(Period.from_key(stamp[3]), int(stamp[0].rsplit("|", 1)[1]))


@lru_cache(maxsize=4)
def _board(stamp: Stamp, moment: datetime) -> Board:
    return make_board(_history(stamp), moment, parameters(timezone.localtime(moment).date()))


Light = tuple[Ints, Floats, Bools, Floats, Floats]


@lru_cache(maxsize=64)
def _on_day(stamp: Stamp, day: date) -> Light:
    moment = _moment(day)
    board = make_board(_history(stamp), moment, parameters(day))
    return _light(board, board.weights)


def _light(board: Board, weights: Floats) -> Light:
    made = board.made
    return made.rows, board.firm_estimates, made.filed, made.base, weights


def reach_of(actor: Actor, history: History) -> Bools:
    """Which firms the actor may be told of, by their attributes in the target period."""
    reach = scope(actor, VIEW_ACTION)
    if reach.everything:
        return np.ones(len(history.firms), np.bool_)
    mask = np.isin(history.firms, sorted(reach.enterprises))
    for name, codes in (("unit", reach.units), ("region", reach.regions), ("park", reach.parks)):
        wanted = [n for n, code in enumerate(history.names[name]) if code and code in codes]
        mask |= (
            np.isin(history.dimensions[name][:, history.target], wanted)
            & history.on_roster[:, history.target]
        )
    return mask


Inside = Bools | tuple[Bools, Ints, int]


def _past_choice(inside: Inside, made: Made) -> Bools:
    if isinstance(inside, tuple):
        mask, numbers, number = inside
        chosen: Bools = mask[made.rows] & (numbers[made.rows, made.column] == number)
    else:
        chosen = inside[made.rows]
    return chosen


def _replayed(board: Board, inside: Inside) -> tuple[Floats, Floats]:
    """Errors by input over past months, and of the combination with the weights of each month, of a group."""
    if not board.past:
        return np.zeros((0, len(inputs()))), np.zeros(0)
    errors = np.array([errors_of(each, _past_choice(inside, each)) for each in board.past])
    return errors, rules.replay(errors, board.rolling)


def _group(code: str, board: Board, inside: Inside, chosen: Bools, hidden: str) -> Group:
    made = board.made
    constants = parameters(timezone.localtime(board.moment).date())
    estimate = float(mixed(made.estimates[chosen], board.weights).sum())
    errors, combined = _replayed(board, inside)
    window = constants["record_months"]
    errors, combined = errors[-window:], combined[-window:]
    used = errors[:, -1] if board.wins is False else combined
    judged = np.isfinite(combined)
    half = rules.half_width(used, constants["interval"])
    base = float(made.base[chosen].sum())
    return Group(
        code=code,
        firms=int(chosen.sum()),
        filed=int((made.filed & chosen).sum()),
        filed_share=float(made.base[chosen & made.filed].sum()) / base if base else 0.0,
        estimate=estimate,
        lower=_or_none(max(estimate * (1 - half), 0.0)),
        upper=_or_none(estimate * (1 + half)),
        base=base,
        rmse=_or_none(rules.root_mean_square(combined)),
        naive_rmse=_or_none(rules.root_mean_square(errors[judged, -1]) if len(errors) else np.nan),
        hidden=hidden,
    )


def _record(history: History, board: Board, inside: Inside) -> tuple[RecordRow, ...]:
    errors, combined = _replayed(board, inside)
    window = parameters(timezone.localtime(board.moment).date())["record_months"]
    rows = []
    for made, each, whole in list(zip(board.past, errors, combined, strict=True))[-window:]:
        known = _past_choice(inside, made) & np.isfinite(made.actual)
        rows.append(
            RecordRow(
                history.periods[made.column],
                float(made.actual[known].sum()),
                tuple(_or_none(float(error)) for error in each),
                _or_none(float(whole)),
            )
        )
    return tuple(rows)


def _inputs(board: Board, chosen: Bools, record: tuple[RecordRow, ...]) -> tuple[InputRow, ...]:
    made = board.made
    base = float(made.base[chosen].sum())
    rows = []
    for number, each in enumerate(inputs()):
        there = bool(made.available[number])
        total = float(np.nan_to_num(made.estimates[chosen, number]).sum()) if there else None
        errors = np.array([np.nan if (e := row.errors[number]) is None else e for row in record])
        rows.append(
            InputRow(
                each.code,
                total,
                total / base - 1 if total is not None and base > 0 else None,
                float(board.weights[number]),
                _or_none(rules.root_mean_square(errors)),
                int(np.isfinite(errors).sum()),
            )
        )
    return tuple(rows)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
