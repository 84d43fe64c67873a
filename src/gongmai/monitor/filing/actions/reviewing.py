"""County and city: pass, send back, reopen. No officer changes a figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.outbox.actions import announce
from gongmai.core.review import actions as review
from gongmai.core.review.types import Move, Refused, State
from gongmai.monitor.filing.actions.drafts import lock_return
from gongmai.monitor.filing.events import Approved, Returned
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.working import get_version
from gongmai.monitor.filing.types import KIND, FilingError

# what a move needs; sending back needs the right of the level at which the return is
RIGHTS = {
    Move.PASS_COUNTY: "return.review_county",
    Move.PASS_CITY: "return.review_city",
    Move.REOPEN: "return.review_city",
}


@dataclass(slots=True)
class Passed:
    """What came of passing many: ids that moved, and the code of the refusal for each that did not."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def right_for(move: Move, state: State) -> str:
    """The action that a person must have for a move from a state."""
    if move is Move.SEND_BACK:
        return "return.review_county" if state is State.COUNTY else "return.review_city"
    return RIGHTS[move]


def move_return(
    actor: Actor,
    return_id: int,
    move: Move,
    *,
    reason: str = "",
    cells: Sequence[str] = (),
    version: int | None = None,
    revision: int | None = None,
) -> Return:
    """Move a return as an officer: PASS_COUNTY, PASS_CITY, SEND_BACK or REOPEN.

    `version` and `revision`: the version and the case's counter that the officer saw; `cells`: the boxes
    that a reason is about. Raises NotAllowed, Refused, FilingError.
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
        known = {cell.key for cell in get_form(filing.form).cells}
        unknown = [cell for cell in cells if cell not in known]
        if unknown:
            raise FilingError("unknown_cell", cell=unknown[0], key=unknown[0])
        case = review.move(
            actor=actor,
            kind=KIND,
            object_id=filing.pk,
            enterprise_id=filing.enterprise_id,
            step=move,
            digest=current.digest,
            reason=reason,
            revision=revision,
            start=State(filing.state),
            detail={"cells": list(cells)} if cells else {},
            payload={"form": filing.form, "period": filing.period, "version": current.number},
        )
        filing.state = case.state
        if move is Move.PASS_CITY:
            filing.approved_version = current.number
        filing.save(update_fields=["state", "approved_version"])
        place = (filing.pk, filing.enterprise_id, filing.form, filing.period, current.number)
        if move is Move.PASS_CITY:
            announce(Approved(*place, version_id=current.pk), actor_id=actor.user_id)
        elif move in {Move.SEND_BACK, Move.REOPEN}:
            announce(Returned(*place, reason=reason.strip()), actor_id=actor.user_id)
    return filing


def pass_many(actor: Actor, return_ids: Iterable[int], move: Move) -> Passed:
    """Pass several returns, each in its own transaction; one refusal does not stop the others."""
    result = Passed()
    for return_id in return_ids:
        try:
            move_return(actor, return_id, move)
        except Refused as refusal:
            result.refused[return_id] = refusal.code
        except NotAllowed:
            result.refused[return_id] = "not_allowed"
        except FilingError as error:
            result.refused[return_id] = error.code
        else:
            result.done.append(return_id)
    return result
