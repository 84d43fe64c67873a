"""Seasonal adjustment of monthly series, with what shows how good it is."""

from collections.abc import Sequence

import numpy as np

from gongmai.core.ports import adapter
from gongmai.monitor.outlook.ports import SeasonalSplitter
from gongmai.monitor.outlook.queries.seasonal_rules import festival_dates, seasonal_rules
from gongmai.monitor.outlook.rules.calendar import FEBRUARY, MONTHS, later_periods
from gongmai.monitor.outlook.rules.seasonal_filters import STABLE
from gongmai.monitor.outlook.rules.seasonal_parts import NO_SEASON, Parts, Split, as_factors, split_series
from gongmai.monitor.outlook.rules.seasonal_plan import Plan, make_plan
from gongmai.monitor.outlook.rules.seasonal_quality import grade
from gongmai.monitor.outlook.rules.seasonal_tests import judge_season, residual_tests
from gongmai.monitor.outlook.types import (
    Adjustment,
    Effect,
    Floats,
    Mode,
    Presence,
    Quality,
    Revision,
    SeasonTests,
    SeriesError,
    SeriesSet,
    Style,
)

X11, STL = "x11", "stl"
METHODS = (X11, STL)
REVISED = 12  # periods whose revisions are told
LONGEST = 600


def adjust_series(
    series: SeriesSet,
    number: int = 0,
    *,
    method: str = X11,
    mode: Mode = Mode.AUTO,
    sums: bool = True,
) -> Adjustment:
    """Adjust one series of a set for season and calendar.

    `method`: how trend and season are parted, x11 or stl; `sums`: the figures of a merged January-February
    are those of two months together (output), not of a day or a mean (stocks, prices), and are halved.
    Raises SeriesError: too_short_season, too_long_season, not_positive (factors asked for a series that has
    values of zero or less), unknown_method.
    """
    filed, season, style = series.values[number], series.season, series.style
    name, rules = series.ids[number], seasonal_rules()
    _check(name, filed, season, mode, method)
    periods = list_periods(len(filed), series.last[number], season, style)
    halves = [sums and season < MONTHS and each % MONTHS + 1 == FEBRUARY for each in periods]
    original = np.where(halves, filed / 2, filed)
    if np.ptp(original) == 0:
        return _unchanged(name, periods, series, filed, original, method)
    plan = make_plan(original, periods, season, style, mode, festival_dates(), rules)
    other = _other(method)
    y = np.log(original) if plan.mode is Mode.MULTIPLICATIVE else original
    parts = split_series(y, season, plan, rules, other, seasonal=True)
    # whether there is a season is asked of what the filters saw, without outliers and calendar
    tests = judge_season(parts.filters.seasonal + parts.filters.irregular, season, rules.tests)
    seasonal = tests.presence is not Presence.ABSENT
    if not seasonal:
        parts = split_series(y, season, plan, rules, other, seasonal=False)
    trend, factor, calendar, irregular = as_factors(parts, season, plan.mode)
    adjusted = _take_out(original, factor, calendar, plan.mode)
    relative = bool(adjusted.min() > 0)
    return Adjustment(
        name=name,
        periods=tuple(periods),
        season=season,
        style=style,
        mode=plan.mode,
        method=method,
        filed=filed,
        original=original,
        adjusted=adjusted,
        trend=trend,
        seasonal=factor,
        calendar=calendar,
        irregular=irregular,
        change=_changes(adjusted, relative=relative),
        relative=relative,
        effects=tuple(
            Effect(code, float(value), float(t))
            for code, value, t in zip(plan.effects, parts.coefficients, parts.t_values, strict=True)
        ),
        window=plan.window,
        calendar_tried=plan.calendar_tried,
        festival_tried=plan.festival_tried,
        outliers=plan.outliers,
        moving=plan.fit.moving,
        seasonal_filter=parts.filters.seasonal_filter,
        terms=parts.filters.terms,
        tests=tests,
        quality=_grade(y, parts, season, tests) if seasonal else None,
        revisions=_revisions(original, adjusted, periods, season, plan, other, seasonal=seasonal),
    )


