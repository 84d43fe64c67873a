"""What is decided about a series before it is adjusted: factors or amounts, calendar effects, outliers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gongmai.monitor.outlook.rules.holidays import (
    count_festivals,
    festival_effects,
    length_effect,
    weekday_effect,
)
from gongmai.monitor.outlook.rules.seasonal_model import Fit, fit_given, fit_model
from gongmai.monitor.outlook.rules.seasonal_outliers import Outlier, find_outliers, outlier_column
from gongmai.monitor.outlook.types import Floats, Mode, SeasonalRules, Style

Festivals = list[tuple[int, dict[str, Floats]]]  # days around, columns by part
PARTS_TRIED = (("before", "during", "after"), ("before", "after"), ("during", "after"), ("during",))
PREFERS_FACTORS = 2.0  # AICc by which amounts must be better


@dataclass(frozen=True, slots=True)
class Plan:
    """`effects`: regressors of the calendar by code; `window`: days around the festival; `fit`: of all."""

    mode: Mode
    effects: Mapping[str, Floats]
    window: int
    outliers: tuple[Outlier, ...]
    fit: Fit
    calendar_tried: bool
    festival_tried: bool

    def columns(self, length: int) -> Floats:
        """All regressors of the first `length` periods; outliers that are yet to come are left out."""
        outliers = [outlier_column((kind, at), length) for kind, at in self.outliers if at < length]
        return stack([*(column[:length] for column in self.effects.values()), *outliers], length)


def stack(columns: Sequence[Floats], length: int) -> Floats:
    """Columns side by side; a table without columns where there are none."""
    return np.column_stack(columns) if columns else np.zeros((length, 0))


def make_plan(
    values: Floats,
    periods: Sequence[int],
    season: int,
    style: Style,
    wanted: Mode,
    dates: Mapping[int, dt.date],
    rules: SeasonalRules,
) -> Plan:
    """Choose by AICc: factors unless amounts fit clearly better; each effect of the calendar; then outliers.

    Series with a value that is not positive are adjusted by amounts. The calendar is tried again beside the
    outliers, so that a festival is not taken for one.
    """
    dated = style is not Style.NUMBER
    merged = season < 12  # noqa: PLR2004 - months
    calendar = dated and len(values) >= rules.years_calendar * season
    festivals = _festivals(periods, dates, rules, merged=merged) if dated else []
    extra = (
        {"leap": length_effect(periods, merged=merged), "weekday": weekday_effect(periods, merged=merged)}
        if calendar
        else {}
    )
    mode, y, fit, window, effects = _choose_mode(values, season, wanted, festivals, extra, rules)
    outliers: list[Outlier] = []
    for _ in range(2):
        outliers = find_outliers(
            y,
            stack(list(effects.values()), len(y)),
            season,
            fit.moving,
            false_alarms=rules.false_alarms,
            share=rules.outlier_share,
        )
        beside = [outlier_column(each, len(y)) for each in outliers]
        window, effects = _choose_effects(y, season, fit, beside, festivals, extra, rules.aicc_gain)
        fit = fit_model(y, stack([*effects.values(), *beside], len(y)), season, fit.moving)
    every = [*effects.values(), *(outlier_column(each, len(y)) for each in outliers)]
    fit = fit_model(y, stack(every, len(y)), season, fit.moving)
    return Plan(mode, effects, window, tuple(outliers), fit, calendar, bool(festivals))


def _choose_mode(
    values: Floats,
    season: int,
    wanted: Mode,
    festivals: Festivals,
    extra: Mapping[str, Floats],
    rules: SeasonalRules,
) -> tuple[Mode, Floats, Fit, int, dict[str, Floats]]:
    """Factors or amounts, each with the calendar effects that suit it; factors need values above zero."""

    def fitted(y: Floats) -> tuple[Fit, int, dict[str, Floats]]:
        fit = fit_model(y, stack([], len(y)), season)
        window, effects = _choose_effects(y, season, fit, [], festivals, extra, rules.aicc_gain)
        return fit_model(y, stack(list(effects.values()), len(y)), season, fit.moving), window, effects

    if values.min() <= 0 or wanted is Mode.ADDITIVE:
        return Mode.ADDITIVE, values, *fitted(values)
    logs = np.log(values)
    factors = fitted(logs)
    if wanted is Mode.AUTO:
        amounts = fitted(values)
        # the likelihood of the logarithms in units of the series itself
        as_values = factors[0].aicc + 2 * float(logs[season + 1 :].sum())
        if amounts[0].aicc + PREFERS_FACTORS < as_values:
            return Mode.ADDITIVE, values, *amounts
    return Mode.MULTIPLICATIVE, logs, *factors


def _festivals(
    periods: Sequence[int], dates: Mapping[int, dt.date], rules: SeasonalRules, *, merged: bool
) -> Festivals:
    """Regressors of the festival by window, if there are festivals enough; none beyond the dates known."""
    if periods[0] // 12 < min(dates) or periods[-1] // 12 > max(dates):
        return []
    seen = count_festivals(periods, dates)
    found = []
    for around in rules.around:
        columns = festival_effects(periods, dates, around=around, during=rules.during, merged=merged)
        for codes in PARTS_TRIED:
            part = {code: columns[code] for code in codes if code in columns}
            if part and seen >= rules.festivals_spare + len(part):
                found.append((around, part))
    return found


def _choose_effects(
    y: Floats,
    season: int,
    fit: Fit,
    beside: list[Floats],
    festivals: Festivals,
    extra: Mapping[str, Floats],
    gain: float,
) -> tuple[int, dict[str, Floats]]:
    def aicc(effects: Mapping[str, Floats]) -> float:
        return fit_given(y, stack([*effects.values(), *beside], len(y)), season, fit.moving).aicc

    window = 0
    chosen: dict[str, Floats] = {}
    best = aicc(chosen)
    tried = [(aicc(columns), around, columns) for around, columns in festivals]
    if tried:
        lowest, around, columns = min(tried, key=lambda each: each[0])
        if lowest <= best - gain:
            best, window, chosen = lowest, around, dict(columns)
    for code, column in extra.items():
        if np.ptp(column) > 0:
            value = aicc({**chosen, code: column})
            if value <= best - gain:
                best, chosen = value, {**chosen, code: column}
    return window, chosen
