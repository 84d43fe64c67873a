"""Resumption and production rates by county and industry, from daily electricity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils import timezone

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.monitor.outlook.queries import nowcast as nowcasts
from gongmai.monitor.outlook.queries.nowcast_hidden import hidden_groups
from gongmai.monitor.outlook.queries.nowcast_rules import Definition, definition
from gongmai.monitor.outlook.rules.electricity import Resumption, resume
from gongmai.monitor.outlook.rules.nowcasting import Bools

DAYS = 45


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a day: of all within reach, by county (management unit) and by industry division.

    `groups`: cut -> code -> rates, None where this reader is not shown the group; `days`: the days before.
    """

    day: date
    definition: Definition
    whole: Resumption | None
    groups: Mapping[str, Mapping[str, Resumption | None]]
    days: tuple[tuple[date, Resumption], ...]


def rates(actor: Actor, period: Period, *, asof: date | None = None) -> Rates | None:
    """The rates on the last day with readings, of the firms on the period's roster. None without readings."""
    check_may(actor, nowcasts.VIEW_ACTION)
    history, board = nowcasts.read(period, asof)
    power, made = history.power, board.made
    day = power.last_day(timezone.localtime(board.moment).date())
    if day is None:
        return None
    chosen = nowcasts.reach_of(actor, history)[made.rows]
    rows = made.rows

    def on(when: date, inside: Bools) -> Resumption:
        rule = definition(when)
        normal = power.mean((when.year - 1) * 100 + rule.base_month)
        return resume(power.on(when)[rows][inside], normal[rows][inside], rule.threshold)

    groups: dict[str, dict[str, Resumption | None]] = {}
    for cut in ("unit", "industry_division"):
        hidden = hidden_groups(actor, cut, period)
        numbers = history.dimensions[cut][rows, made.column]
        groups[cut] = {
            code: None if hidden.get(code, hidden.get("*", "")) else on(day, chosen & (numbers == number))
            for number, code in enumerate(history.names[cut])
            if (chosen & (numbers == number)).any()
        }
    whole_hidden = hidden_groups(actor, "", period).get("", "")
    if whole_hidden or not np.any(chosen):
        return Rates(day, definition(day), None, groups, ())
    days = [day - timedelta(days=back) for back in range(DAYS, -1, -1)]
    series = tuple((each, found) for each in days if (found := on(each, chosen)).customers)
    return Rates(day, definition(day), on(day, chosen), groups, series)