def _check(name: str, values: Floats, season: int, mode: Mode, method: str) -> None:
    rules = seasonal_rules()
    least = rules.years_least * season
    if method not in METHODS:
        raise SeriesError("unknown_method", method=method, known=", ".join(METHODS))
    if len(values) < least:
        raise SeriesError(
            "too_short_season", id=name, periods=len(values), least=least, years=rules.years_least
        )
    if len(values) > LONGEST:
        raise SeriesError("too_long_season", id=name, periods=len(values), most=LONGEST)
    if mode is Mode.MULTIPLICATIVE and values.min() <= 0:
        raise SeriesError("not_positive", id=name)


def list_periods(length: int, last: int, season: int, style: Style) -> list[int]:
    """The running numbers of the `length` periods that end with `last`."""
    if style is Style.NUMBER or season == MONTHS:
        return list(range(last - length + 1, last + 1))
    # from a year that is surely before the first period
    start = last - (length // season + 2) * MONTHS
    return [each for each in later_periods(start, last - start, season, style) if each <= last][-length:]


def _other(method: str) -> Split | None:
    if method == X11:
        return None
    splitter: SeasonalSplitter = adapter(f"seasonal_splitter.{method}")
    return splitter.split


def _take_out(original: Floats, factor: Floats, calendar: Floats, mode: Mode) -> Floats:
    return original - factor - calendar if mode is Mode.ADDITIVE else original / (factor * calendar)


def _changes(values: Floats, *, relative: bool) -> tuple[float | None, ...]:
    """On the period before: fractions, or amounts where a share of something below zero would mislead."""
    steps = values[1:] / values[:-1] - 1 if relative else np.diff(values)
    return (None, *(float(each) for each in steps))


def _grade(y: Floats, parts: Parts, season: int, tests: SeasonTests) -> Quality:
    adjusted = y - parts.seasonal - parts.calendar
    fixed = parts.filters.seasonal_filter in {STABLE, NO_SEASON}
    return grade(
        parts.filters.trend,
        parts.seasonal,
        parts.filters.irregular,
        season,
        tests,
        weights=seasonal_rules().weights,
        residual=residual_tests(adjusted, season),
        fixed=fixed,
    )


def _revisions(
    original: Floats,
    adjusted: Floats,
    periods: Sequence[int],
    season: int,
    plan: Plan,
    other: Split | None,
    *,
    seasonal: bool,
) -> tuple[Revision, ...]:
    """Each of the last periods as it was first published and as it is now, under the plan of today.

    The coefficients are estimated anew at each end; what was chosen (effects, outliers, the moving-average
    parameters) stays, as an office keeps it through a year.
    """
    rules = seasonal_rules()
    relative = bool(adjusted.min() > 0)
    now = _changes(adjusted, relative=relative)
    found = []
    shortest = max(len(original) - REVISED, rules.years_least * season)
    for length in range(shortest + 1, len(original) + 1):
        part = original[:length]
        y = np.log(part) if plan.mode is Mode.MULTIPLICATIVE else part
        parts = split_series(y, season, plan, rules, other, seasonal=seasonal)
        _trend, factor, calendar, _irregular = as_factors(parts, season, plan.mode)
        first = _take_out(part, factor, calendar, plan.mode)
        at = length - 1
        change = _changes(first[-2:], relative=relative and bool(first[-2:].min() > 0))[1]
        found.append(Revision(periods[at], float(first[at]), float(adjusted[at]), change, now[at]))
    return tuple(found)


def _unchanged(
    name: str, periods: Sequence[int], series: SeriesSet, filed: Floats, original: Floats, method: str
) -> Adjustment:
    """A series that never changes is its own adjusted series."""
    nothing = np.zeros(len(original))
    relative = bool(original.min() > 0)
    return Adjustment(
        name=name,
        periods=tuple(periods),
        season=series.season,
        style=series.style,
        mode=Mode.ADDITIVE,
        method=method,
        filed=filed,
        original=original,
        adjusted=original,
        trend=original,
        seasonal=nothing,
        calendar=nothing,
        irregular=nothing,
        change=_changes(original, relative=relative),
        relative=relative,
        effects=(),
        window=0,
        calendar_tried=False,
        festival_tried=False,
        outliers=(),
        moving=(0.0, 0.0),
        seasonal_filter=NO_SEASON,
        terms=0,
        tests=None,
        quality=None,
        revisions=(),
    )
