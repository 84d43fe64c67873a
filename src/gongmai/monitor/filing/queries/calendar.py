"""When returns are due: the form's day, moved to a working day, at the end of that day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from gongmai.core.period.queries import is_workday
from gongmai.core.period.rules import add_workdays, compute_due_date
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.openness import review_params
from gongmai.monitor.filing.types import Form

_END_OF_DAY = time(23, 59, 59)


def due_at(form: Form, period: Period) -> datetime:
    """The deadline of a form for a period, in the city's time zone."""
    day = compute_due_date(period, form.due_day, is_workday)
    return end_of(day)


def answer_day(today: date) -> date:
    """The day by which a return that comes back today is awaited, unless the officer names another one."""
    return add_workdays(today, int(review_params()["answer_days"].on(today)), is_workday)


def end_of(day: date) -> datetime:
    """The last second of a day in the city's time zone."""
    return datetime.combine(day, _END_OF_DAY, ZoneInfo(settings.TIME_ZONE))
