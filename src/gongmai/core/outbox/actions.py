"""Announcing events and delivering them.

`announce` writes the deliveries in the caller's transaction. `deliver_once` is what the worker loops on: it
takes all open deliveries of one handler under a lease, calls the handler, and marks them. A worker that dies
leaves its lease to run out, or to be taken at once by a worker of the same machine that sees it dead; the
deliveries are then taken again, so handlers are idempotent.

One handler runs in one worker at a time, in the order of the events: handlers need no locks of their own.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.models import Delivery
from gongmai.core.outbox.queries import is_dead, name_holder
from gongmai.core.outbox.tasks import Beat
from gongmai.core.outbox.types import Flow, Handler, Message

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 8
BATCH = 5000
# after so many failures in a row the fault is hardly in the messages: the rest waits for the next attempt
GIVE_UP_AFTER = 20
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A delivery under our lease; the attempt tells our lease from that of a worker that took over."""

    message: Message
    attempt: int


def announce(event: Any, *, actor_id: int | None = None) -> list[int]:
    """Write one delivery for each handler of the event, in the caller's transaction; give their numbers."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event is announced in the transaction of its write")
    now = timezone.now()
    payload, name = asdict(event), str(event.name)
    numbers = []
    for kind, handler in _flow():
        if kind is type(event):
            delivery = Delivery.objects.create(
                event=name,
                handler=_path(handler),
                payload=payload,
                actor_id=actor_id,
                available_at=now,
                created_at=now,
            )
            numbers.append(delivery.pk)
    return numbers


def deliver_once(should_stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver what waits for each handler of the flow once; give the number of deliveries handled.

    `should_stop` is asked between two handlers, so that a worker can end without waiting for all.
    """
    _free_the_dead()
    open_paths = set(Delivery.objects.filter(_open()).values_list("handler", flat=True).distinct())
    handled = 0
    for path in dict.fromkeys(_path(handler) for _, handler in _flow()):
        if path not in open_paths or should_stop():
            continue
        taken = _take(path)
        if taken:
            _deliver(path, taken)
            handled += len(taken)
    return handled


def retry(*, actor: Actor, delivery_id: int) -> bool:
    """Let a failed delivery be tried again from the start; False where it is not failed (any more)."""
    check_may(actor, "jobs.retry")
    failed = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.FAILED)
    with transaction.atomic():
        changed = failed.update(
            state=Delivery.State.WAITING, attempts=0, available_at=timezone.now(), finished_at=None, error=""
        )
        if changed:
            record(actor=actor, action="jobs.retry", kind="delivery", object_id=delivery_id)
    return bool(changed)


def _flow() -> Flow:
    flow: Flow = import_string(settings.GONGMAI_FLOW)
    return flow


def _path(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def _open() -> Q:
    now = timezone.now()
    waiting = Q(state=Delivery.State.WAITING, available_at__lte=now)
    abandoned = Q(state=Delivery.State.RUNNING, lease_until__lt=now)
    return waiting | abandoned


def _free_the_dead() -> None:
    """Let leases end whose holder is known to be dead, so that nobody waits for them to run out."""
    live = Delivery.objects.filter(state=Delivery.State.RUNNING, lease_until__gte=timezone.now())
    dead = [name for name in live.values_list("holder", flat=True).distinct() if is_dead(name)]
    if dead:
        live.filter(holder__in=dead).update(lease_until=timezone.now() - timedelta(seconds=1))


def _take(path: str) -> list[_Taken]:
    """Take the lease on what is open, unless the handler is at work under somebody's live lease."""
    with transaction.atomic():
        _lock_handler(path)
        mine = Delivery.objects.filter(handler=path)
        if mine.filter(state=Delivery.State.RUNNING, lease_until__gte=timezone.now()).exists():
            return []
        taken = [
            _Taken(Message(number, event, payload), attempts + 1)
            for number, event, payload, attempts in mine.filter(_open())
            .order_by("pk")
            .values_list("pk", "event", "payload", "attempts")[:BATCH]
        ]
        mine.filter(pk__in=[item.message.delivery_id for item in taken]).update(
            state=Delivery.State.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=timezone.now() + LEASE,
            holder=name_holder(),
        )
    return taken


def _lock_handler(path: str) -> None:
    """Keep two workers from taking for one handler at once. SQLite's write transaction does so already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [1, crc32(path.encode()) - 2**31])


def _deliver(path: str, taken: list[_Taken]) -> None:
    """Call the handler with all; where that fails, with each alone, so that one bad event stops no other."""
    error = _call(path, taken, taken)
    if error is None:
        return
    if len(taken) == 1 or isinstance(error, OperationalError | InterfaceError):
        _retry_or_fail(taken, error)
        return
    failures_in_a_row = 0
    for place, item in enumerate(taken):
        lone_error = _call(path, [item], taken[place:])
        if lone_error is None:
            failures_in_a_row = 0
            continue
        _retry_or_fail([item], lone_error)
        failures_in_a_row += 1
        if failures_in_a_row >= GIVE_UP_AFTER:
            _retry_or_fail(taken[place + 1 :], error)
            return


def _call(path: str, items: list[_Taken], leased: list[_Taken]) -> Exception | None:
    """Call the handler, keeping the lease of `leased` meanwhile; mark what succeeded, give the error else."""
    beat = Beat(lambda: _rows(leased), lambda: _rows(items), LEASE)
    try:
        with beat:
            import_string(path)([item.message for item in items], beat.progress)
    except Exception as error:
        log.exception("delivery to %s failed", path)
        return error
    _rows(items).update(
        state=Delivery.State.DONE, finished_at=timezone.now(), lease_until=None, error="", done=F("total")
    )
    return None


def _rows(items: Sequence[_Taken]) -> QuerySet[Delivery]:
    """The deliveries that are still ours: a worker that took over has raised the attempt."""
    ours = Q(pk__in=[])
    for attempt in {item.attempt for item in items}:
        numbers = [item.message.delivery_id for item in items if item.attempt == attempt]
        ours |= Q(pk__in=numbers, attempts=attempt)
    return Delivery.objects.filter(ours, state=Delivery.State.RUNNING)


def _retry_or_fail(items: Sequence[_Taken], error: Exception) -> None:
    """Put back with growing distance (2, 4, 8 ... 300 s), or end after the last attempt."""
    text = f"{type(error).__name__}: {error}"[:2000]
    now = timezone.now()
    with transaction.atomic():
        for attempt in {item.attempt for item in items}:
            rows = _rows([item for item in items if item.attempt == attempt])
            if attempt >= MAX_ATTEMPTS:
                rows.update(state=Delivery.State.FAILED, finished_at=now, lease_until=None, error=text)
            else:
                wait = timedelta(seconds=min(2**attempt, 300))
                rows.update(
                    state=Delivery.State.WAITING, available_at=now + wait, lease_until=None, error=text
                )
