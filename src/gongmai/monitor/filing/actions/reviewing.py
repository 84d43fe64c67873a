"""County and city: pass, send back, reopen. No officer changes a figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_reach, may
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.review import actions as review
from gongmai.core.review.rules import check_reason
from gongmai.core.review.types import Move, Refused, State
from gongmai.monitor.filing.actions.drafts import lock_return
from gongmai.monitor.filing.events import Approved, Returned
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.calendar import answer_day, end_of
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.lattice import rule_lock
from gongmai.monitor.filing.queries.openness import ties_of
from gongmai.monitor.filing.queries.working import content_of, get_version
from gongmai.monitor.filing.rules.lattice import LEVELS, RIGHTS, right_for
from gongmai.monitor.filing.rules.openness import unknown_boxes, with_tied
from gongmai.monitor.filing.types import KIND, FilingError, Lock

BACK = frozenset({Move.SEND_BACK, Move.REOPEN, Move.WIDEN})
MAX_REASON = 1000


@dataclass(frozen=True, slots=True)
class Back:
    """What goes back to the firm. `asked` is None when the whole return is open."""

    reason: str
    reasons: dict[str, str]
    until: datetime
    asked: dict[str, Any] | None

    @property
    def detail(self) -> dict[str, Any]:
        """What the step keeps of it."""
        boxes = {"boxes": self.reasons} if self.reasons else {}
        return {**boxes, "answer_by": self.until.isoformat()}


@dataclass(slots=True)
class Passed:
    """What came of passing many: ids that moved, and what stood against each that did not."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, Lock] = field(default_factory=dict)


def move_return(
    actor: Actor,
    return_id: int,
    move: Move,
    *,
    reason: str = "",
    boxes: Mapping[str, str] | None = None,
    answer_by: date | None = None,
    version: int | None = None,
    revision: int | None = None,
) -> Return:
    """Move a return as an officer: any move but SUBMIT.

    `version` and `revision`: the version and the case's counter that the officer saw. `boxes`: the single
    boxes that come back, each with its reason (empty: the general one); without any all of them are open.
    WIDEN adds boxes to those that came back (without any it opens all). `answer_by`: the day until which the
    answer is awaited, else by the calendar. Raises NotAllowed, Refused, FilingError `unknown_cell`,
    `bad_deadline`, `period_closed`, `verdicts_missing`.
    """
    if move is Move.SUBMIT:
        raise FilingError("not_an_officers_move")
    with transaction.atomic():
        filing = lock_return(return_id)
        check_reach(actor, right_for(move, State(filing.state)), filing.enterprise)
        if version is not None and version != filing.versions_count:
            raise Refused("stale", expected=version, found=filing.versions_count)
        current = get_version(filing, filing.versions_count)
        if current is None:
            raise Refused("move_not_open", state=filing.state, move=move.value)
        check_lock(filing, move)
        back = _back(filing, current, move, reason, boxes or {}, answer_by) if move in BACK else None
        case = review.move(
            actor=actor,
            kind=KIND,
            object_id=filing.pk,
            enterprise_id=filing.enterprise_id,
            step=move,
            digest=current.digest,
            reason=back.reason if back else reason,
            revision=revision,
            start=State(filing.state),
            detail=back.detail if back else {},
            payload={"form": filing.form, "period": filing.period, "version": current.number},
        )
        filing.state = case.state
        if case.state != State.RETURNED or back is not None:
            filing.asked_boxes = back.asked if back else None
            filing.answer_by = back.until if back else None
        if move is Move.PASS_CITY:
            filing.approved_version = current.number
        filing.save(update_fields=["state", "approved_version", "asked_boxes", "answer_by"])
        place = (filing.pk, filing.enterprise_id, filing.form, filing.period, current.number)
        if move is Move.PASS_CITY:
            announce(Approved(*place, version_id=current.pk), actor_id=actor.user_id)
        elif back is not None:
            returned = Returned(
                *place, reason=back.reason, boxes=back.reasons, answer_by=back.until.isoformat()
            )
            announce(returned, actor_id=actor.user_id)
    return filing


def check_lock(filing: Return, move: Move) -> None:
    """Raise FilingError for what the form, the calendar or the bureau's choices hold against a move."""
    lock = rule_lock(filing, move)
    if lock is not None:
        raise FilingError(lock.code, **lock.params)


def _back(
    filing: Return,
    current: Version,
    move: Move,
    reason: str,
    boxes: Mapping[str, str],
    answer_by: date | None,
) -> Back:
    """What goes back: checked boxes with their reasons, what opens with them, and the deadline."""
    form, content, today = get_form(filing.form), content_of(current), clock.today()
    unknown = unknown_boxes(form, content, boxes)
    if unknown:
        raise FilingError("unknown_cell", cell=unknown[0], key=unknown[0])
    if answer_by is not None and answer_by < today:
        raise FilingError("bad_deadline", day=answer_by.isoformat())
    reasons = {box: (text.strip() or reason.strip())[:MAX_REASON] for box, text in boxes.items()}
    for text in reasons.values():
        check_reason(move, text)
    until = end_of(answer_by or answer_day(today))
    if move is Move.WIDEN and boxes and filing.asked_boxes is not None:
        reasons = {**filing.asked_boxes["reasons"], **reasons}
        boxes = {**dict.fromkeys(filing.asked_boxes["open"], ""), **boxes}
    elif move is Move.WIDEN:
        boxes, reasons = {}, {}
    opened = sorted(with_tied(form, ties_of(form.code), boxes, content))
    return Back(
        reason=reason.strip() or "; ".join(dict.fromkeys(reasons.values())),
        reasons=reasons,
        until=until,
        asked={"open": opened, "reasons": reasons} if boxes else None,
    )


def pass_many(
    actor: Actor, return_ids: Iterable[int], move: Move, versions: Mapping[int, int] | None = None
) -> Passed:
    """Pass several returns, each in its own transaction; one refusal does not stop the others.

    `versions`: for each the version that the officer saw; another one is refused as stale.
    """
    result, seen = Passed(), versions or {}
    for return_id in return_ids:
        try:
            move_return(actor, return_id, move, version=seen.get(return_id))
        except Refused as refusal:
            result.refused[return_id] = Lock(refusal.code, refusal.params)
        except NotAllowed:
            mine = may(actor, RIGHTS[move])
            level = {"level": LEVELS[move].value}
            result.refused[return_id] = Lock("not_your_firm") if mine else Lock("not_your_level", level)
        except FilingError as error:
            result.refused[return_id] = Lock(error.code, error.params)
        else:
            result.done.append(return_id)
    return result
