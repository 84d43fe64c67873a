"""Writing the trail. `record` is called inside the transaction of the write that it describes."""

import os
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Entry, Head
from gongmai.core.audit.rules import choose_stream, compute_hash
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
        actor=actor.name,
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


def write_anchor() -> bool:
    """Append the heads of all streams to a file outside the database; False where nothing has changed.

    A chain can be rewritten as a whole, or cut at its end, by whoever owns the database; lines that were
    anchored elsewhere before cannot. The file is to be copied off this machine.
    """
    heads = {str(head.stream): [head.number, head.hash] for head in Head.objects.order_by("stream")}
    if not any(number for number, _ in heads.values()):
        return False
    path = anchors_path()
    if _last_heads(path) == heads:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as handle:
        handle.write(orjson.dumps({"at": clock.now().isoformat(), "heads": heads}) + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    return True


def anchors_path() -> Path:
    """The file of the anchors, one JSON line each."""
    return Path(settings.DATA_DIR) / "trail" / "anchors.jsonl"


def _last_heads(path: Path) -> Any:
    if not path.exists():
        return None
    last = path.read_bytes().rstrip().rpartition(b"\n")[2]
    try:
        return orjson.loads(last)["heads"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
