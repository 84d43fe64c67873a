"""JSON API of review: the list, one return, its moves, remarks, verdicts, marks, adjustments.

For the session of a signed-in officer. Each return carries `may`: move -> null when it is open now, else a
code and words for what stands against it.
"""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.core.review.types import Level, Move, Refused
from gongmai.monitor.filing.actions.adjudicating import adjudicate
from gongmai.monitor.filing.actions.adjusting import (
    confirm_adjustment,
    propose_adjustment,
    remove_adjustment,
)
from gongmai.monitor.filing.actions.remarks import flag, note_look, remark, resolve
from gongmai.monitor.filing.actions.reviewing import move_return, pass_many
from gongmai.monitor.filing.api.review_shapes import (
    AdjustmentIn,
    AdjustmentOut,
    FlagIn,
    ListOut,
    ManyIn,
    ManyOut,
    MoveIn,
    RankedOut,
    ReasonIn,
    RemarkIn,
    RemarkOut,
    RowOut,
    SeenOut,
    ThreadOut,
    VerdictIn,
)
from gongmai.monitor.filing.api.shapes import (
    REFUSALS,
    finding_out,
    lock_out,
    locks_out,
    refuse,
)
from gongmai.monitor.filing.models import Adjustment, Return
from gongmai.monitor.filing.queries.adjustments import list_adjustments, state_of
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.lattice import facts_of_many, moves_of_many, standings
from gongmai.monitor.filing.queries.openness import box_reasons, open_boxes
from gongmai.monitor.filing.queries.ranking import default_line, waiting
from gongmai.monitor.filing.queries.remarks import flags_on, threads_of, unread_of
from gongmai.monitor.filing.queries.returns import (
    FILTERS,
    find_return,
    get_return,
    list_returns,
)
from gongmai.monitor.filing.types import FilingError

router = Router(tags=["review"])


@router.get("/", response={200: ListOut, **REFUSALS}, summary="Returns within reach")
def list_them(
    request: HttpRequest, form: str, period: str, page: int = 1, state: str = "", q: str = ""
) -> Any:
    """A page of the returns of a form and period, each with what the caller may do with it."""
    actor = _actor(request)
    try:
        get_form(form)
        filters = {name: text for name, text in {"state": state, "q": q}.items() if name in FILTERS}
        found = list_returns(actor, form, _period(period), filters, page)
    except (FilingError, Refused) as error:
        return refuse(error)
    rows: list[Return] = list(found.object_list)
    moves = moves_of_many(actor, rows, facts_of_many(rows))
    unread = unread_of(actor, [row.pk for row in rows])
    return ListOut(
        count=found.paginator.count,
        page=found.number,
        pages=found.paginator.num_pages,
        returns=[
            RowOut(
                id=row.pk,
                credit_code=row.enterprise.credit_code,
                name=row.enterprise.name,
                unit=row.enterprise.unit,
                state=row.state,
                version=row.versions_count,
                unread=unread.get(row.pk, 0),
                may=locks_out(moves[row.pk]),
            )
            for row in rows
        ],
    )


@router.get("/first-look", response={200: list[RankedOut], **REFUSALS}, summary="What deserves a look first")
def ranking(request: HttpRequest, form: str, period: str, level: Level, line: float | None = None) -> Any:
    """The returns that wait for a level, by suspicion times influence on the growth of their county."""
    try:
        get_form(form)
        wanted = default_line() if line is None else line
        found = waiting(_actor(request), form, _period(period), level, wanted)
    except (FilingError, Refused) as error:
        return refuse(error)
    return [
        RankedOut(
            id=row.filing.pk,
            credit_code=row.filing.enterprise.credit_code,
            name=row.filing.enterprise.name,
            version=row.filing.versions_count,
            score=row.score,
            influence=row.influence,
            suspicion=row.suspicion,
            disputed=row.disputed,
            above=row.above,
        )
        for row in found
    ]


@router.post("/pass", response={200: ManyOut, **REFUSALS}, summary="Pass several")
def pass_them(request: HttpRequest, payload: ManyIn) -> Any:
    """Pass several returns, each by itself; a refusal of one does not stop the others."""
    if payload.move not in {Move.PASS_COUNTY, Move.PASS_CITY}:
        return refuse(FilingError("not_an_officers_move"))
    result = pass_many(_actor(request), payload.returns, payload.move, payload.returns)
    return ManyOut(done=result.done, refused={pk: lock_out(lock) for pk, lock in result.refused.items()})


@router.get("/adjustments", response={200: list[AdjustmentOut], **REFUSALS}, summary="Adjustments")
def adjustments(request: HttpRequest, state: str = "") -> Any:
    """Adjustments within reach, as reported and as adjusted."""
    return [
        _adjustment(view.made, view.reported, view.adjusted)
        for view in list_adjustments(_actor(request), state=state)
    ]


@router.post(
    "/adjustments/{number}/confirm", response={200: AdjustmentOut, **REFUSALS}, summary="Confirm one"
)
def confirm(request: HttpRequest, number: int) -> Any:
    """Bring a proposed adjustment into force: another person than who proposed it."""
    try:
        return _adjustment(confirm_adjustment(_actor(request), number))
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post("/adjustments/{number}/remove", response={200: AdjustmentOut, **REFUSALS}, summary="Remove one")
def remove(request: HttpRequest, number: int, payload: ReasonIn) -> Any:
    """Take an adjustment away with a reason; its trace stays."""
    try:
        return _adjustment(remove_adjustment(_actor(request), number, payload.reason))
    except (FilingError, Refused) as error:
        return refuse(error)


