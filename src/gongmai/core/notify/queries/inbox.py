"""A person's own notices; nobody reads another's."""

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from gongmai.core.access.queries import check_may, may, own_id
from gongmai.core.access.types import Actor
from gongmai.core.notify.models import Notice

RIGHT = "inbox.own"


def notices(actor: Actor, *, text: str = "", kind: str = "", unread: bool = False) -> QuerySet[Notice]:
    """The actor's notices, latest first; `text` searches the words, `kind` and `unread` narrow."""
    check_may(actor, RIGHT)
    rows = Notice.objects.filter(person_id=own_id(actor)).order_by("-created_at", "-pk")
    if unread:
        rows = rows.filter(read_at=None)
    if kind:
        rows = rows.filter(kind=kind)
    if text.strip():
        words = text.strip()
        rows = rows.filter(
            Q(subject_zh__icontains=words)
            | Q(body_zh__icontains=words)
            | Q(subject_en__icontains=words)
            | Q(body_en__icontains=words)
        )
    return rows


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not read; 0 for who has no inbox."""
    if actor.user_id is None or not may(actor, RIGHT):
        return 0
    return Notice.objects.filter(person_id=actor.user_id, read_at=None).count()


def subject_of(notice: Notice) -> str:
    """The subject in the reader's language."""
    return notice.subject_en if _is_english() else notice.subject_zh


def body_of(notice: Notice) -> str:
    """The body in the reader's language."""
    return notice.body_en if _is_english() else notice.body_zh


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
