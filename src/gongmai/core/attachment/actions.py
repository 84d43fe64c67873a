"""Attaching, removing and sealing files.

The content is hashed while it arrives, written to a temporary file, flushed to disk and renamed to its digest
before the row that names it is committed: a row never names a content that is not there.
"""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Sum

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.attachment.models import Attachment
from gongmai.core.attachment.ports import Scanner
from gongmai.core.attachment.queries import (
    content_path,
    described,
    folder,
    get_attachment,
    owner_of,
    rules_on,
)
from gongmai.core.attachment.rules.recognise import clean_name, holds_test_virus, recognise
from gongmai.core.attachment.types import Allowance, AttachmentRefused, Place
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.ports import adapter

_MEGABYTE = 1024 * 1024
_CHUNK = 64 * 1024


def attach(
    actor: Actor,
    kind: str,
    object_id: int,
    *,
    name: str,
    chunks: Iterable[bytes],
    topic: str = "",
    note: str = "",
    is_shared: bool = True,
) -> Attachment:
    """Keep a file on an object and give its row. The content is read chunk by chunk.

    Raises NotAllowed, LookupError, and AttachmentRefused with the code of what is wrong with the file.
    """
    check_may(actor, "attachment.add")
    place = owner_of(kind).place(actor, object_id)
    if place.closed:
        raise AttachmentRefused(place.closed)
    if topic and topic not in place.topics:
        raise AttachmentRefused("topic")
    rules, safe = rules_on(clock.today()), clean_name(name)
    received = _receive(chunks, rules.allowance.file_bytes)
    path, size, digest = received
    try:
        with path.open("rb") as content:
            found = recognise(safe, content, size, rules.kinds, rules.allowance)
        is_harmful = _is_harmful(path)
        values: dict[str, Any] = {
            "kind": kind,
            "object_id": object_id,
            "enterprise_id": place.enterprise_id,
            "is_office": place.is_office,
            "is_shared": is_shared,
            "topic": topic,
            "note": note.strip()[:200],
            "name": safe,
            "type": found.code,
            "size": size,
            "digest": digest,
            "is_quarantined": is_harmful,
        }
        row = _keep(actor, path, values, rules.allowance)
    finally:
        path.unlink(missing_ok=True)
    if is_harmful:
        raise AttachmentRefused("virus")
    return row


def remove(actor: Actor, key: str) -> Attachment:
    """Take a file off its object. What a submitted version names stays readable with that version."""
    check_may(actor, "attachment.add")
    seen = get_attachment(actor, key)
    with transaction.atomic():
        place = owner_of(seen.kind).place(actor, seen.object_id, lock=True)
        row = Attachment.objects.select_for_update().get(pk=seen.pk)
        if row.is_office != place.is_office:
            raise AttachmentRefused("not_yours")
        if place.closed:
            raise AttachmentRefused(place.closed)
        if row.removed_at is None:
            row.removed_at, row.removed_by = clock.now(), actor.user_id
            row.save(update_fields=["removed_at", "removed_by"])
            _record(actor, "attachment.remove", row)
    return row


def note_download(actor: Actor, row: Attachment) -> None:
    """One line: who took which file away."""
    with transaction.atomic():
        _record(actor, "attachment.download", row)


