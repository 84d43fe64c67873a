"""The state that a watch rests on: facts, their fit and paths; sums of groups; firms behind a change."""

from dataclasses import dataclass, replace

import numpy as np

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import vintages
from gongmai.core.period.types import LAST_MONTH, PERIODS_PER_YEAR, Period
from gongmai.monitor.indicator.queries.kept import remember
from gongmai.monitor.outlook.queries.target_facts import VIEW_ACTION, Facts, NoFacts, read_facts
from gongmai.monitor.outlook.queries.targets import LEVELS, path_rules
from gongmai.monitor.outlook.rules.paths import Fit, Floats, Ints, Paths, fit_growth, simulate, sum_groups
from gongmai.monitor.outlook.rules.targets import firm_effects, months_left, whole_year

SHOWN_FIRMS = 20
CITY = ("city", "")


@dataclass(frozen=True, slots=True)
class FirmMove:
    """What the last month of a firm moved: its figure, its base, of the year so far, of the projection."""

    credit_code: str
    month: float
    base: float
    so_far: float
    projection: float


@dataclass(frozen=True, slots=True)
class State:
    """Facts as of a period, the growth fitted to them, and the paths of the periods that are left."""

    facts: Facts
    fit: Fit
    made: Paths
    left: tuple[Period, ...]


def read_state(actor: Actor, item: str, vintage: int, period: Period, year: int) -> State:
    """The facts and their fit (kept, for vintages never change) with the paths, drawn alike each time."""
    sql, values = access.scope_sql(actor, VIEW_ACTION)

    def make() -> tuple[Facts, Fit]:
        facts = read_facts(actor, item, vintage, period)
        if period.year < year:
            facts = _next_year(facts)
        try:
            return facts, fit_growth(facts.actual, facts.base, path_rules())
        except ValueError:
            raise NoFacts("too_short") from None

    facts, fit = remember(("targets", vintage, sql, tuple(values), item, period, year), make)
    left = months_left(period) if period.year == year else whole_year(year)
    return State(facts, fit, simulate(fit, facts.ahead, path_rules()), left)


def _next_year(facts: Facts) -> Facts:
    """The facts of a December seen from the year after: nothing so far, the year's own months as the base."""
    months = facts.actual[:, -PERIODS_PER_YEAR:]
    count = len(facts.codes)
    totals: dict[tuple[str, str], float] = {}
    for leaf, (county, industry) in enumerate(zip(facts.counties, facts.industries, strict=True)):
        for key in (("city", ""), ("county", county), ("industry", industry)):
            totals[key] = totals.get(key, 0.0) + float(facts.ytd[facts.leaf == leaf].sum())
    share = np.bincount(facts.leaf, facts.ytd, len(facts.counties))
    firm = np.divide(facts.ytd, share[facts.leaf], out=np.zeros(count), where=share[facts.leaf] > 0)
    return replace(
        facts,
        ahead=months,
        firm_ahead=months[facts.leaf] * firm[:, None],
        ytd=np.zeros(count),
        ytd_base=np.zeros(count),
        last_year=totals,
    )


def read_before(actor: Actor, item: str, vintage: int, period: Period, year: int) -> State | None:
    """The state a period earlier; None before the year began or where nothing is known."""
    earlier = period.previous()
    if earlier < Period(year - 1, LAST_MONTH):
        return None
    try:
        return read_state(actor, item, vintage, earlier, year)
    except (NoFacts, vintages.NotPublished):
        return None


def groups_of(facts: Facts, level: str, *, whole: bool) -> list[tuple[str, str]]:
    """The city (with `whole`) and the groups of a level, the largest first."""
    city = [("city", "")] if whole else []
    if level not in LEVELS or level == "city":
        return city
    codes = facts.counties if level == "county" else facts.industries
    now = np.bincount(facts.leaf, minlength=len(codes)) > 0
    sizes: dict[str, float] = {}
    for leaf, code in enumerate(codes):
        if code and (now[leaf] or facts.ahead[leaf].sum() > 0):
            sizes[code] = sizes.get(code, 0.0) + float(facts.ahead[leaf].sum())
    return [*city, *((level, code) for code in sorted(sizes, key=lambda one: -sizes[one]))]


def leaves_of(facts: Facts, group: tuple[str, str]) -> Ints:
    """The numbers of the leaves of a group."""
    kind, code = group
    if kind == "city":
        return np.arange(len(facts.counties))
    codes = facts.counties if kind == "county" else facts.industries
    return np.array([n for n, one in enumerate(codes) if one == code], dtype=np.int64)


def totals_of(state: State, made: Paths, group: tuple[str, str]) -> Floats:
    """The year of a group on each path."""
    facts, leaves = state.facts, leaves_of(state.facts, group)
    so_far = float(facts.ytd[np.isin(facts.leaf, leaves)].sum())
    if not len(state.left):
        return np.full(path_rules().paths, so_far)
    total: Floats = so_far + sum_groups(made, [leaves])[:, 0, :].sum(axis=0)
    return total


def firms_behind(now: State, before: State) -> tuple[tuple[FirmMove, ...], float, float]:
    """The firms that moved the projection most, its change, and the part that all firms explain."""
    facts, fit, leaf = now.facts, now.fit, now.facts.leaf
    month_of = facts.base[:, -1]
    expected = month_of * fit.before
    missed = np.divide(
        facts.actual[:, -1] - expected, expected, out=np.zeros_like(expected), where=expected > 0
    )
    # what a month may say at most: as the fit took it
    taken = np.divide(fit.errors[:, -1], missed, out=np.zeros_like(missed), where=missed != 0)
    fade = fit.kept ** np.arange(1, facts.ahead.shape[1] + 1)
    carried = (facts.ahead * fade).sum(axis=1) * taken
    so_far, projection = firm_effects(
        facts.month, facts.month_base, fit.before[leaf], fit.weight, month_of[leaf], carried[leaf]
    )
    order = np.argsort(-np.abs(projection), kind="stable")[:SHOWN_FIRMS]
    moved = tuple(
        FirmMove(
            facts.codes[n], *(float(one[n]) for one in (facts.month, facts.month_base, so_far, projection))
        )
        for n in order
        if projection[n]
    )
    return moved, _expected(now) - _expected(before), float(projection.sum())


def _expected(state: State) -> float:
    """The year as expected, without errors."""
    facts, fit = state.facts, state.fit
    fade = fit.kept ** np.arange(facts.ahead.shape[1])
    levels = fit.mean[:, None] + (fit.levels - fit.mean)[:, None] * fade
    return float(facts.ytd.sum() + (facts.ahead * levels).sum())
