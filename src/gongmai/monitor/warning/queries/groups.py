"""Which industries and counties a trigger fires for: indicators of the catalogue by group."""

from gongmai.core.access.types import SYSTEM
from gongmai.core.formula.types import View
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.trend import last_periods, trend
from gongmai.monitor.indicator.types import Request
from gongmai.monitor.warning.queries.firing import day_of
from gongmai.monitor.warning.queries.triggers import catalogue, triggers_on
from gongmai.monitor.warning.rules.colouring import HOLD, colour_of, settle
from gongmai.monitor.warning.types import Colour, Level, Method, Signal, Trigger

CUTS = {Level.INDUSTRY: "industry_division", Level.COUNTY: "unit"}
Values = dict[str, tuple[float | None, ...]]


def firing_groups(period: Period, vintage: int) -> dict[tuple[str, str], tuple[Signal, Colour]] | None:
    """By trigger and group: the signal as it is shown, and its raw colour in the period itself.

    None while too little of the roster has reported for groups to be compared.
    """
    if not _is_complete(period, vintage):
        return None
    found: dict[tuple[str, str], tuple[Signal, Colour]] = {}
    for trigger in triggers_on(day_of(period)):
        if trigger.method is not Method.INDICATOR:
            continue
        shares = _shares(CUTS[trigger.level], period, vintage)
        for key, values in _values(trigger, period, vintage).items():
            raw = [colour_of(trigger.steps, values[: len(values) - back]) for back in range(HOLD, -1, -1)]
            if not any(raw):
                continue
            signal = Signal(
                trigger.code,
                trigger.level,
                key,
                settle(raw),
                values[-1] if raw[-1] else None,
                shares.get(key, 0.0),
                unit=key if trigger.level is Level.COUNTY else "",
                industry=key if trigger.level is Level.INDUSTRY else "",
            )
            found[trigger.code, key] = (signal, raw[-1])
    return found


def _is_complete(period: Period, vintage: int) -> bool:
    """Whether enough of the roster has reported for groups to be compared."""
    total = compute(SYSTEM, Request(period, indicators=("reported",), vintage=vintage)).total
    return bool(total["firms"]) and (total["reported"] or 0) >= catalogue().complete * (total["firms"] or 0)


def _values(trigger: Trigger, period: Period, vintage: int) -> Values:
    """The trigger's value for each group over the months that its colours look at."""
    months = max(step.months for step in trigger.steps) + HOLD
    periods = last_periods(period, months)
    cut = CUTS[trigger.level]
    request = Request(
        period, view=View(trigger.view), by=(cut,), indicators=(trigger.value,), vintage=vintage
    )
    groups = {
        series.codes[cut]: series.values[trigger.value]
        for series in trend(SYSTEM, request, periods).series
        if series.codes[cut]
    }
    if not trigger.against_whole:
        return groups
    whole_request = Request(period, view=View(trigger.view), indicators=(trigger.value,), vintage=vintage)
    whole = trend(SYSTEM, whole_request, periods).series[0].values[trigger.value]
    return {
        key: tuple(
            None if own is None or city is None else own - city
            for own, city in zip(values, whole, strict=True)
        )
        for key, values in groups.items()
    }


def _shares(cut: str, period: Period, vintage: int) -> dict[str, float]:
    """Each group's share of the city's output since the start of the year."""
    table = compute(SYSTEM, Request(period, by=(cut,), vintage=vintage))
    total = table.total["level"] or 0.0
    return {row.codes[cut]: (row["level"] or 0.0) / total for row in table.rows} if total else {}
