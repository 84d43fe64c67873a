"""Writing the trail. `record` is called inside the transaction of the write that it describes."""

from collections.abc import Iterable
from typing import Any

import orjson
from django.db import connection, transaction

from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Entry, Head, Reading
from gongmai.core.audit.rules.chain import choose_stream, compute_hash
from gongmai.core.audit.types import GENESIS, STREAMS, Line
from gongmai.core.period import clock


def record(
    *, actor: Actor, action: str, kind: str, object_id: object, payload: dict[str, Any] | None = None
) -> None:
    """Append one line. Raises RuntimeError outside a transaction: a line without its write is a lie."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit line is written in the transaction of its write")
    stream = choose_stream(kind, str(object_id))
    head = Head.objects.select_for_update().filter(stream=stream).first()
    if head is None:
        head = _create_heads(stream)
    line = Line(
        stream=stream,
        number=head.number + 1,
        at=clock.now().isoformat(),
        actor_id=actor.user_id,
        # a person is named by number only: the name is looked up for whoever reads, and can be forgotten
        actor="" if actor.user_id else actor.name,
        action=action,
        kind=kind,
        object_id=str(object_id),
        payload=orjson.dumps(payload or {}, option=orjson.OPT_SORT_KEYS, default=str).decode(),
    )
    head.number, head.hash = line.number, compute_hash(head.hash, line)
    head.save(update_fields=["number", "hash"])
    Entry.objects.create(
        stream=line.stream,
        number=line.number,
        at=line.at,
        actor_id=actor.user_id,
        actor=line.actor,
        action=line.action,
        kind=line.kind,
        object_id=line.object_id,
        payload=line.payload,
        hash=head.hash,
    )


def _create_heads(stream: int) -> Head:
    """Create the sixteen heads once; two first writers may meet, so conflicts are ignored."""
    with transaction.atomic():
        Head.objects.bulk_create(
            [Head(stream=number, number=0, hash=GENESIS) for number in range(STREAMS)],
            ignore_conflicts=True,
        )
    return Head.objects.select_for_update().get(stream=stream)


def note_read(actor: Actor, enterprise_id: int, what: str, object_id: object = "") -> None:
    """Note that the actor looked at one firm's data; nothing is noted of the firm's own people."""
    note_reads(actor, [enterprise_id], what, object_id)


def note_reads(actor: Actor, enterprise_ids: Iterable[int], what: str, object_id: object = "") -> int:
    """The same for several firms, once a minute. Give how many of them are not the actor's own."""
    now = clock.now()
    rows = [
        Reading(
            at=now,
            minute=int(now.timestamp()) // 60,
            actor_id=actor.user_id or 0,
            roles=",".join(sorted(actor.roles))[:80],
            enterprise_id=number,
            what=what[:80],
            object_id=str(object_id)[:60],
        )
        for number in sorted(set(enterprise_ids))
        if number != actor.enterprise_id
    ]
    if rows:
        Reading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
