"""Reads of attachments: what may be attached, what is on an object, where the content lies."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Q, QuerySet

from gongmai.core.access.types import Actor
from gongmai.core.attachment.models import Attachment
from gongmai.core.attachment.ports import Owner
from gongmai.core.attachment.types import Allowance, FileKind, Place, Rules
from gongmai.core.ports import adapter

KEPT_NAMES = ("key", "name", "size", "digest", "topic")


def rules_on(day: date) -> Rules:
    """The kinds and limits in force on a day; those that come first for a day before all."""
    entries = _entries()
    return next((rules for start, rules in reversed(entries) if start <= day), entries[0][1])


def owner_of(kind: str) -> Owner:
    """Who answers for the objects of a kind; LookupError for a kind that takes none."""
    found: Owner = adapter(f"attachments.{kind}")
    return found


def list_attachments(actor: Actor, kind: str, object_id: int) -> tuple[Place, list[Attachment]]:
    """The object and the files on it that the actor sees. Raises NotAllowed, LookupError."""
    place = owner_of(kind).place(actor, object_id)
    rows = Attachment.objects.filter(kind=kind, object_id=object_id, removed_at=None, is_quarantined=False)
    return place, list(_visible(rows, place).order_by("pk"))


def get_attachment(actor: Actor, key: str) -> Attachment:
    """A file that the actor may take away, or one that a version still names. LookupError, NotAllowed."""
    row = Attachment.objects.filter(key=key, is_quarantined=False).first()
    if row is None or (row.removed_at is not None and row.sealed_in is None):
        raise LookupError(key)
    place = owner_of(row.kind).place(actor, row.object_id)
    if not _visible(Attachment.objects.filter(pk=row.pk), place).exists():
        raise LookupError(key)
    return row


def described(rows: QuerySet[Attachment]) -> list[dict[str, Any]]:
    """What a version says of the files on it: key, name, size, SM3, topic."""
    return [dict(zip(KEPT_NAMES, row, strict=True)) for row in rows.order_by("pk").values_list(*KEPT_NAMES)]


def count_by_topic(kind: str, object_id: int) -> Mapping[str, int]:
    """How many of the firm's files speak for each topic of an object. The caller has checked the reach."""
    found: dict[str, int] = {}
    rows = Attachment.objects.filter(
        kind=kind, object_id=object_id, removed_at=None, is_quarantined=False, is_office=False
    )
    for topic in rows.values_list("topic", flat=True):
        found[topic] = found.get(topic, 0) + 1
    return found


def folder() -> Path:
    """Where the contents lie."""
    return Path(settings.DATA_DIR) / "attachments"


def content_path(digest: str) -> Path:
    """Where the content of this SM3 lies."""
    return folder() / digest[:2] / digest[2:4] / digest


def _visible(rows: QuerySet[Attachment], place: Place) -> QuerySet[Attachment]:
    """An officer sees a firm's file once it was submitted; the firm sees what the bureau shares."""
    if place.is_office:
        return rows.filter(Q(is_office=True) | Q(sealed_in__isnull=False))
    return rows.filter(Q(is_office=False) | Q(is_shared=True))


@lru_cache(maxsize=1)
def _entries() -> list[tuple[date, Rules]]:
    text = files("gongmai.core.attachment").joinpath("data/kinds.yaml").read_text(encoding="utf-8")
    return sorted(
        (
            (
                entry["valid_from"],
                Rules(tuple(_kind(one) for one in entry["kinds"]), Allowance(**entry["limits"])),
            )
            for entry in yaml.safe_load(text)
        ),
        key=lambda pair: pair[0],
    )


def _kind(entry: Mapping[str, Any]) -> FileKind:
    return FileKind(
        code=entry["code"],
        suffixes=tuple(entry["suffixes"]),
        media=entry["media"],
        label=entry["label"],
        begins=tuple(bytes.fromhex(text) for text in entry.get("begins", ())),
        holds=tuple(entry.get("holds", ())),
        text=bool(entry.get("text", False)),
    )
