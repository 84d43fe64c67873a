"""Anchoring the trail outside the database: every hour, and signed once a day. Called by the worker.

A chain can be rewritten as a whole, or cut at its end, by whoever owns the database; lines that were anchored
elsewhere before cannot. The file is to be copied off this machine, with the public key.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.audit.models import Anchor, Head, Reading
from gongmai.core.audit.ports import Signer
from gongmai.core.audit.queries.proof import anchors_path, reading_rows
from gongmai.core.audit.rules.anchors import (
    digest_of,
    digest_readings,
    fingerprint_of,
    signed_text,
    write_line,
)
from gongmai.core.period import clock
from gongmai.core.ports import adapter


def write_anchor(*, sign: bool = False, next_key: str = "") -> bool:
    """Append the heads of all streams and the readings since the last anchor; False where nothing is new.

    The first anchor of a day is signed, and any with `sign`; `next_key` names the key that follows.
    """
    with _turn():
        last = _last_anchor()
        heads = {str(head.stream): [head.number, head.hash] for head in Head.objects.order_by("stream")}
        has_lines = any(number for number, _ in heads.values())
        has_readings = Reading.objects.filter(anchor=None).exists()
        if not (has_lines or has_readings):
            return False
        if not sign and last.get("heads") == heads and not has_readings:
            return False
        with transaction.atomic():
            line = _make(last, heads, sign=sign or _is_new_day(), next_key=next_key)
        _append(line)
    return True


def rotate_key(actor: Actor) -> str:
    """Name a new key in an anchor under the old one and give its fingerprint; the old private key goes."""
    check_may(actor, "trail.keys")
    if not key_path().exists():
        return fingerprint_of(signing_key()["public"])
    private, public = _signer().make_keys()
    with transaction.atomic():
        record(
            actor=actor, action="trail.rotate_key", kind="trail", object_id=fingerprint_of(public),
            payload={"before": fingerprint_of(signing_key()["public"])},
        )  # fmt: skip
    write_anchor(sign=True, next_key=public)
    _write_key({"private": private, "public": public})
    return fingerprint_of(public)


def signing_key() -> dict[str, str]:
    """The key pair in force, made at the first call; readable by the owner of the installation only."""
    path = key_path()
    if not path.exists():
        private, public = _signer().make_keys()
        _write_key({"private": private, "public": public})
    found: dict[str, str] = orjson.loads(path.read_bytes())
    return found


def key_path() -> Path:
    """Where the private key is."""
    return Path(settings.DATA_DIR) / "trail" / "signing_key.json"


def _signer() -> Signer:
    found: Signer = adapter("signer")
    return found


def _write_key(key: dict[str, str]) -> None:
    path = key_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(key))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _make(last: dict[str, Any], heads: dict[str, Any], *, sign: bool, next_key: str) -> bytes:
    number = int(last.get("number", 0)) + 1
    Reading.objects.filter(anchor=None).update(anchor=number)
    count, mark = digest_readings(reading_rows(anchor=number))
    anchor: dict[str, Any] = {
        "number": number,
        "at": clock.now().isoformat(),
        "count": sum(int(place) for place, _ in heads.values()),
        "heads": heads,
        "previous": last["digest"],
    }
    if count:
        anchor["readings"] = [count, mark]
    if next_key:
        anchor["next_key"] = next_key
    if sign:
        key = signing_key()
        anchor["key"] = key["public"]
        anchor["signature"] = _signer().sign(key["private"], key["public"], signed_text(anchor))
    line = write_line(anchor)
    # a database set back to an older state may know other lines under these numbers: the file is the elder
    Anchor.objects.filter(number__gte=number).delete()
    Anchor.objects.create(number=number, at=clock.now(), line=line.decode())
    return line


def _last_anchor() -> dict[str, Any]:
    """The last anchor with the digest of its line; first writes what a killed writer left out of the file."""
    path = anchors_path()
    text = path.read_bytes() if path.exists() else b""
    lines = text.splitlines()
    last = _parse(lines[-1]) if lines else {}
    number = int(last.get("number", 0))
    for missing in Anchor.objects.filter(number__gt=number).order_by("number"):
        found = _parse(missing.line.encode())
        if found.get("previous") != _digest(lines, last):
            break  # not what follows the file
        _append(missing.line.encode())
        lines.append(missing.line.encode())
        last = found
    return last | {"digest": _digest(lines, last)}


def _digest(lines: list[bytes], last: dict[str, Any]) -> str:
    """The digest that the next anchor names: of the last line, or of all from before they had numbers."""
    if "number" in last:
        return digest_of(lines[-1])
    return digest_of(b"".join(line + b"\n" for line in lines))


def _parse(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_new_day() -> bool:
    """Whether no anchor of today is signed yet."""
    for line in Anchor.objects.order_by("-number").values_list("line", flat=True)[:100]:
        anchor = _parse(line.encode())
        if "signature" in anchor:
            day = timezone.localtime(datetime.fromisoformat(anchor["at"])).date()
            return day != clock.today()
    return True


def _append(line: bytes) -> None:
    path = anchors_path()
    with path.open("ab") as handle:
        handle.write(line + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


@contextmanager
def _turn() -> Iterator[None]:
    """One writer at a time, whichever process it is in."""
    path = anchors_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / "anchors.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
