"""Steps of a version of a rule: draft, proposal, decision by a second person; each leaves its line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.formula.events import RuleApproved
from gongmai.core.formula.models import RuleVersion
from gongmai.core.formula.queries import forget_stamps
from gongmai.core.formula.rules.versions import check_person, check_reason, check_start, next_state
from gongmai.core.formula.types import Finding, VersionRefused, VersionState, VersionStep
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock

Check = Callable[[RuleVersion], Sequence[Finding]]
KIND = "rule"
_DATES = frozenset({"code", "valid_from", "valid_to"})
RIGHTS = {
    VersionStep.SAVE: "formula.edit",
    VersionStep.PROPOSE: "formula.edit",
    VersionStep.WITHDRAW: "formula.edit",
    VersionStep.APPROVE: "formula.approve",
    VersionStep.REJECT: "formula.approve",
}


def save_version(
    actor: Actor,
    *,
    catalogue: str,
    kind: str,
    code: str,
    entry: Mapping[str, Any],
    valid_from: date | None,
    reason: str,
    version: int | None = None,
    revision: int | None = None,
) -> RuleVersion:
    """Save a draft, anew or over one of the actor's own. Raises NotAllowed, VersionRefused.

    A draft may be wrong; what is proposed is checked.
    """
    check_may(actor, RIGHTS[VersionStep.SAVE])
    with transaction.atomic():
        if version is None:
            row = RuleVersion(catalogue=catalogue, kind=kind, code=code)
        else:
            row = _lock(version, revision)
            check_person(VersionStep.SAVE, row.author_id, actor.user_id)
            if (row.catalogue, row.kind, row.code) != (catalogue, kind, code):
                raise VersionRefused("other_rule")
            row.state = next_state(VersionState(row.state), VersionStep.SAVE)
        row.entry = {key: value for key, value in entry.items() if key not in _DATES}
        row.valid_from, row.reason = valid_from, reason.strip()
        row.author_id, row.author, row.changed_at = actor.user_id, actor.name, clock.now()
        row.trial, row.revision = {}, row.revision + 1
        row.save()
        _record(actor, row, VersionStep.SAVE)
    return row


def note_trial(actor: Actor, version: int, trial: Mapping[str, Any]) -> None:
    """Keep with a version what its run against history found, for whoever decides."""
    check_may(actor, "formula.edit")
    RuleVersion.objects.filter(pk=version, state__in=[VersionState.DRAFT, VersionState.PROPOSED]).update(
        trial=dict(trial)
    )


def move_version(
    actor: Actor,
    version: int,
    step: VersionStep,
    *,
    check: Check,
    note: str = "",
    revision: int | None = None,
) -> RuleVersion:
    """Propose, withdraw, approve or reject. `check` gives what is wrong with the entry, as of now.

    `revision`: the counter that the reader saw. Raises NotAllowed, VersionRefused (`invalid` with findings,
    `four_eyes`, `stale`, `step_not_open`, `reason_missing`, `no_date`, `too_early`).
    """
    check_may(actor, RIGHTS[step])
    with transaction.atomic():
        row = _lock(version, revision)
        state = next_state(VersionState(row.state), step)
        check_person(step, row.author_id, actor.user_id)
        check_reason(step, row.reason if step is VersionStep.PROPOSE else note)
        if step in {VersionStep.PROPOSE, VersionStep.APPROVE}:
            check_start(row.valid_from, clock.today())
            findings = check(row)
            if findings:
                raise VersionRefused("invalid", findings=findings)
        now = clock.now()
        row.state, row.changed_at, row.revision = state, now, row.revision + 1
        if step is VersionStep.PROPOSE:
            row.proposed_at = now
        elif step in {VersionStep.APPROVE, VersionStep.REJECT}:
            row.decided_by, row.decider, row.decided_at = actor.user_id, actor.name, now
            row.decision_note = note.strip()
        row.save()
        _record(actor, row, step, note)
        if step is VersionStep.APPROVE:
            start = str(row.valid_from)
            announce(RuleApproved(row.pk, row.catalogue, row.kind, row.code, start), actor_id=actor.user_id)
            transaction.on_commit(forget_stamps)
    return row


def _lock(version: int, revision: int | None) -> RuleVersion:
    row = RuleVersion.objects.select_for_update().filter(pk=version).first()
    if row is None:
        raise VersionRefused("no_such_version")
    if revision is not None and revision != row.revision:
        raise VersionRefused("stale")
    return row


def _record(actor: Actor, row: RuleVersion, step: VersionStep, note: str = "") -> None:
    record(
        actor=actor,
        action=f"rule.{step.value}",
        kind=KIND,
        object_id=row.code,
        payload={
            "version": row.pk,
            "catalogue": row.catalogue,
            "entry": row.entry,
            "valid_from": str(row.valid_from or ""),
            "reason": row.reason,
            "note": note.strip(),
        },
    )
