"""What a firm has to do: due, overdue, sent back; and what it filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.queries import is_workday
from gongmai.core.period.rules import count_workdays
from gongmai.core.period.types import Period
from gongmai.core.review import queries as review
from gongmai.core.review.types import State
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.openness import box_reasons
from gongmai.monitor.filing.types import KIND, Form


class Status(StrEnum):
    """Where a task stands, as its firm sees it."""

    RETURNED = "returned"
    OVERDUE = "overdue"
    DUE = "due"
    SUBMITTED = "submitted"


WAITING = frozenset({Status.RETURNED, Status.OVERDUE, Status.DUE})


@dataclass(frozen=True, slots=True)
class Left:
    """The time that is left: whole working days after today, or what is left of the last day."""

    workdays: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Task:
    """A return that the firm has to file, or has filed lately.

    `until`: the deadline that counts now, of the form or of the answer to what was sent back; `left` None
    when it has passed or nothing is asked; `boxes`: box -> why it was sent back, where single ones were.
    """

    filing: Return
    form: Form
    period: Period
    state: State
    status: Status
    until: datetime | None
    left: Left | None
    reason: str = ""
    boxes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        """Whether something is asked and its deadline has passed."""
        return self.status in WAITING and self.until is not None and self.left is None


def my_tasks(actor: Actor, limit: int = 120) -> list[Task]:
    """What the firm has to file, the most urgent first, then what it filed, the latest first."""
    check_may(actor, "return.file")
    rows = list(
        Return.objects.select_related("enterprise")
        .filter(scope_filter(actor, "return.file", "enterprise__"))
        .order_by("-period", "form")[:limit]
    )
    reasons = _reasons([row.pk for row in rows if row.state == State.RETURNED])
    now = clock.now()
    return sorted((_task(row, reasons, now) for row in rows), key=_urgency)


def _urgency(task: Task) -> tuple[bool, float]:
    """What waits for the firm by its deadline, what was filed the latest first."""
    if task.status in WAITING:
        return False, task.until.timestamp() if task.until else float("inf")
    return True, -task.period.key


def _task(row: Return, reasons: Mapping[int, str], now: datetime) -> Task:
    state = State(row.state)
    until = row.answer_by if state is State.RETURNED and row.answer_by else row.due_at
    passed = until is not None and until < now
    if state is State.RETURNED:
        status = Status.RETURNED
    elif state is State.DRAFT:
        status = Status.OVERDUE if passed else Status.DUE
    else:
        status = Status.SUBMITTED
    left = time_left(now, until) if until and not passed and status in WAITING else None
    return Task(
        filing=row,
        form=forms()[row.form],
        period=Period.from_key(row.period),
        state=state,
        status=status,
        until=until if status in WAITING else None,
        left=left,
        reason=reasons.get(row.pk, ""),
        boxes=box_reasons(row),
    )


def time_left(now: datetime, until: datetime) -> Left:
    """The time from now to a deadline, in the city's calendar."""
    today, last = timezone.localtime(now).date(), timezone.localtime(until).date()
    return Left(count_workdays(today, last, is_workday), int((until - now) / timedelta(seconds=1)))


def _reasons(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for pk in ids:
        steps = review.steps_of(KIND, pk)
        found[pk] = next((step.reason for step in reversed(steps) if step.reason), "")
    return found
