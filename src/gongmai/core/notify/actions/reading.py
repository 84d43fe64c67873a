"""Reading the inbox. Marking a notice as read is no write that anybody answers for: no line of the trail."""

from gongmai.core.access.types import Actor
from gongmai.core.notify.models import Notice
from gongmai.core.notify.queries.inbox import notices
from gongmai.core.period import clock

MAX_ID = 2**63


def open_notice(actor: Actor, pk: int) -> Notice:
    """One own notice, read from now on. Raises NotAllowed, Notice.DoesNotExist (also for another's)."""
    notice = notices(actor).get(pk=pk)
    mark_read(actor, [pk])
    return notice


def mark_read(actor: Actor, numbers: list[int]) -> int:
    """Mark own notices as read; give how many were unread. Another's numbers do nothing."""
    return (
        notices(actor, unread=True)
        .filter(pk__in=[number for number in numbers[:500] if 0 < number < MAX_ID])
        .update(read_at=clock.now())
    )


def mark_all_read(actor: Actor) -> int:
    """Mark all own notices as read; give how many were unread."""
    return notices(actor, unread=True).update(read_at=clock.now())
