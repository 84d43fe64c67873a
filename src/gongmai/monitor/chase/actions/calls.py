"""Noting calls, and deciding on the contact that one suggested."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from gongmai.core.access.queries import check_may, check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.registry.actions.enterprises import edit_identity
from gongmai.monitor.chase.models import Call
from gongmai.monitor.chase.queries.calls import outcomes_on
from gongmai.monitor.chase.queries.chasing import choose_returns
from gongmai.monitor.chase.types import ChaseError


@dataclass(frozen=True, slots=True)
class CallNote:
    """What is noted of a call."""

    outcome: str
    spoke_with: str = ""
    phone: str = ""
    promised_on: date | None = None
    follow_up_on: date | None = None
    note: str = ""
    new_contact: str = ""
    new_phone: str = ""


def note_call(actor: Actor, return_id: int, note: CallNote) -> Call:
    """Note a call about a return within reach, as of now.

    Raises NotAllowed, ChaseError `none_chosen` (no such return), `unknown_outcome`, `promise_missing`,
    `promise_past`.
    """
    check_may(actor, "return.chase")
    today = clock.today()
    outcome = next((one for one in outcomes_on(today) if one.code == note.outcome), None)
    if outcome is None:
        raise ChaseError("unknown_outcome")
    if outcome.needs_date and note.promised_on is None:
        raise ChaseError("promise_missing")
    if note.promised_on is not None and note.promised_on < today:
        raise ChaseError("promise_past")
    with transaction.atomic():
        row = choose_returns([return_id]).first()
        if row is None:
            raise ChaseError("none_chosen")
        firm = row.enterprise
        check_reach(actor, "return.chase", firm)
        is_other = (note.new_contact, note.new_phone) != (firm.contact, firm.contact_phone)
        call = Call.objects.create(
            filing_id=row.pk,
            enterprise_id=firm.pk,
            at=clock.now(),
            by=actor.user_id,
            by_name=actor.name,
            spoke_with=note.spoke_with.strip(),
            phone=note.phone.strip(),
            outcome=note.outcome,
            promised_on=note.promised_on,
            follow_up_on=note.follow_up_on,
            note=note.note.strip(),
            new_contact=note.new_contact.strip() if is_other else "",
            new_phone=note.new_phone.strip() if is_other else "",
        )
        record(
            actor=actor,
            action="chase.call",
            kind="enterprise",
            object_id=firm.pk,
            payload={"return": row.pk, "outcome": note.outcome, "promised_on": note.promised_on},
        )
    return call


def settle_contact(actor: Actor, call_id: int, *, take: bool) -> Call:
    """Take a suggested contact over into the registry, or drop it. Raises ChaseError `no_suggestion`."""
    check_may(actor, "registry.edit")
    with transaction.atomic():
        call = (
            Call.objects.select_for_update(of=("self",))
            .select_related("enterprise")
            .filter(pk=call_id)
            .first()
        )
        if call is None:
            raise ChaseError("no_suggestion")
        check_reach(actor, "registry.edit", call.enterprise)
        if call.settled or not (call.new_contact or call.new_phone):
            raise ChaseError("no_suggestion")
        if take:
            wanted = {"contact": call.new_contact, "contact_phone": call.new_phone}
            changes = {column: value for column, value in wanted.items() if value}
            edit_identity(actor=actor, enterprise_id=call.enterprise_id, changes=changes)
        call.settled, call.settled_by, call.settled_at = (
            "taken" if take else "dropped",
            actor.user_id,
            clock.now(),
        )
        call.save(update_fields=["settled", "settled_by", "settled_at"])
        payload = {"call": call.pk, "taken": take}
        record(
            actor=actor,
            action="chase.settle_contact",
            kind="enterprise",
            object_id=call.enterprise_id,
            payload=payload,
        )
    return call
