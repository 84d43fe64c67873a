"""The trail as a package for an inspector: whole lines, anchors, readings, a signed manifest, a readme."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import IO, Any

import orjson
from django.db import transaction
from django.db.models import Max, Min

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.audit.models import Anchor, Entry, Reading
from gongmai.core.audit.ports import Signer
from gongmai.core.audit.queries.proof import LINE_COLUMNS, READING_COLUMNS, anchors_path, as_text
from gongmai.core.audit.queries.search import start_of
from gongmai.core.audit.tasks.anchors import signing_key, write_anchor
from gongmai.core.audit.types import GENESIS, STREAMS
from gongmai.core.period import clock
from gongmai.core.ports import adapter

FORMAT = "gongmai-trail-1"
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Exported:
    """What went into a package."""

    lines: int
    readings: int
    anchors: int
    key: str


def write_export(
    actor: Actor, target: IO[bytes], first: date | None = None, last: date | None = None
) -> Exported:
    """Write a ZIP with the lines of whole days from `first` to `last` (both may be open) to an open file.

    The trail is anchored and signed first, so that nothing in the package is later than its last signature.
    Lines are read and written one by one: memory does not grow with the trail.
    """
    check_may(actor, "trail.export")
    with transaction.atomic():
        record(
            actor=actor, action="trail.export", kind="trail", object_id="export",
            payload={"from": first, "to": last},
        )  # fmt: skip
    write_anchor(sign=True)
    key, signer = signing_key(), _signer()
    with transaction.atomic():
        ranges = {stream: found for stream in range(STREAMS) if (found := _range(stream, first, last))}
        counts: dict[str, int] = {}
        digests: dict[str, str] = {}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
            parts: dict[str, Iterable[bytes]] = {
                "lines.jsonl": _lines(ranges),
                "anchors.jsonl": _anchors(),
                "readings.jsonl": _readings(first, last),
                "public_key.txt": [key["public"].encode() + b"\n"],
                "README.txt": [_readme()],
            }
            for name, rows in parts.items():
                counts[name], digests[name] = _put(package, name, rows)
            manifest = {
                "format": FORMAT,
                "made_at": clock.now().isoformat(),
                "from": str(first or ""),
                "to": str(last or ""),
                "start": {str(stream): list(found[0]) for stream, found in ranges.items()},
                "end": {str(stream): list(found[1]) for stream, found in ranges.items()},
                "lines": counts["lines.jsonl"],
                "files": digests,
                "key": key["public"],
            }
            text = orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
            package.writestr("manifest.json", text)
            package.writestr("manifest.sig", signer.sign(key["private"], key["public"], text))
    return Exported(counts["lines.jsonl"], counts["readings.jsonl"], counts["anchors.jsonl"], key["public"])


def _signer() -> Signer:
    found: Signer = adapter("signer")
    return found


def _put(package: zipfile.ZipFile, name: str, rows: Iterable[bytes]) -> tuple[int, str]:
    count, state = 0, hashlib.new("sm3")
    with package.open(name, "w", force_zip64=True) as handle:
        for row in rows:
            handle.write(row)
            state.update(row)
            count += 1
    return count, state.hexdigest()


def _range(
    stream: int, first: date | None, last: date | None
) -> tuple[tuple[int, str], tuple[int, str]] | None:
    """The place before the first line of the days and the place of the last one, each with its hash."""
    rows = Entry.objects.filter(stream=stream)
    chosen = rows
    if first:
        chosen = chosen.filter(at__gte=start_of(first))
    if last:
        chosen = chosen.filter(at__lt=start_of(last + timedelta(days=1)))
    ends = chosen.aggregate(low=Min("number"), high=Max("number"))
    if ends["low"] is None:
        return None
    before = rows.filter(number__lt=ends["low"]).order_by("-number").values_list("number", "hash").first()
    end = rows.filter(number=ends["high"]).values_list("number", "hash").get()
    return before or (0, GENESIS), end


def _lines(ranges: dict[int, tuple[tuple[int, str], tuple[int, str]]]) -> Iterator[bytes]:
    for stream, ((start, _), (end, _)) in ranges.items():
        rows = Entry.objects.filter(stream=stream, number__gt=start, number__lte=end).order_by("number")
        for row in rows.values_list(*LINE_COLUMNS).iterator(chunk_size=_CHUNK):
            yield orjson.dumps([stream, *row]) + b"\n"


def _anchors() -> Iterator[bytes]:
    with anchors_path().open("rb") as handle:
        yield from handle


def _readings(first: date | None, last: date | None) -> Iterator[bytes]:
    """Whole batches, as an anchor's digest covers them."""
    anchors = Anchor.objects.order_by("number")
    if first:
        anchors = anchors.filter(at__gte=start_of(first))
    if last:
        anchors = anchors.filter(at__lt=start_of(last + timedelta(days=1)))
    for number in anchors.values_list("number", flat=True):
        rows = Reading.objects.filter(anchor=number).order_by("pk").values_list(*READING_COLUMNS)
        for row in rows.iterator(chunk_size=_CHUNK):
            values: list[Any] = [as_text(value) for value in row]
            yield orjson.dumps([number, *values]) + b"\n"


def _readme() -> bytes:
    return files("gongmai.core.audit").joinpath("data/readme_export.txt").read_bytes()
