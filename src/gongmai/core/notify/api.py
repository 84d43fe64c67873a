"""JSON API of the inbox: list, mark as read."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from gongmai.core.notify.actions.reading import mark_all_read, mark_read
from gongmai.core.notify.models import Notice
from gongmai.core.notify.queries.inbox import body_of, notices, subject_of, unread_count

router = Router(tags=["inbox"])
MAX_ROWS = 200


class NoticeOut(Schema):
    """Something told to the caller."""

    id: int
    kind: str
    key: str
    subject: str
    body: str
    link: str
    created_at: datetime
    read_at: datetime | None


class InboxOut(Schema):
    """A page of notices, latest first; `before` of the next page is the last id."""

    unread: int
    notices: list[NoticeOut]


class ReadIn(Schema):
    """Which notices to mark as read: their ids, or all."""

    ids: list[int] = []
    all: bool = False


class ReadOut(Schema):
    """How many were unread until now."""

    marked: int


@router.get("", response=InboxOut, summary="Own notices")
def list_notices(
    request: HttpRequest,
    unread: bool = False,
    q: str = "",
    kind: str = "",
    before: Annotated[int, Query(ge=0, lt=2**63, description="only notices with a smaller id")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 50,
) -> InboxOut:
    """The caller's own notices."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = notices(actor, text=q[:60], kind=kind[:40], unread=unread)
    if before:
        rows = rows.filter(pk__lt=before)
    return InboxOut(unread=unread_count(actor), notices=[_out(row) for row in rows.order_by("-pk")[:limit]])


@router.post("/read", response=ReadOut, summary="Mark notices as read")
def read(request: HttpRequest, wanted: ReadIn) -> ReadOut:
    """Mark own notices as read; ids of others do nothing."""
    actor = request.actor  # type: ignore[attr-defined]
    return ReadOut(marked=mark_all_read(actor) if wanted.all else mark_read(actor, wanted.ids))


def _out(row: Notice) -> NoticeOut:
    return NoticeOut(
        id=row.pk,
        kind=row.kind,
        key=row.key,
        subject=subject_of(row),
        body=body_of(row),
        link=row.link,
        created_at=row.created_at,
        read_at=row.read_at,
    )
