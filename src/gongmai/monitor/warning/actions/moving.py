"""Moving a warning through its life: rights, rules, one step, one line of the trail, one event."""

from collections.abc import Collection
from uuid import uuid4

from django.apps import apps
from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.period.queries import is_workday
from gongmai.core.period.types import Period
from gongmai.core.review import types as review
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.warning.events import Assigned, Moved
from gongmai.monitor.warning.models import Alert, AlertStep
from gongmai.monitor.warning.queries.triggers import life_on, trigger_of
from gongmai.monitor.warning.queries.watch import check_alert, has_cell
from gongmai.monitor.warning.rules import life
from gongmai.monitor.warning.types import ENDED, KIND, VERDICTS, Move, State, WarningRefused

MAX_TEXT = 1000
MAX_AT_ONCE = 500
TOLD = frozenset({Move.CALL_ERROR, Move.REPORT, Move.ESCALATE})
ANSWERS = frozenset({Move.CALL_ERROR, Move.REPORT})


def move_alert(
    actor: Actor, alert_id: int, move: Move, *, text: str = "", revision: int | None = None
) -> Alert:
    """Move a warning as a person: any move that `rules.life.open_moves` lists.

    `text`: what was found, done or asked for. `revision`: the counter that the reader saw. A figure called
    wrong goes back to the firm with SEND_BACK through the review of returns, in the same transaction.
    Raises NotAllowed, WarningRefused, and what `move_return` raises.
    """
    with transaction.atomic():
        alert = _take(actor, alert_id, move)
        if revision is not None and revision != alert.revision:
            raise WarningRefused("stale")
        _move(actor, alert, move, text.strip()[:MAX_TEXT])
        due_on = alert.due_on.isoformat() if alert.due_on else ""
        if move is Move.ASSIGN:
            announce(Assigned(uuid4().hex, (alert.pk,), due_on), actor_id=actor.user_id)
        elif move in TOLD:
            event = Moved(alert.pk, alert.revision, move.value, text.strip()[:MAX_TEXT], due_on)
            announce(event, actor_id=actor.user_id)
    return alert


def assign_many(actor: Actor, alert_ids: Collection[int]) -> list[int]:
    """Give several warnings to their counties at once; those that were assigned meanwhile are left out.

    Raises NotAllowed, WarningRefused `none_chosen`, `too_many`.
    """
    check_may(actor, life.RIGHTS[Move.ASSIGN])
    ids = sorted(set(alert_ids))
    if not ids:
        raise WarningRefused("none_chosen")
    if len(ids) > MAX_AT_ONCE:
        raise WarningRefused("too_many", limit=MAX_AT_ONCE)
    done, due_on = [], ""
    with transaction.atomic():
        for number in ids:
            alert = _take(actor, number, Move.ASSIGN)
            if alert.state == State.FOUND:
                _move(actor, alert, Move.ASSIGN, "")
                due_on = alert.due_on.isoformat() if alert.due_on else ""
                done.append(number)
        if done:
            announce(Assigned(uuid4().hex, tuple(done), due_on), actor_id=actor.user_id)
    return done


def _take(actor: Actor, alert_id: int, move: Move) -> Alert:
    """The warning, locked, for somebody who may make the move on it."""
    check_may(actor, life.RIGHTS[move])
    rows = Alert.objects.select_for_update(of=("self",)).select_related("enterprise")
    alert = rows.filter(pk=alert_id).first()
    if alert is None:
        raise WarningRefused("not_there")
    check_alert(actor, life.RIGHTS[move], alert)
    return alert


def _move(actor: Actor, alert: Alert, move: Move, text: str) -> None:
    state, today = life.next_state(State(alert.state), move), clock.today()
    life.check_text(move, text)
    life.check_cell(move, has_cell=has_cell(alert))
    life.check_eyes(move, alert.answered_by, actor.user_id)
    if move is Move.SEND_BACK:
        _send_back(actor, alert, text)
    kept = life.in_time(alert.due_on, today) if move not in life.KEEPS_DEADLINE else None
    step = AlertStep(
        alert=alert,
        move=move,
        state=state,
        actor_id=actor.user_id,
        actor=actor.name,
        text=text,
        period=alert.seen_period,
        colour=alert.colour,
        due_on=alert.due_on,
        in_time=kept,
        at=clock.now(),
    )
    alert.due_on = life.deadline(move, state, alert.due_on, today, life_on(today).deadlines, is_workday)
    alert.state, alert.revision, alert.updated_at = state, alert.revision + 1, step.at
    if move in VERDICTS:
        alert.verdict = move
    if move in ANSWERS:
        alert.answered_by = actor.user_id
    if state in ENDED:
        alert.closed_period, alert.judged = alert.seen_period, alert.worst
    alert.save()
    step.save()
    record(
        actor=actor,
        action=f"warning.{move.value}",
        kind=KIND,
        object_id=alert.pk,
        payload={"state": state.value, "text": text, "trigger": alert.trigger, "return": alert.return_id},
    )


def _send_back(actor: Actor, alert: Alert, text: str) -> None:
    """Send the one cell behind a warning back to its firm, by the review's own move."""
    trigger, firm = trigger_of(alert.trigger), alert.enterprise
    if firm is None:
        raise WarningRefused("no_cell")
    filing = (
        apps.get_model("filing", "Return")
        .objects.filter(enterprise=firm, form=trigger.form, period=alert.last_period)
        .first()
    )
    if filing is None:
        raise WarningRefused("no_return")
    approved = filing.state == review.State.APPROVED
    move_return(
        actor,
        filing.pk,
        review.Move.REOPEN if approved else review.Move.SEND_BACK,
        reason=text,
        boxes={_box(trigger.cell, Period.from_key(alert.last_period)): text},
    )
    alert.return_id = filing.pk


def _box(cell: str, period: Period) -> str:
    """The box of a month's figure; January-February has the cumulative one only."""
    is_flow = cell in {"output", "electricity"}
    return f"{cell}__ytd" if is_flow and period.is_merged else cell
