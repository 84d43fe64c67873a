"""When returns are due: the form's day, moved to a working day, at the end of that day."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from gongmai.core.period.queries import is_workday
from gongmai.core.period.rules import compute_due_date
from gongmai.core.period.types import Period
from gongmai.monitor.filing.types import Form

_END_OF_DAY = time(23, 59, 59)


def due_at(form: Form, period: Period) -> datetime:
    """The deadline of a form for a period, in the city's time zone."""
    day = compute_due_date(period, form.due_day, is_workday)
    return datetime.combine(day, _END_OF_DAY, ZoneInfo(settings.TIME_ZONE))