@router.get("/{number}", response={200: SeenOut, **REFUSALS}, summary="One return")
def read(request: HttpRequest, number: int, version: int | None = None) -> Any:
    """A return as submitted last (or as of a version), with all that stands beside it."""
    try:
        return _seen(_actor(request), number, version)
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post("/{number}/move", response={200: SeenOut, **REFUSALS}, summary="Move a return")
def move(request: HttpRequest, number: int, payload: MoveIn) -> Any:
    """Pass, send back (whole or single boxes), take back, take up, release, open more, reopen."""
    actor = _actor(request)
    try:
        find_return(actor, number)
        move_return(
            actor,
            number,
            payload.move,
            reason=payload.reason,
            boxes=payload.boxes,
            answer_by=payload.answer_by,
            version=payload.version,
            revision=payload.revision,
        )
        return _seen(actor, number)
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post("/{number}/remarks", response={201: SeenOut, **REFUSALS}, summary="Write a remark")
def write(request: HttpRequest, number: int, payload: RemarkIn) -> Any:
    """Write about a box or about the whole return."""
    actor = _actor(request)
    try:
        remark(actor, number, payload.text, box=payload.box, internal=payload.internal)
        return Status(201, _seen(actor, number))
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post(
    "/{number}/threads/{thread}", response={200: SeenOut, **REFUSALS}, summary="Settle or open a thread"
)
def settle(request: HttpRequest, number: int, thread: int, done: bool = True) -> Any:
    """Say that a thread is settled, or (`done` false) that it is not."""
    actor = _actor(request)
    try:
        resolve(actor, number, thread, done=done)
        return _seen(actor, number)
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post("/{number}/flag", response={200: SeenOut, **REFUSALS}, summary="Mark a box")
def mark(request: HttpRequest, number: int, payload: FlagIn) -> Any:
    """Mark a box for following up, or take the mark away."""
    actor = _actor(request)
    try:
        flag(actor, number, payload.box, on=payload.on)
        return _seen(actor, number)
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post("/{number}/look", response={204: None, **REFUSALS}, summary="Note what was seen")
def look(request: HttpRequest, number: int) -> Any:
    """Remember that the caller has seen the return as it stands."""
    try:
        note_look(_actor(request), number)
    except (FilingError, Refused) as error:
        return refuse(error)
    return Status(204, None)


@router.post("/{number}/verdict", response={201: SeenOut, **REFUSALS}, summary="Judge an explanation")
def judge(request: HttpRequest, number: int, payload: VerdictIn) -> Any:
    """Accept an explanation, or call it doubtful or wrong with a note."""
    actor = _actor(request)
    try:
        adjudicate(actor, number, payload.finding, payload.verdict, payload.note, payload.version)
        return Status(201, _seen(actor, number))
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post(
    "/{number}/adjustments", response={201: AdjustmentOut, **REFUSALS}, summary="Propose an adjustment"
)
def propose(request: HttpRequest, number: int, payload: AdjustmentIn) -> Any:
    """Propose a correction of a figure of an approved return; the filed figure stays."""
    try:
        made = propose_adjustment(
            _actor(request), number, payload.cell, payload.kind, payload.number, payload.reason
        )
    except (FilingError, Refused) as error:
        return refuse(error)
    return Status(201, _adjustment(made))


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise FilingError("bad_period") from None


def _seen(actor: Actor, number: int, version: int | None = None) -> SeenOut:
    seen = get_return(actor, number, version)
    opened = open_boxes(seen.filing)
    return SeenOut(
        id=number,
        form=seen.filing.form,
        period=str(seen.period),
        credit_code=seen.filing.enterprise.credit_code,
        state=seen.state.value,
        version=seen.version.number if seen.version else 0,
        revision=seen.facts.revision,
        standings={level.value: where.value for level, where in standings(seen.facts).items()},
        cells=seen.content.cells,
        lines=seen.content.lines,
        explanations=seen.content.explanations,
        findings=[finding_out(finding) for finding in seen.findings],
        open_boxes=sorted(opened) if opened is not None else None,
        box_reasons=box_reasons(seen.filing),
        answer_by=seen.filing.answer_by.isoformat() if seen.filing.answer_by else None,
        flags=sorted(flags_on(actor, seen.filing)),
        threads=[
            ThreadOut(
                id=view.thread.pk,
                box=view.thread.box,
                internal=view.thread.internal,
                resolved=not view.is_open,
                unread=view.unread,
                remarks=[
                    RemarkOut(
                        text=each.text,
                        author=each.author,
                        by_firm=each.by_firm,
                        version=each.version,
                        at=each.at.isoformat(),
                    )
                    for each in view.remarks
                ],
            )
            for view in threads_of(actor, seen.filing)
        ],
        may=locks_out(seen.may),
    )


def _adjustment(made: Adjustment, reported: Any = None, adjusted: Any = None) -> AdjustmentOut:
    return AdjustmentOut(
        id=made.pk,
        enterprise=made.enterprise_id,
        form=made.form,
        period=str(Period.from_key(made.period)),
        cell=made.cell,
        kind=made.kind,
        number=made.number,
        reason=made.reason,
        state=state_of(made),
        reported=reported,
        adjusted=adjusted,
    )
