"""Announcing events and delivering them.

`announce` writes the deliveries in the caller's transaction. `deliver_once` is what the worker loops on:
it takes all open deliveries of one handler under a lease, calls the handler, and marks them. A worker
that dies leaves its lease to run out; the deliveries are then taken again, so handlers are idempotent.
"""

import logging
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from gongmai.core.outbox.models import Delivery
from gongmai.core.outbox.types import Event, Flow, Handler, Message

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
BATCH = 5000
log = logging.getLogger(__name__)


def announce(event: Event, *, actor_id: int | None = None) -> list[int]:
    """Write one delivery for each handler of the event, in the caller's transaction; give their numbers."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event is announced in the transaction of its write")
    now = timezone.now()
    payload = asdict(event)  # type: ignore[call-overload]
    numbers = []
    for kind, handler in _flow():
        if kind is type(event):
            delivery = Delivery.objects.create(
                event=event.name,
                handler=_path(handler),
                payload=payload,
                actor_id=actor_id,
                available_at=now,
                created_at=now,
            )
            numbers.append(delivery.pk)
    return numbers


def deliver_once() -> int:
    """Deliver what waits for each handler of the flow once; give the number of deliveries ended."""
    ended = 0
    for path in dict.fromkeys(_path(handler) for _, handler in _flow()):
        messages = _take(path)
        if messages:
            _call(path, messages)
            ended += len(messages)
    return ended


def _flow() -> Flow:
    flow: Flow = import_string(settings.GONGMAI_FLOW)
    return flow


def _path(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def _open(path: str) -> Q:
    now = timezone.now()
    waiting = Q(state=Delivery.State.WAITING, available_at__lte=now)
    abandoned = Q(state=Delivery.State.RUNNING, lease_until__lt=now)
    return Q(handler=path) & (waiting | abandoned)


def _take(path: str) -> list[Message]:
    """Take the lease on what is open. Nothing is locked while nothing waits."""
    if not Delivery.objects.filter(_open(path)).exists():
        return []
    with transaction.atomic():
        rows = Delivery.objects.filter(_open(path)).order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        taken = list(rows[:BATCH])
        for row in taken:
            row.state, row.attempts = Delivery.State.RUNNING, row.attempts + 1
            row.lease_until = timezone.now() + LEASE
        Delivery.objects.bulk_update(taken, ["state", "attempts", "lease_until"], batch_size=500)
    return [Message(row.pk, row.event, row.payload) for row in taken]


def _call(path: str, messages: list[Message]) -> None:
    numbers = [message.delivery_id for message in messages]
    rows = Delivery.objects.filter(pk__in=numbers)

    def progress(done: int, total: int, text: str) -> None:
        """Show how far it is, and keep the lease."""
        until = timezone.now() + LEASE
        rows.update(done=done, total=total, progress_text=text[:200], lease_until=until)

    try:
        import_string(path)(messages, progress)
    except Exception as error:
        log.exception("delivery to %s failed", path)
        _retry_or_fail(numbers, error)
    else:
        rows.update(state=Delivery.State.DONE, finished_at=timezone.now(), lease_until=None, error="")


def _retry_or_fail(numbers: list[int], error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    with transaction.atomic():
        for row in Delivery.objects.filter(pk__in=numbers):
            row.error, row.lease_until = text, None
            if row.attempts >= MAX_ATTEMPTS:
                row.state, row.finished_at = Delivery.State.FAILED, timezone.now()
            else:
                row.state = Delivery.State.WAITING
                row.available_at = timezone.now() + timedelta(seconds=min(2**row.attempts, 300))
            row.save(update_fields=["state", "error", "lease_until", "available_at", "finished_at"])