def seal(kind: str, object_id: int, version: int) -> list[dict[str, Any]]:
    """Name the firm's files that are on an object in a submitted version; give what the version says of them.

    Called inside the transaction that writes the version and holds the object's lock.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("files are sealed in the transaction of the version")
    rows = Attachment.objects.filter(
        kind=kind, object_id=object_id, removed_at=None, is_office=False, is_quarantined=False
    )
    rows.filter(sealed_in=None).update(sealed_in=version)
    return described(rows)


def _receive(chunks: Iterable[bytes], limit: int) -> tuple[Path, int, str]:
    """The arriving bytes as a flushed temporary file with its size and SM3; refused beyond the limit."""
    incoming = folder() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=incoming)
    path, size, state = Path(name), 0, hashlib.new("sm3")
    try:
        with os.fdopen(handle, "wb") as target:
            for chunk in _counted(chunks, limit):
                size += len(chunk)
                state.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, size, state.hexdigest()


def _counted(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise AttachmentRefused("too_large", megabytes=limit // _MEGABYTE)
        yield chunk


def _is_harmful(path: Path) -> bool:
    with path.open("rb") as content:
        if holds_test_virus(_parts(content)):
            return True
    scanner: Scanner = adapter("virus_scanner")
    return scanner.is_harmful(path)


def _parts(content: Any) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk


def _keep(actor: Actor, path: Path, values: dict[str, Any], limits: Allowance) -> Attachment:
    """Put the content in its place, then commit the row; quota and state are checked under lock."""
    with transaction.atomic():
        place = owner_of(values["kind"]).place(actor, values["object_id"], lock=True)
        if place.closed:
            raise AttachmentRefused(place.closed)
        # uploads of one firm take turns, so that two at once cannot pass the quota together
        apps.get_model("registry", "Enterprise").objects.select_for_update().get(pk=place.enterprise_id)
        same = None if values["is_quarantined"] else _same(values)
        if same is not None:
            return same
        _check_room(values, place, limits)
        _settle(
            path, quarantine_path(values["digest"]) if values["is_quarantined"] else None, values["digest"]
        )
        row = Attachment.objects.create(
            key=secrets.token_urlsafe(24), uploaded_by=actor.user_id, uploaded_at=clock.now(), **values
        )
        _record(actor, "attachment.quarantine" if row.is_quarantined else "attachment.add", row)
    return row


def _same(values: dict[str, Any]) -> Attachment | None:
    """The same content for the same thing, attached before: a double click."""
    names = ("kind", "object_id", "is_office", "is_shared", "topic", "name", "digest")
    return Attachment.objects.filter(
        removed_at=None, is_quarantined=False, **{name: values[name] for name in names}
    ).first()


def _check_room(values: dict[str, Any], place: Place, limits: Allowance) -> None:
    """The firm's files and the bureau's papers about it have an allowance each."""
    kept = Attachment.objects.filter(
        enterprise_id=place.enterprise_id, is_office=place.is_office, removed_at=None, is_quarantined=False
    )
    here = kept.filter(kind=values["kind"], object_id=values["object_id"])
    if here.count() >= limits.object_files:
        raise AttachmentRefused("too_many", files=limits.object_files)
    if (here.aggregate(all=Sum("size"))["all"] or 0) + values["size"] > limits.object_bytes:
        raise AttachmentRefused("object_full", megabytes=limits.object_bytes // _MEGABYTE)
    if (kept.aggregate(all=Sum("size"))["all"] or 0) + values["size"] > limits.owner_bytes:
        raise AttachmentRefused("owner_full", megabytes=limits.owner_bytes // _MEGABYTE)


def _settle(path: Path, elsewhere: Path | None, digest: str) -> None:
    """Give a flushed file its final name, durably; a content that is there already is kept and touched."""
    target = elsewhere or content_path(digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.utime(target)  # the sweeper leaves young contents alone: its row is about to be written
        return
    path.replace(target)
    target.chmod(0o400 if elsewhere else 0o600)
    for place in (target.parent, target.parent.parent, target.parent.parent.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def quarantine_path(digest: str) -> Path:
    """Where a harmful content lies, out of reach of every page."""
    return folder() / "quarantine" / digest[:2] / digest


def _record(actor: Actor, action: str, row: Attachment) -> None:
    record(
        actor=actor,
        action=action,
        kind=row.kind,
        object_id=row.object_id,
        payload={
            "attachment": row.pk,
            "digest": row.digest,
            "type": row.type,
            "size": row.size,
            "topic": row.topic,
        },
    )
