"""Writing beside the figures: remarks, marks, and what was looked at last."""

from django.db import transaction
from django.db.models import Max

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.monitor.filing.actions.drafts import lock_return
from gongmai.monitor.filing.events import Commented
from gongmai.monitor.filing.models import Flag, Look, Remark, Return, Thread
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.lattice import shown_version
from gongmai.monitor.filing.queries.remarks import is_firm
from gongmai.monitor.filing.queries.working import content_of, latest_version
from gongmai.monitor.filing.rules.openness import unknown_boxes
from gongmai.monitor.filing.types import KIND, Content, FilingError

MAX_TEXT = 2000
MAX_FLAGS = 500


def remark(actor: Actor, return_id: int, text: str, *, box: str = "", internal: bool = False) -> Remark:
    """Write about a box of a return, or about all of it. A resolved thread is open again with it.

    `internal`: officers only; a firm cannot write such. Raises NotAllowed, FilingError `text_missing`,
    `unknown_cell`, `no_such_return`.
    """
    said = text.strip()[:MAX_TEXT]
    if not said:
        raise FilingError("text_missing")
    with transaction.atomic():
        filing = _reach(actor, return_id, box)
        by_firm = is_firm(actor)
        thread, _made = Thread.objects.get_or_create(
            filing=filing, box=box, internal=internal and not by_firm
        )
        if thread.resolved_at is not None:
            thread.resolved_at, thread.resolved_by = None, ""
            thread.save(update_fields=["resolved_at", "resolved_by"])
        written = Remark.objects.create(
            thread=thread,
            text=said,
            version=filing.versions_count,
            author_id=actor.user_id,
            author=actor.name,
            by_firm=by_firm,
            at=clock.now(),
        )
        record(
            actor=actor,
            action="return.remark",
            kind=KIND,
            object_id=filing.pk,
            payload={"box": box, "internal": thread.internal, "remark": written.pk, "text": said},
        )
        announce(
            Commented(
                filing.pk, filing.enterprise_id, filing.form, filing.period, box, said, actor.name,
                by_firm=by_firm, internal=thread.internal,
            ),
            actor_id=actor.user_id,
        )  # fmt: skip
    return written


def resolve(actor: Actor, return_id: int, thread_id: int, *, done: bool = True) -> Thread:
    """Say that a thread is settled, or that it is not. Raises NotAllowed, FilingError `no_such_thread`."""
    with transaction.atomic():
        _reach(actor, return_id)
        thread = Thread.objects.select_for_update().filter(pk=thread_id, filing=return_id).first()
        if thread is None or (thread.internal and is_firm(actor)):
            raise FilingError("no_such_thread")
        if done == (thread.resolved_at is not None):
            return thread
        thread.resolved_at, thread.resolved_by = (clock.now(), actor.name) if done else (None, "")
        thread.save(update_fields=["resolved_at", "resolved_by"])
        record(
            actor=actor,
            action="return.resolve" if done else "return.unresolve",
            kind=KIND,
            object_id=thread.filing_id,
            payload={"thread": thread.pk, "box": thread.box},
        )
    return thread


def flag(actor: Actor, return_id: int, box: str = "", *, on: bool = True) -> None:
    """Mark a box for following up, or take the mark away: the person's own, so that the trail has no line.

    Raises NotAllowed, FilingError `unknown_cell`, `too_many_flags`.
    """
    with transaction.atomic():
        filing = _reach(actor, return_id, box)
        mine = Flag.objects.filter(person_id=actor.person)
        if not on:
            mine.filter(filing=filing, box=box).delete()
            return
        if mine.count() >= MAX_FLAGS:
            raise FilingError("too_many_flags", limit=MAX_FLAGS)
        Flag.objects.get_or_create(
            filing=filing, box=box, person_id=actor.person, defaults={"at": clock.now()}
        )


def note_look(actor: Actor, return_id: int) -> Look | None:
    """Remember what the person sees of a return now; writes only where that differs from the last look.

    Raises NotAllowed, FilingError `no_such_return`. None for somebody who is no person.
    """
    if actor.user_id is None:
        return None
    filing = Return.objects.select_related("enterprise").filter(pk=return_id).first()
    if filing is None:
        raise FilingError("no_such_return")
    check_reach(actor, "return.view", filing.enterprise)
    latest = Remark.objects.filter(thread__filing=filing).aggregate(last=Max("pk"))["last"] or 0
    seen = {"version": shown_version(actor, filing), "state": filing.state, "remark": latest}
    look = Look.objects.filter(person_id=actor.person, filing=filing).first()
    if look is not None and all(getattr(look, name) == value for name, value in seen.items()):
        return look
    found, _made = Look.objects.update_or_create(
        person_id=actor.person, filing=filing, defaults={**seen, "at": clock.now()}
    )
    return found


def _reach(actor: Actor, return_id: int, box: str = "") -> Return:
    filing = lock_return(return_id)
    check_reach(actor, "return.annotate", filing.enterprise)
    if box:
        version = latest_version(filing)
        content = content_of(version) if version else Content()
        if unknown_boxes(get_form(filing.form), content, [box]):
            raise FilingError("unknown_cell", cell=box, key=box)
    return filing
