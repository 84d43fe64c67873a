"""Moving a case. Called inside the transaction of the module that owns the object, which checks the reach."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.review import rules
from gongmai.core.review.models import Case, Step
from gongmai.core.review.queries import to_facts
from gongmai.core.review.types import Move, State


def move(
    *,
    actor: Actor,
    kind: str,
    object_id: int,
    enterprise_id: int,
    step: Move,
    digest: str,
    reason: str = "",
    revision: int | None = None,
    start: State = State.DRAFT,
    detail: dict[str, Any] | None = None,
    payload: dict[str, Any] | None = None,
) -> Case:
    """Move the case of an object and give it in its new state, with one step and one audit line.

    `digest`: for SUBMIT the digest of what is submitted; else that of what the reader saw, which must
    be what the case holds. `revision`: the counter that the reader saw. `start`: the state of an object
    that has no case yet (imported ones are approved). Raises Refused; RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a case is moved in the transaction of its object")
    case, _ = Case.objects.select_for_update().get_or_create(
        kind=kind,
        object_id=object_id,
        defaults={
            "enterprise_id": enterprise_id,
            "state": start,
            "digest": "" if start is State.DRAFT else digest,
            "updated_at": clock.now(),
        },
    )
    facts = to_facts(case)
    rules.check_current(facts, revision, None if step is Move.SUBMIT else digest)
    rules.check_reason(step, reason)
    state = rules.next_state(facts, step)
    rules.check_taken(facts, step)
    rules.check_eyes(facts, step, actor.user_id)
    _advance(case, actor, step, state, digest)
    Step.objects.create(
        case=case,
        move=step,
        state=state,
        actor_id=actor.user_id,
        actor=actor.name,
        reason=reason.strip(),
        detail=detail or {},
        digest=case.digest,
        at=case.updated_at,
    )
    record(
        actor=actor,
        action=f"{kind}.{step.value}",
        kind=kind,
        object_id=object_id,
        payload={
            "digest": case.digest,
            "reason": reason.strip(),
            "state": state.value,
            **(detail or {}),
            **(payload or {}),
        },
    )
    return case


def _advance(case: Case, actor: Actor, step: Move, state: State, digest: str) -> None:
    case.state, case.revision, case.updated_at = state, case.revision + 1, clock.now()
    if step is Move.SUBMIT:
        case.digest, case.submitted_by, case.county_by = digest, actor.user_id, None
    elif step is Move.PASS_COUNTY:
        case.county_by = actor.user_id
    elif step is Move.TAKE_BACK:
        case.county_by = None
    case.taken_by = actor.user_id if step is Move.ACCEPT else None
    case.save()


def restore(kind: str, rows: Sequence[tuple[int, int, State, str, datetime, str]]) -> None:
    """Set up cases of imported objects that are under way, without audit lines of their own.

    rows: object id, enterprise id, state, digest, submitted at, reason (of a return).
    """
    cases = Case.objects.bulk_create(
        [
            Case(
                kind=kind,
                object_id=pk,
                enterprise_id=firm,
                state=state,
                digest=digest,
                revision=1,
                updated_at=at,
            )
            for pk, firm, state, digest, at, _ in rows
        ],
        batch_size=2000,
    )
    steps: list[Step] = []
    for case, (_, _, state, digest, at, reason) in zip(cases, rows, strict=True):
        path = {
            State.COUNTY: [(Move.SUBMIT, State.COUNTY)],
            State.CITY: [(Move.SUBMIT, State.COUNTY), (Move.PASS_COUNTY, State.CITY)],
            State.RETURNED: [(Move.SUBMIT, State.COUNTY), (Move.SEND_BACK, State.RETURNED)],
            State.APPROVED: [
                (Move.SUBMIT, State.COUNTY),
                (Move.PASS_COUNTY, State.CITY),
                (Move.PASS_CITY, State.APPROVED),
            ],
        }[state]
        steps += [
            Step(
                case=case, move=step, state=after, actor="", digest=digest, at=at,
                reason=reason if step is Move.SEND_BACK else "",
            )
            for step, after in path
        ]  # fmt: skip
    Step.objects.bulk_create(steps, batch_size=2000)
