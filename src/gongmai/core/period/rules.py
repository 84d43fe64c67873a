"""Deadlines on the Chinese working-day calendar.

The list of days off and make-up working days comes from the caller (a port), so that this stays pure.
"""

from collections.abc import Callable
from datetime import date, timedelta

from gongmai.core.period.types import LAST_MONTH, Period

IsWorkday = Callable[[date], bool]


def compute_due_date(period: Period, day: int, is_workday: IsWorkday) -> date:
    """The `day` of the month after `period`, moved to the next working day if it is a day off."""
    year, month = (period.year + 1, 1) if period.month == LAST_MONTH else (period.year, period.month + 1)
    due = date(year, month, day)
    while not is_workday(due):
        due += timedelta(days=1)
    return due


def add_workdays(start: date, days: int, is_workday: IsWorkday) -> date:
    """The date `days` working days after `start`."""
    current = start
    remaining = days
    while remaining > 0:
        current += timedelta(days=1)
        if is_workday(current):
            remaining -= 1
    return current


def count_workdays(start: date, end: date, is_workday: IsWorkday) -> int:
    """How many working days come after `start`, up to and with `end`; 0 when `end` is not later."""
    return sum(is_workday(start + timedelta(days=number)) for number in range(1, (end - start).days + 1))
