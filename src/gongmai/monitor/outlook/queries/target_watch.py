"""The target watch: how likely each target is, what is still needed, and what moved it since last month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.formula.types import View
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.types import LAST_MONTH, Period
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.disclosure import sees_firms
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.types import Request
from gongmai.monitor.outlook.models import Target
from gongmai.monitor.outlook.queries.target_facts import VIEW_ACTION, Facts, vintage_before, watched_period
from gongmai.monitor.outlook.queries.target_state import (
    FirmMove,
    State,
    firms_behind,
    groups_of,
    leaves_of,
    read_before,
    read_state,
    totals_of,
)
from gongmai.monitor.outlook.queries.targets import path_rules, targets_of
from gongmai.monitor.outlook.rules.paths import Floats, Paths, sum_groups
from gongmai.monitor.outlook.rules.targets import Levers, needed_growth, probability, project_of, pull

BANDS = (0.1, 0.25, 0.5, 0.75, 0.9)
SHOWN_PATHS = 12
_CUTS = {"county": "region", "industry": "industry_division"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the paths say of a year: probability of the target (None without one), quantiles of BANDS."""

    probability: float | None
    bands: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A group: its target (`implied`: from the city's), what it has, what it still needs, what the paths say.

    `hidden`: why this reader is not shown it. Money in thousand yuan, rates as fractions.
    """

    level: str
    code: str
    target: float | None
    implied: bool
    last_year: float | None
    ytd: float
    growth: float | None
    needed: float | None
    now: Outcome
    before: Outcome | None
    scenario: Outcome | None
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The year of one group, cumulative: `actual` by period so far, then quantiles (BANDS) and some paths."""

    periods: tuple[Period, ...]
    actual: tuple[float, ...]
    bands: tuple[tuple[float, ...], ...]
    paths: tuple[tuple[float, ...], ...]
    scenario: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Watch:
    """The answer: rows, the chart of one of them, the firms that moved most (None: not for this reader).

    `change` of the expected year since last month, `explained`: the part that months of firms account for.
    """

    year: int
    item: str
    period: Period
    vintage: int
    vintage_before: int | None
    rows: tuple[WatchRow, ...]
    chart: Chart | None
    firms: tuple[FirmMove, ...] | None
    change: float
    explained: float
    unfiled: int
    levers: Levers
    stop_unknown: bool = False


def watch_targets(
    actor: Actor,
    year: int,
    *,
    item: str = "output",
    level: str = "county",
    chart_of: tuple[str, str] | None = None,
    levers: Levers | None = None,
) -> Watch:
    """The watch of a year as of its newest period, within the actor's scope.

    The city (for who sees all of it) and the groups of `level` (city, county, industry); `chart_of`: level
    and code of the row that is drawn, by default the first. Raises NotAllowed, NotPublished, NoFacts.
    """
    access.check_may(actor, VIEW_ACTION)
    levers = levers or Levers()
    vintage = vintages.current_vintage()
    period = watched_period(vintage, year)
    now = read_state(actor, item, vintage, period, year)
    firms_seen = sees_firms(actor)
    earlier = vintage_before(period) if firms_seen else vintage
    before = read_before(actor, item, earlier, period, year)
    targets = targets_of(year, item)
    wanted = groups_of(now.facts, level, whole=access.scope(actor, VIEW_ACTION).everything)
    ratio = _city_ratio(now.facts, year, vintage, targets)
    hidden = {} if firms_seen else _hidden(actor, now.facts, level)
    changed, unknown = _pulled(now, levers) if levers.is_pulled else (None, False)
    rows = []
    for kind, code in wanted:
        row = _row(now, before, changed, levers, (kind, code), targets, ratio)
        why = hidden.get((kind, code), "")
        rows.append(_without(row, why) if why else row)
    drawn = chart_of if chart_of in wanted else (wanted[0] if wanted else None)
    moved, change, explained = firms_behind(now, before) if firms_seen and before else ((), 0.0, 0.0)
    return Watch(
        year=year,
        item=item,
        period=period,
        vintage=vintage,
        vintage_before=before.facts.vintage if before else None,
        rows=tuple(rows),
        chart=None if drawn is None or drawn in hidden else _chart(now, changed, levers, drawn, year),
        firms=moved if firms_seen else None,
        change=change,
        explained=explained,
        unfiled=now.facts.unfiled,
        levers=levers,
        stop_unknown=unknown,
    )


def _outcome(totals: Floats, target: float | None) -> Outcome:
    reached = None if target is None else probability(totals, target)
    return Outcome(reached, tuple(float(one) for one in np.quantile(totals, BANDS)))


def _row(
    now: State,
    before: State | None,
    changed: Paths | None,
    levers: Levers,
    group: tuple[str, str],
    targets: Mapping[tuple[str, str], Target],
    ratio: float | None,
) -> WatchRow:
    facts, leaves = now.facts, leaves_of(now.facts, group)
    mine = np.isin(facts.leaf, leaves)
    ytd, base = float(facts.ytd[mine].sum()), float(facts.ytd_base[mine].sum())
    last = facts.last_year.get(group)
    own = targets.get(group)
    target = float(own.value) if own is not None else (last * ratio if last and ratio else None)
    scenario = None
    if changed is not None:
        totals = totals_of(now, changed, group)
        if _gets_project(levers, group):
            totals = totals + project_of(levers, now.left).sum()
        scenario = _outcome(totals, target)
    return WatchRow(
        level=group[0],
        code=group[1],
        target=target,
        implied=own is None and target is not None,
        last_year=last,
        ytd=ytd,
        growth=ytd / base - 1 if base > 0 else None,
        needed=None if target is None else needed_growth(target, ytd, float(facts.ahead[leaves].sum())),
        now=_outcome(totals_of(now, now.made, group), target),
        before=_outcome(totals_of(before, before.made, group), target) if before else None,
        scenario=scenario,
    )


def _gets_project(levers: Levers, group: tuple[str, str]) -> bool:
    kind, code = group
    return (
        kind == "city" or code == {"county": levers.project_county, "industry": levers.project_industry}[kind]
    )


def _without(row: WatchRow, why: str) -> WatchRow:
    nothing = Outcome(None, ())
    return replace(
        row,
        target=None if row.implied else row.target,
        last_year=None, ytd=0.0, growth=None, needed=None, now=nothing, before=None,
        scenario=None, hidden=why,
    )  # fmt: skip


def _city_ratio(
    facts: Facts, year: int, vintage: int, targets: Mapping[tuple[str, str], Target]
) -> float | None:
    """The growth that the city's target asks of everybody: its target by its last year. Both are public."""
    own = targets.get(("city", ""))
    last = Period(year - 1, LAST_MONTH).key
    if own is None or last not in vintages.files_in_force(vintage):
        return None
    row = engine.ask(
        f"SELECT sum(CAST({facts.item}__ytd AS DOUBLE)) AS total FROM {engine.RELATION} WHERE on_roster",
        vintage=vintage,
        periods=[last],
    ).to_pylist()[0]
    return float(own.value) / row["total"] if row["total"] else None


def _hidden(actor: Actor, facts: Facts, level: str) -> dict[tuple[str, str], str]:
    """Groups of which this reader is not shown the figures of this or last year, and why."""
    found = {}
    for period in (facts.period, Period(facts.period.year - 1, LAST_MONTH)):
        by = (_CUTS[level],) if level in _CUTS else ()
        table = compute(actor, Request(period, view=View.CUMULATIVE, item=facts.item, by=by))
        shown = {row.codes[by[0]] for row in table.rows if row.hidden not in CONFIDENTIAL} if by else set()
        if table.total.hidden in CONFIDENTIAL:
            found["city", ""] = table.total.hidden
        if by:
            why = {row.codes[by[0]]: row.hidden for row in table.rows}
            for kind, code in groups_of(facts, level, whole=False):
                if code not in shown:
                    found[kind, code] = why.get(code) or next(iter(sorted(CONFIDENTIAL)))
    return found


def _pulled(now: State, levers: Levers) -> tuple[Paths, bool]:
    facts = now.facts
    share, leaf, unknown = None, -1, False
    if levers.stop:
        if levers.stop in facts.codes:
            firm = facts.codes.index(levers.stop)
            leaf = int(facts.leaf[firm])
            expected = facts.ahead[leaf] * max(float(now.fit.levels[leaf]), 1e-9)
            mine = facts.firm_ahead[firm] * facts.pace[firm]
            share = np.divide(mine, expected, out=np.zeros_like(mine), where=expected > 0)
        else:
            unknown = True
    changed = pull(
        now.made, levers, now.left, leaf_industries=facts.industries, stop_leaf=leaf, stop_share=share
    )
    return changed, unknown


def _chart(
    now: State,
    changed: Paths | None,
    levers: Levers,
    group: tuple[str, str],
    year: int,
) -> Chart:
    facts, leaves = now.facts, leaves_of(now.facts, group)
    past = [n for n, period in enumerate(facts.months) if period.year == year]
    actual = np.cumsum(facts.actual[leaves][:, past].sum(axis=0)) if past else np.zeros(0)
    so_far = float(facts.ytd[np.isin(facts.leaf, leaves)].sum())
    if past:
        # months as filed, with what was corrected since lying in the last of them
        actual[-1] = so_far
    coming = np.zeros((0, path_rules().paths))
    scenario = None
    if now.left:
        coming = so_far + np.cumsum(sum_groups(now.made, [leaves])[:, 0, :], axis=0)
        if changed is not None:
            other = sum_groups(changed, [leaves])[:, 0, :]
            if _gets_project(levers, group):
                other = other + project_of(levers, now.left)[:, None]
            scenario = tuple(float(x) for x in np.median(so_far + np.cumsum(other, axis=0), axis=1))
    return Chart(
        periods=(*(facts.months[n] for n in past), *now.left),
        actual=tuple(float(one) for one in actual),
        bands=tuple(tuple(float(x) for x in np.quantile(step, BANDS)) for step in coming),
        paths=tuple(tuple(float(x) for x in coming[:, n]) for n in range(SHOWN_PATHS)) if now.left else (),
        scenario=scenario,
    )
