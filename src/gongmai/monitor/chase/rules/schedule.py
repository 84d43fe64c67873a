"""When the steps of a plan fall, in working days from a deadline, and which of them are to be taken now.

Nothing falls on a day off. A step that was missed (the worker stood still) is taken late, but not later than
one working day, and not once the next step for the same people has come: nobody is told twice in a row.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from gongmai.core.period.rules import IsWorkday, add_workdays
from gongmai.monitor.chase.types import ChaseError, Moment, Step, To

MAX_OFFSET = 30
MAX_STEPS = 20
LATE_BY = 1  # working days


def shift_workdays(day: date, offset: int, is_workday: IsWorkday) -> date:
    """The working day `offset` working days after (or before) a day.

    Offset 0 of a day off is the next working day; from a day off the first working day counts as one step.
    """
    if offset > 0:
        return add_workdays(day, offset, is_workday)
    current = day
    if offset == 0:
        while not is_workday(current):
            current += timedelta(days=1)
        return current
    left = -offset
    while left > 0:
        current -= timedelta(days=1)
        if is_workday(current):
            left -= 1
    return current


def moments(steps: Sequence[Step], due_on: date, is_workday: IsWorkday, zone: tzinfo) -> list[Moment]:
    """The steps on the calendar, the earliest first."""
    found = [
        Moment(step, datetime.combine(shift_workdays(due_on, step.offset, is_workday), step.at, zone))
        for step in steps
    ]
    return sorted(found, key=lambda moment: (moment.at, moment.step))


def due_now(
    steps: Sequence[Step], due_on: date, now: datetime, is_workday: IsWorkday
) -> list[tuple[Moment, To]]:
    """What is to be taken at `now` (in the city's time zone): for each kind of recipient at most one step."""
    if now.tzinfo is None:
        raise ValueError("the time has no zone")
    passed = [moment for moment in moments(steps, due_on, is_workday, now.tzinfo) if moment.at <= now]
    found: list[tuple[Moment, To]] = []
    for to in To:
        latest = next((moment for moment in reversed(passed) if to in moment.step.to), None)
        if latest is None:
            continue
        last_day = add_workdays(latest.at.date(), LATE_BY, is_workday)
        if now <= datetime.combine(last_day, latest.at.time(), now.tzinfo):
            found.append((latest, to))
    return found


def check_steps(steps: Sequence[Step]) -> None:
    """Raise ChaseError `no_steps`, `too_many_steps`, `step_far`, `step_empty`, `step_twice`."""
    if not steps:
        raise ChaseError("no_steps")
    if len(steps) > MAX_STEPS:
        raise ChaseError("too_many_steps", limit=MAX_STEPS)
    places = set()
    for step in steps:
        if abs(step.offset) > MAX_OFFSET:
            raise ChaseError("step_far", limit=MAX_OFFSET)
        if not step.to:
            raise ChaseError("step_empty")
        for to in step.to:
            if (step.offset, to) in places:
                raise ChaseError("step_twice", offset=step.offset)
            places.add((step.offset, to))
