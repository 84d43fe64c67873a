"""Reading and proving the trail."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from django.db.models import QuerySet
from django.utils import timezone

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import anchors_path
from gongmai.core.audit.models import Entry, Head
from gongmai.core.audit.rules import check_anchors, check_chain, check_head
from gongmai.core.audit.types import GENESIS, Breach, Line, Report

_COLUMNS = ("number", "at", "actor_id", "actor", "action", "kind", "object_id", "payload", "hash")
_CHUNK = 5000


def verify(actor: Actor) -> Report:
    """Read the whole trail and prove it: hashes, numbers, heads, and the anchors outside the database."""
    check_may(actor, "trail.verify")
    anchors, breaches = _read_anchors()
    streams = set(Head.objects.values_list("stream", flat=True)) | set(anchors)
    streams |= set(Entry.objects.values_list("stream", flat=True).distinct())
    lines = 0
    for stream in sorted(streams):
        before = _head(stream)
        walk = _Walk(stream, anchors.get(stream, {}))
        breaches.extend(check_chain(stream, walk))
        breaches.extend(check_head(stream, before, walk.last, _head(stream)))
        breaches.extend(check_anchors(stream, anchors.get(stream, {}), walk.anchored))
        lines += walk.lines
    return Report(lines, sum(len(marks) for marks in anchors.values()), tuple(breaches))


def entries(
    actor: Actor,
    *,
    person: str = "",
    action: str = "",
    kind: str = "",
    object_id: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[Entry]:
    """The lines that match, latest first; `first` and `last` are whole days of the city's time zone."""
    check_may(actor, "trail.view")
    rows = Entry.objects.order_by("-at", "-pk")
    if person:
        rows = rows.filter(actor__icontains=person)
    if action:
        rows = rows.filter(action__startswith=action)
    if kind:
        rows = rows.filter(kind=kind)
    if object_id:
        rows = rows.filter(object_id=object_id)
    if first:
        rows = rows.filter(at__gte=_start_of(first))
    if last:
        rows = rows.filter(at__lt=_start_of(last + timedelta(days=1)))
    return rows


def actions_and_kinds(actor: Actor) -> tuple[list[str], list[str]]:
    """The codes that occur, for the search form."""
    check_may(actor, "trail.view")
    return (
        list(Entry.objects.values_list("action", flat=True).distinct().order_by("action")),
        list(Entry.objects.values_list("kind", flat=True).distinct().order_by("kind")),
    )


def _start_of(day: date) -> str:
    """The first moment of a day of the city, as the trail writes times: ISO text in UTC, which sorts."""
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC).isoformat()


def _head(stream: int) -> tuple[int, str]:
    head = Head.objects.filter(stream=stream).first()
    return (head.number, head.hash) if head and head.number else (0, GENESIS)


class _Walk:
    """The lines of one stream in order, noting the last and the hashes at anchored numbers on the way."""

    def __init__(self, stream: int, anchors: dict[int, set[str]]) -> None:
        self._stream, self._anchors = stream, anchors
        self.lines = 0
        self.last = (0, GENESIS)
        self.anchored: dict[int, str] = {}

    def __iter__(self) -> Iterator[tuple[Line, str]]:
        rows = Entry.objects.filter(stream=self._stream).order_by("number").values_list(*_COLUMNS)
        for *fields, stored in rows.iterator(chunk_size=_CHUNK):
            line = Line(self._stream, *fields)
            self.lines += 1
            self.last = (line.number, stored)
            if line.number in self._anchors:
                self.anchored[line.number] = stored
            yield line, stored


def _read_anchors() -> tuple[dict[int, dict[int, set[str]]], list[Breach]]:
    """Stream -> number -> the hashes that were anchored there; and a breach for each unreadable line."""
    anchors: dict[int, dict[int, set[str]]] = {}
    breaches: list[Breach] = []
    path = anchors_path()
    if not path.exists():
        return anchors, breaches
    with path.open("rb") as handle:
        for place, text in enumerate(handle, start=1):
            try:
                heads: dict[str, Any] = orjson.loads(text)["heads"]
                for stream, (number, digest) in heads.items():
                    if number:
                        anchors.setdefault(int(stream), {}).setdefault(number, set()).add(digest)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                breaches.append(Breach(-1, place, "anchor_unreadable"))
    return anchors, breaches
