"""What the calendar does to monthly figures: the moving Spring Festival, the leap day, the days of the week.

Periods are running numbers (year * 12 + month - 1); with `merged`, February stands for January and February.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gongmai.monitor.outlook.rules.calendar import FEBRUARY, MONTHS
from gongmai.monitor.outlook.types import Floats

MEAN_FEBRUARY = 28.25
WEEKDAYS, WEEKEND = 5, 2
PARTS = ("before", "during", "after")


def months_of(number: int, *, merged: bool) -> list[tuple[int, int]]:
    """The year and months (1 to 12) that a period covers."""
    year, month = number // MONTHS, number % MONTHS + 1
    return [(year, 1), (year, FEBRUARY)] if merged and month == FEBRUARY else [(year, month)]


def length_effect(numbers: Sequence[int], *, merged: bool) -> Floats:
    """How much longer or shorter a period is for the leap day, as a logarithm; zero outside February."""
    found = np.zeros(len(numbers))
    for at, number in enumerate(numbers):
        if number % MONTHS + 1 == FEBRUARY:
            days = sum(
                calendar.monthrange(year, month)[1] for year, month in months_of(number, merged=merged)
            )
            usual = MEAN_FEBRUARY + (31 if merged else 0)
            found[at] = np.log(days / usual)
    return found


def weekday_effect(numbers: Sequence[int], *, merged: bool) -> Floats:
    """Weekdays less 5/2 of the days of the weekend, the mean of a period's months; zero for whole weeks."""
    found = np.zeros(len(numbers))
    for at, number in enumerate(numbers):
        months = months_of(number, merged=merged)
        for year, month in months:
            first, days = calendar.monthrange(year, month)
            ends = sum((first + day) % 7 >= WEEKDAYS for day in range(days))
            found[at] += (days - ends - ends * WEEKDAYS / WEEKEND) / len(months)
    return found


def festival_effects(
    numbers: Sequence[int], dates: Mapping[int, dt.date], *, around: int, during: int, merged: bool
) -> dict[str, Floats]:
    """For each part of the festival, the share of its days in a period less the long-run mean of that month.

    `around`: days before the festival and after the holiday of `during` days; `dates`: first day of the lunar
    year by year, over which the mean is taken. A part whose days always fall in the same period has no effect
    that could be told from the season, and is left out. Source: Lin and Liu (2002).
    """
    windows = {
        "before": range(-around, 0),
        "during": range(during),
        "after": range(during, during + around),
    }
    found = {}
    for part in PARTS:
        shares: dict[int, float] = {}
        for date in dates.values():
            for day in windows[part]:
                at = _period_of(date + dt.timedelta(day), merged=merged)
                shares[at] = shares.get(at, 0.0) + 1 / len(windows[part])
        means = _month_means(shares, len(dates))
        column = np.array([shares.get(number, 0.0) - means.get(number % MONTHS, 0.0) for number in numbers])
        if np.abs(column).max(initial=0.0) > 1e-9:  # noqa: PLR2004 - rounding
            found[part] = column
    return found


def count_festivals(numbers: Iterable[int], dates: Mapping[int, dt.date]) -> int:
    """How many festivals fall between the first and the last period, the month after included."""
    span = set(numbers)
    return sum((date.year * MONTHS + date.month) in span for date in dates.values())


def _period_of(day: dt.date, *, merged: bool) -> int:
    return day.year * MONTHS + max(day.month - 1, 1 if merged else 0)


def _month_means(shares: Mapping[int, float], years: int) -> dict[int, float]:
    sums: dict[int, float] = {}
    for number, share in shares.items():
        sums[number % MONTHS] = sums.get(number % MONTHS, 0.0) + share
    return {month: total / years for month, total in sums.items()}
