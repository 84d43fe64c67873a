"""Base revisions: the firm asks, the city decides; only then does the lock give way."""

from django.db import transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.review.types import Refused
from gongmai.monitor.filing.actions.drafts import lock_return
from gongmai.monitor.filing.events import BaseDecided
from gongmai.monitor.filing.models import BaseRevision
from gongmai.monitor.filing.queries.context import load_context
from gongmai.monitor.filing.queries.forms import get_form, items
from gongmai.monitor.filing.rules.locks import lock_columns
from gongmai.monitor.filing.rules.parsing import parse_value
from gongmai.monitor.filing.types import FilingError, Part

MIN_REASON = 4
BASES = frozenset({Part.BASE, Part.YTD_BASE})


def request_base_revision(
    actor: Actor, return_id: int, cell: str, wanted: object, reason: str
) -> BaseRevision:
    """Ask that the locked base in `cell` of a return becomes `wanted`.

    Raises NotAllowed, FilingError `not_a_base`, `not_locked`, `reason_missing`, `already_asked`, or what
    parsing the value raises.
    """
    with transaction.atomic():
        filing = lock_return(return_id)
        check_reach(actor, "base_revision.request", filing.enterprise)
        box = next((each for each in get_form(filing.form).cells if each.key == cell), None)
        if box is None or box.part not in BASES:
            raise FilingError("not_a_base", cell=cell)
        if len(reason.strip()) < MIN_REASON:
            raise FilingError("reason_missing", minimum=MIN_REASON)
        value = parse_value(wanted, box.column)
        locks = {base: name for name, _, base in lock_columns(items().values())}
        locked = load_context(filing).joined.get(locks[cell])
        if locked is None:
            raise FilingError("not_locked", cell=cell)
        if BaseRevision.objects.filter(filing=filing, cell=cell, state="asked").exists():
            raise FilingError("already_asked", cell=cell)
        asked = BaseRevision.objects.create(
            filing=filing,
            cell=cell,
            locked_value=locked,
            wanted_value=value,
            reason=reason.strip(),
            requested_by=actor.user_id,
            requested_at=clock.now(),
        )
        record(
            actor=actor,
            action="base_revision.request",
            kind="base_revision",
            object_id=asked.pk,
            payload={"return": filing.pk, "cell": cell, "locked": locked, "wanted": value, "reason": reason},
        )
    return asked


def decide_base_revision(actor: Actor, revision_id: int, *, approve: bool, note: str = "") -> BaseRevision:
    """Approve or refuse a request; a refusal says why. Raises NotAllowed, Refused, FilingError."""
    with transaction.atomic():
        asked = BaseRevision.objects.select_for_update().filter(pk=revision_id).first()
        if asked is None:
            raise FilingError("no_such_revision")
        filing = lock_return(asked.filing_id)
        check_reach(actor, "base_revision.decide", filing.enterprise)
        if asked.state != "asked":
            raise Refused("stale", expected="asked", found=asked.state)
        if actor.user_id is not None and actor.user_id == asked.requested_by:
            raise Refused("four_eyes", before="request")
        if not approve and len(note.strip()) < MIN_REASON:
            raise Refused("reason_missing", minimum=MIN_REASON)
        asked.state = "approved" if approve else "refused"
        asked.decided_by, asked.decided_at, asked.decision_note = actor.user_id, clock.now(), note.strip()
        asked.save()
        record(
            actor=actor,
            action="base_revision.approve" if approve else "base_revision.refuse",
            kind="base_revision",
            object_id=asked.pk,
            payload={"return": filing.pk, "cell": asked.cell, "wanted": asked.wanted_value, "note": note},
        )
        announce(
            BaseDecided(asked.pk, filing.pk, asked.cell, asked.wanted_value, approve, asked.decision_note),
            actor_id=actor.user_id,
        )
    return asked
