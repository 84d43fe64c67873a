"""The city's plans of chasing: new versions, pauses, heads of units."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from gongmai.core.access.queries import check_may, people_with_role
from gongmai.core.access.types import Actor, Role
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.monitor.chase.models import Head, Pause, Plan
from gongmai.monitor.chase.rules.schedule import check_steps
from gongmai.monitor.chase.types import ALL_FORMS, KIND, ChaseError, Step
from gongmai.monitor.filing.queries.forms import forms

MIN_REASON = 2


def set_plan(actor: Actor, form: str, *, valid_from: date, steps: Sequence[Step], note: str) -> Plan:
    """Let other steps hold for a form (empty: all) from today or a later day on.

    Raises NotAllowed, ChaseError `unknown_form`, `plan_past`, `reason_missing` and those of `check_steps`.
    """
    check_may(actor, "chase.plan")
    _check_form(form)
    check_steps(steps)
    if valid_from < clock.today():
        raise ChaseError("plan_past")
    if len(note.strip()) < MIN_REASON:
        raise ChaseError("reason_missing")
    entries = [
        {"offset": step.offset, "at": f"{step.at:%H:%M}", "to": [to.value for to in step.to]}
        for step in sorted(steps)
    ]
    with transaction.atomic():
        plan = Plan.objects.create(
            form=form,
            valid_from=valid_from,
            steps=entries,
            note=note.strip()[:300],
            made_by=actor.user_id,
            made_name=actor.name,
            made_at=clock.now(),
        )
        payload = {"form": form, "valid_from": valid_from.isoformat(), "steps": entries, "note": plan.note}
        record(actor=actor, action="chase.plan", kind=KIND, object_id=f"plan:{plan.pk}", payload=payload)
    return plan


def pause(actor: Actor, form: str, *, until: datetime | None, reason: str) -> Pause:
    """Let reminders by plan rest from now on. Raises ChaseError `unknown_form`, `reason_missing`."""
    check_may(actor, "chase.plan")
    _check_form(form)
    if len(reason.strip()) < MIN_REASON:
        raise ChaseError("reason_missing")
    with transaction.atomic():
        row = Pause.objects.create(
            form=form,
            since=clock.now(),
            until=until,
            reason=reason.strip()[:300],
            made_by=actor.user_id,
            made_name=actor.name,
        )
        payload = {"form": form, "until": until, "reason": row.reason}
        record(actor=actor, action="chase.pause", kind=KIND, object_id=f"pause:{row.pk}", payload=payload)
    return row


def resume(actor: Actor, pause_id: int) -> None:
    """End a pause now; one that has ended stays as it is. Raises NotAllowed."""
    check_may(actor, "chase.plan")
    with transaction.atomic():
        row = Pause.objects.select_for_update().filter(pk=pause_id).first()
        if row is None or (row.until is not None and row.until <= clock.now()):
            return
        row.until = clock.now()
        row.save(update_fields=["until"])
        record(actor=actor, action="chase.resume", kind=KIND, object_id=f"pause:{row.pk}")


def set_heads(actor: Actor, unit: str, people: Collection[int]) -> None:
    """Name who answers for a unit; nobody means all its officers. Raises ChaseError `unknown_person`."""
    check_may(actor, "chase.plan")
    known = {person for person, _grants in people_with_role(Role.COUNTY)}
    if not set(people) <= known:
        raise ChaseError("unknown_person")
    with transaction.atomic():
        Head.objects.filter(unit=unit).delete()
        Head.objects.bulk_create([Head(unit=unit, person_id=person) for person in sorted(set(people))])
        record(
            actor=actor,
            action="chase.heads",
            kind=KIND,
            object_id=f"unit:{unit}",
            payload={"people": sorted(people)},
        )


def _check_form(form: str) -> None:
    if form != ALL_FORMS and form not in forms():
        raise ChaseError("unknown_form")
