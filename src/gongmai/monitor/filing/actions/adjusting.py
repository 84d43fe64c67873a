"""Adjustments: the city lays a correction over a figure, in two pairs of eyes; the filed one stays."""

from django.db import transaction

from gongmai.core.access.queries import check_may, check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.review.types import Refused, State
from gongmai.monitor.filing.actions.drafts import lock_return
from gongmai.monitor.filing.events import Adjusted
from gongmai.monitor.filing.models import Adjustment
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.rules.adjusting import find_number_cell
from gongmai.monitor.filing.rules.parsing import parse_value
from gongmai.monitor.filing.types import AdjustmentKind, FilingError

MIN_REASON = 4
KIND = "adjustment"


def propose_adjustment(
    actor: Actor, return_id: int, cell: str, kind: AdjustmentKind, number: object, reason: str
) -> Adjustment:
    """Propose that the adjusted layer holds another figure in a cell of an approved return.

    `number`: the value that takes its place, or the amount that is added, in the cell's unit. Raises
    NotAllowed, Refused `reason_missing`, FilingError `unknown_cell`, `not_approved`, `already_adjusted`,
    or what parsing the number raises.
    """
    with transaction.atomic():
        filing = lock_return(return_id)
        check_reach(actor, "adjustment.edit", filing.enterprise)
        box = find_number_cell(get_form(filing.form), cell)
        if len(reason.strip()) < MIN_REASON:
            raise Refused("reason_missing", minimum=MIN_REASON)
        if State(filing.state) is not State.APPROVED:
            raise FilingError("not_approved")
        value = parse_value(number, box.column)
        if not isinstance(value, int | float):
            raise FilingError("not_a_number", cell=cell)
        place = {"enterprise": filing.enterprise, "form": filing.form, "period": filing.period, "cell": cell}
        if Adjustment.objects.filter(**place, removed_at=None).exists():
            raise FilingError("already_adjusted", cell=cell)
        made = Adjustment.objects.create(
            **place,
            kind=kind.value,
            number=value,
            reason=reason.strip(),
            proposed_by=actor.user_id,
            proposed_name=actor.name,
            proposed_at=clock.now(),
        )
        _note(actor, made, "propose", reason)
    return made


def confirm_adjustment(actor: Actor, adjustment_id: int) -> Adjustment:
    """Bring a proposed adjustment into force; another person than who proposed it. NotAllowed, Refused."""
    with transaction.atomic():
        made = _locked(actor, adjustment_id)
        if made.confirmed_at is not None or made.removed_at is not None:
            raise Refused("stale", expected="proposed", found="decided")
        if actor.user_id is None or actor.user_id == made.proposed_by:
            raise Refused("four_eyes", before="propose")
        made.confirmed_by, made.confirmed_name, made.confirmed_at = actor.user_id, actor.name, clock.now()
        made.save(update_fields=["confirmed_by", "confirmed_name", "confirmed_at"])
        _note(actor, made, "confirm", made.reason)
        _announce(actor, made)
    return made


def remove_adjustment(actor: Actor, adjustment_id: int, reason: str) -> Adjustment:
    """Take an adjustment (or a proposal) away, saying why; its trace stays. NotAllowed, Refused."""
    if len(reason.strip()) < MIN_REASON:
        raise Refused("reason_missing", minimum=MIN_REASON)
    with transaction.atomic():
        made = _locked(actor, adjustment_id)
        if made.removed_at is not None:
            raise Refused("stale", expected="in force", found="removed")
        made.removed_by, made.removed_name, made.removed_at = actor.user_id, actor.name, clock.now()
        made.removal_reason = reason.strip()
        made.save(update_fields=["removed_by", "removed_name", "removed_at", "removal_reason"])
        _note(actor, made, "remove", reason)
        if made.confirmed_at is not None:
            _announce(actor, made)
    return made


def _locked(actor: Actor, adjustment_id: int) -> Adjustment:
    check_may(actor, "adjustment.edit")
    rows = Adjustment.objects.select_for_update(of=("self",)).select_related("enterprise")
    made = rows.filter(pk=adjustment_id).first()
    if made is None:
        raise FilingError("no_such_adjustment")
    check_reach(actor, "adjustment.edit", made.enterprise)
    return made


def _note(actor: Actor, made: Adjustment, word: str, reason: str) -> None:
    record(
        actor=actor,
        action=f"{KIND}.{word}",
        kind=KIND,
        object_id=made.pk,
        payload={
            "enterprise": made.enterprise_id,
            "form": made.form,
            "period": made.period,
            "cell": made.cell,
            "kind": made.kind,
            "number": made.number,
            "reason": reason.strip(),
        },
    )


def _announce(actor: Actor, made: Adjustment) -> None:
    announce(Adjusted(made.pk, made.enterprise_id, made.form, made.period), actor_id=actor.user_id)
