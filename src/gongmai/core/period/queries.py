"""Which days are worked: the official holidays and make-up days, weekends where none are announced yet."""

from datetime import date

import chinese_calendar

SATURDAY = 5


def is_workday(day: date) -> bool:
    """Whether `day` is a working day in China; beyond the announced calendars, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY
