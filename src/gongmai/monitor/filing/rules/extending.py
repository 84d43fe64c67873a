"""When a deadline may be moved, and how far.

Only returns that were never filed are extended: moving the deadline of a late one would make it timely after
the fact. The limit counts from the deadline of the form's own day, so that extensions do not add up.
"""

from dataclasses import dataclass
from datetime import date, datetime

from gongmai.core.period.rules import IsWorkday, add_workdays

MIN_REASON = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the decision needs to know of a return."""

    due_at: datetime | None
    first_due: date
    versions: int


def latest_day(first_due: date, days: int, is_workday: IsWorkday) -> date:
    """The last day to which a deadline may be moved: `days` working days after the form's own."""
    return add_workdays(first_due, days, is_workday)


def why_not_extend(one: Candidate, new_due: datetime, last: date, now: datetime) -> str | None:
    """The code of what stands against moving a return's deadline, or None."""
    if one.versions:
        return "extension_filed"
    if one.due_at is None or new_due <= one.due_at:
        return "extension_not_later"
    if new_due <= now:
        return "extension_past"
    if new_due.date() > last:
        return "extension_beyond"
    return None


def why_not_undo(versions: int, first_submitted: datetime | None, old_due: datetime) -> str | None:
    """The code of what stands against taking an extension back: it must not make a filed return late."""
    if versions and (first_submitted is None or first_submitted > old_due):
        return "extension_used"
    return None
