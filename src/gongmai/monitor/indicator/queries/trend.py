"""Indicators over time: one query over the files of all periods asked."""

from collections.abc import Sequence
from dataclasses import replace

from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import vintages
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import disclosure, kept
from gongmai.monitor.indicator.queries.compute import Plan, make_plan, select
from gongmai.monitor.indicator.queries.cuts import PERIOD, labels_of
from gongmai.monitor.indicator.types import IndicatorError, Request, Series, Trend


def trend(actor: Actor, request: Request, periods: Sequence[Period]) -> Trend:
    """The request's columns for each group over `periods` (its own period is that of labels and formulas).

    A period that the vintage does not hold, or a month that does not exist (January-February), is None.
    """
    plan = make_plan(actor, disclosure.counting(actor, request), periods)
    if any(cut.overlapping for cut in plan.cuts):
        raise IndicatorError("one_overlapping_cut")
    key = ("trend", plan.vintage, plan.condition, plan.request, plan.periods)
    return disclosure.protect_trend(actor, kept.remember(key, lambda: _trend(plan)))


def last_periods(period: Period, count: int) -> tuple[Period, ...]:
    """The `count` periods that end with one, oldest first."""
    return tuple(Period.from_index(period.index - back) for back in range(count - 1, -1, -1))


def _trend(plan: Plan) -> Trend:
    held = vintages.files_in_force(plan.vintage)
    asked = tuple(period for period in plan.periods if period.key in held)
    rows = select(replace(plan, periods=asked, cuts=(*plan.cuts, PERIOD))) if asked else []
    places = {period.key: place for place, period in enumerate(plan.periods)}
    groups: dict[tuple[str, ...], dict[str, list[float | None]]] = {}
    for row in rows:
        codes = tuple(str(row[cut.code] or "") for cut in plan.cuts)
        values = groups.setdefault(
            codes, {column.indicator.code: [None] * len(plan.periods) for column in plan.columns}
        )
        for column in plan.columns:
            values[column.indicator.code][places[row[PERIOD.code]]] = row.get(column.indicator.code)
    names = [cut.code for cut in plan.cuts]
    return Trend(
        request=plan.request,
        vintage=plan.vintage,
        periods=plan.periods,
        columns=plan.columns,
        series=tuple(
            Series(dict(zip(names, codes, strict=True)), {code: tuple(line) for code, line in values.items()})
            for codes, values in sorted(groups.items())
        ),
        labels=labels_of(plan.cuts),
    )
