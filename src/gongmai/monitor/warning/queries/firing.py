"""Which firms a trigger fires for: formulas pushed down to the panel's engine."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from gongmai.core.formula.rules.staged import compile_rows
from gongmai.core.formula.types import Checked, Dialect, View
from gongmai.core.panel.queries import engine
from gongmai.core.period.types import Period
from gongmai.monitor.warning.queries.triggers import ENOUGH, WEIGHT, catalogue, checked, triggers_on
from gongmai.monitor.warning.rules.colouring import settle
from gongmai.monitor.warning.rules.discovery import adjust, two_sided
from gongmai.monitor.warning.rules.writing import VALUE, code_of, colour_sql
from gongmai.monitor.warning.types import Colour, Level, Method, Signal, Trigger

KEEP = ("enterprise_id", "unit", "industry_division", "on_roster")
Raw = tuple[Colour, float | None, float, str, str]  # colour, value, share, unit, industry
Found = dict[tuple[str, str], Raw]


def day_of(period: Period) -> date:
    """The last day of a period, on which its triggers are looked up."""
    return date(period.year, period.month, monthrange(period.year, period.month)[1])


def firing_firms(period: Period, vintage: int) -> dict[tuple[str, str], tuple[Signal, Colour]]:
    """By trigger and firm: the signal as it is shown, and its raw colour in the period itself.

    The colour shown keeps that of the period before for one month (rules/colouring.py).
    """
    now, before = raw_colours(period, vintage), raw_colours(period.previous(), vintage)
    found = {}
    for name in {**before, **now}:
        colour, value, share, unit, industry = now.get(name) or (Colour.NONE, None, *before[name][2:])
        earlier = before[name][0] if name in before else Colour.NONE
        code, key = name
        shown = settle([earlier, colour])
        found[name] = (Signal(code, Level.ENTERPRISE, key, shown, value, share, unit, industry), colour)
    return found


def raw_colours(period: Period, vintage: int) -> Found:
    """The firms whose triggers fire in one period, without hysteresis."""
    return {**_by_formula(period, vintage), **_by_breach(period, vintage)}


def _by_formula(period: Period, vintage: int) -> Found:
    triggers = [one for one in triggers_on(day_of(period)) if one.method is Method.FORMULA]
    if not triggers:
        return {}
    formulas = checked(day_of(period), Method.FORMULA)
    colours = ", ".join(f'{colour_sql(one)} AS "{one.code}"' for one in triggers)
    fires = " OR ".join(f'"{one.code}" > 0' for one in triggers)
    source = _weighed(formulas, period)
    rows = _ask(f"SELECT * FROM (SELECT *, {colours} FROM {source}) WHERE {fires}", formulas, period, vintage)
    found: Found = {}
    for row in rows:
        for one in triggers:
            if row[one.code]:
                found[one.code, str(row["enterprise_id"])] = (
                    Colour(row[one.code]),
                    row[code_of(one.code, VALUE)],
                    float(row["share"] or 0.0),
                    row["unit"] or "",
                    row["industry_division"] or "",
                )
    return found


def _by_breach(period: Period, vintage: int) -> Found:
    """Every firm's t statistic comes back as a column; tails and their correction are one array each."""
    found: Found = {}
    for trigger in triggers_on(day_of(period)):
        if trigger.method is Method.BREACH:
            found |= _breaches(trigger, period, vintage)
    return found


def _breaches(trigger: Trigger, period: Period, vintage: int) -> Found:
    formulas = checked(day_of(period), Method.BREACH)
    value = f'"{code_of(trigger.code, VALUE)}"'
    enough = f' AND "{code_of(trigger.code, ENOUGH)}"' if trigger.where else ""
    rows = _ask(
        f"SELECT *, {value} AS z FROM {_weighed(formulas, period)} WHERE {value} IS NOT NULL{enough}",
        formulas,
        period,
        vintage,
    )
    errors = catalogue().errors
    # a forecast one step ahead is as unsure as the errors themselves and as their mean
    z = np.array([row["z"] for row in rows], dtype=np.float64) / np.sqrt(1 + 1 / errors)
    rates = adjust(two_sided(z, errors - 1))
    found: Found = {}
    for place in np.flatnonzero(rates < max(step.below or 0.0 for step in trigger.steps)):
        row, rate = rows[int(place)], float(rates[place])
        colour = max(step.colour for step in trigger.steps if step.below and rate < step.below)
        found[trigger.code, str(row["enterprise_id"])] = (
            colour,
            float(row["z"]),
            float(row["share"] or 0.0),
            row["unit"] or "",
            row["industry_division"] or "",
        )
    return found


def _weighed(formulas: Sequence[Checked], period: Period) -> str:
    """The formulas of each firm on the roster with its share of its county's usual output."""
    inner = compile_rows(formulas, engine.RELATION, View.MONTH, Dialect.DUCKDB, keep=KEEP, period=period.key)
    share = f'"{WEIGHT}" / nullif(sum("{WEIGHT}") OVER (PARTITION BY unit), 0) AS share'
    return f"(SELECT *, {share} FROM ({inner}) WHERE on_roster)"


def _ask(sql: str, formulas: Sequence[Checked], period: Period, vintage: int) -> list[dict[str, Any]]:
    back = max(one.lookback for one in formulas)
    periods = [Period.from_index(period.index - step).key for step in range(back + 1)]
    rows: list[dict[str, Any]] = engine.ask(sql, (), vintage=vintage, periods=periods).to_pylist()
    return rows
