"""Proving the trail: lines, heads, anchors and their signatures, the log of readings."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Anchor, Entry, Head, Reading
from gongmai.core.audit.ports import Signer
from gongmai.core.audit.rules.anchors import (
    Marks,
    check_copies,
    check_readings,
    digest_of,
    digest_readings,
    read_anchors,
)
from gongmai.core.audit.rules.chain import check_anchors, check_chain, check_head, run_through
from gongmai.core.audit.types import GENESIS, Line, Report
from gongmai.core.ports import adapter

LINE_COLUMNS = ("number", "at", "actor_id", "actor", "action", "kind", "object_id", "payload", "hash")
READING_COLUMNS = ("pk", "at", "actor_id", "roles", "enterprise_id", "what", "object_id")
_CHUNK = 5000


def anchors_path() -> Path:
    """The file of the anchors, one JSON line each."""
    return Path(settings.DATA_DIR) / "trail" / "anchors.jsonl"


def verify(actor: Actor) -> Report:
    """Read the whole trail and prove it: hashes, numbers, heads, anchors outside the database, readings."""
    check_may(actor, "trail.verify")
    marks = anchor_marks()
    breaches = marks.breaches
    breaches += check_copies(
        marks.texts,
        {number: digest_of(line.encode()) for number, line in Anchor.objects.values_list("number", "line")},
    )
    heads = dict.fromkeys(marks.heads, (0, GENESIS)) | _heads()
    rows = Entry.objects.order_by("pk").values_list("stream", *LINE_COLUMNS)
    run = run_through(rows.iterator(chunk_size=_CHUNK), marks.heads)
    for stream in sorted({*heads, *run.last}):
        anchors, before = marks.heads.get(stream, {}), heads.get(stream, (0, GENESIS))
        last, anchored = run.last.get(stream, (0, GENESIS)), run.anchored.get(stream, {})
        if stream in run.suspects:
            before, walk = head_of(stream), _Walk(stream, anchors)
            breaches.extend(check_chain(stream, walk))
            last, anchored = walk.last, walk.anchored
            run.lines[stream] = walk.lines
        breaches.extend(check_head(stream, before, last, head_of(stream)))
        breaches.extend(check_anchors(stream, anchors, anchored))
    breaches += check_readings(marks.batches, _stored_batches())
    places = sum(len(each) for each in marks.heads.values())
    return Report(sum(run.lines.values()), places, tuple(breaches), marks.signed)


def anchor_marks() -> Marks:
    """The file of anchors, judged. The database's copy of the first signed anchor pins the first key."""
    signer: Signer = adapter("signer")
    first = Anchor.objects.filter(line__contains='"signature"').order_by("number").first()
    pinned = read_anchors([first.line.encode()], lambda *_: True).first_key if first else ""
    path = anchors_path()
    if not path.exists():
        return Marks()
    with path.open("rb") as handle:
        return read_anchors(handle, signer.verify, pinned)


def head_of(stream: int) -> tuple[int, str]:
    """The last number and hash of a stream."""
    head = Head.objects.filter(stream=stream).first()
    return (head.number, head.hash) if head and head.number else (0, GENESIS)


def _heads() -> dict[int, tuple[int, str]]:
    rows = Head.objects.values_list("stream", "number", "hash")
    return {stream: (number, mark) if number else (0, GENESIS) for stream, number, mark in rows}


def reading_rows(**condition: Any) -> Iterator[tuple[Any, ...]]:
    """Readings in the order in which their digest covers them; times as ISO text in UTC."""
    rows = Reading.objects.filter(**condition).order_by("pk").values_list(*READING_COLUMNS)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield tuple(as_text(value) for value in row)


def as_text(value: Any) -> Any:
    """A time as ISO text in UTC, anything else as it is."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _stored_batches() -> dict[int, tuple[int, str]]:
    numbers: Iterable[int] = (
        Reading.objects.exclude(anchor=None).values_list("anchor", flat=True).distinct()  # type: ignore[assignment]
    )
    return {number: digest_readings(reading_rows(anchor=number)) for number in sorted(numbers)}


class _Walk:
    """The lines of one stream in order, noting the last and the hashes at anchored numbers on the way."""

    def __init__(self, stream: int, anchors: dict[int, set[str]]) -> None:
        self._stream, self._anchors = stream, anchors
        self.lines = 0
        self.last = (0, GENESIS)
        self.anchored: dict[int, str] = {}

    def __iter__(self) -> Iterator[tuple[Line, str]]:
        rows = Entry.objects.filter(stream=self._stream).order_by("number").values_list(*LINE_COLUMNS)
        for *fields, stored in rows.iterator(chunk_size=_CHUNK):
            line = Line(self._stream, *fields)
            self.lines += 1
            self.last = (line.number, stored)
            if line.number in self._anchors:
                self.anchored[line.number] = stored
            yield line, stored
