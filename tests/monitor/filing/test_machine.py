"""The review path under any order of moves by anybody: what must always hold."""

import datetime as dt
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.period import clock
from gongmai.core.review.models import Case, Step
from gongmai.core.review.types import TRANSITIONS, Move, Refused, State
from gongmai.monitor.filing.actions.adjudicating import adjudicate
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.remarks import note_look, remark
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Remark, Return, Verdict, Version
from gongmai.monitor.filing.queries.facts import ApprovedReturns
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.lattice import facts_of, moves_open
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.remarks import unread_of
from gongmai.monitor.filing.queries.returns import get_return
from gongmai.monitor.filing.queries.working import content_of
from gongmai.monitor.filing.rules.openness import closed_changes
from gongmai.monitor.filing.types import FilingError, Verdicts
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, build_town

PEOPLE = ("filer", "county", "county_two", "city", "city_two", "leader", "elsewhere")
ANYBODY = st.sampled_from(PEOPLE)
MOVES = st.sampled_from([move for move in Move if move is not Move.SUBMIT])
# what is sent back: nothing in particular, one figure, two
BOXES = st.sampled_from([{}, {"sales": "check it"}, {"sales": "check it", "electricity": "and this"}])
NOT_MOVES = ("return.begin", "return.remark", "return.resolve", "return.adjudicate")


def code_of(refused: Exception) -> str:
    """The code of a refusal."""
    return str(getattr(refused, "code", ""))


class ReviewPath(RuleBasedStateMachine):
    """One return, seven people, any order."""

    def __init__(self) -> None:
        super().__init__()
        self.town = build_town()
        self.filing = Return.objects.get(enterprise=self.town.firm, period=APRIL.key)
        self.submitted: list[str] = []
        self.moves = 0
        self.vintage = 0
        self.admitted: dict[int, int] = {}
        self.remarks = 0
        self.verdicts: list[tuple[str, str]] = []

    def row(self) -> Return:
        return Return.objects.select_related("enterprise").get(pk=self.filing.pk)

    @rule(
        who=ANYBODY,
        sales=st.integers(min_value=900, max_value=1100),
        workforce=st.sampled_from([50, 50, 51]),
    )
    def anybody_saves(self, who: str, sales: int, workforce: int) -> None:
        before = self.row()
        # no electricity has to be explained
        cells = GOOD | {"sales": sales, "workforce": workforce, "electricity": 0, "electricity__ytd": 32.5}
        told = {"V4_zero": "power is billed to the park"}
        try:
            save_draft(
                getattr(self.town, who), self.filing.pk, cells=cells, lines={"output_lines": [LINE]},
                explanations=told,
            )  # fmt: skip
        except (NotAllowed, FilingError) as refused:
            assert self.row().draft == before.draft
            if who == "filer" and before.state not in {State.COUNTY, State.CITY, State.APPROVED}:
                assert code_of(refused) == "box_closed"  # noqa: PT017
                assert open_boxes(before) is not None
        else:
            assert who == "filer"

    @rule(who=ANYBODY)
    def anybody_submits(self, who: str) -> None:
        before = self.row()
        opened = open_boxes(before)
        try:
            receipt = submit_return(getattr(self.town, who), self.filing.pk)
        except (NotAllowed, FilingError, Refused):
            assert self.row().versions_count == before.versions_count
            return
        assert who == "filer"
        if receipt.version > len(self.submitted):
            self.submitted.append(receipt.digest)
            self.moves += 1
            self.only_open_boxes_changed(opened)

    def only_open_boxes_changed(self, opened: frozenset[str] | None) -> None:
        if opened is None or len(self.submitted) < 2:
            return
        old, new = (
            content_of(Version.objects.get(filing=self.filing, number=number))
            for number in (len(self.submitted) - 1, len(self.submitted))
        )
        assert closed_changes(get_form("monthly"), old, new, opened) == []

    @rule(who=ANYBODY, move=MOVES, reason=st.sampled_from(["", "look again please"]), boxes=BOXES)
    def anybody_moves(self, who: str, move: Move, reason: str, boxes: dict[str, str]) -> None:
        actor, before = getattr(self.town, who), self.row()
        promised = moves_open(actor, before, facts_of(before))[move.value]
        back = move in {Move.SEND_BACK, Move.REOPEN, Move.WIDEN}
        try:
            move_return(actor, self.filing.pk, move, reason=reason, boxes=boxes if back else None)
        except (NotAllowed, Refused) as refused:
            assert self.row().state == before.state
            # what was promised is refused for a missing reason only
            assert promised is not None or code_of(refused) == "reason_missing"  # noqa: PT017
            return
        self.moves += 1
        after = self.row()
        assert promised is None
        assert after.state == TRANSITIONS[State(before.state), move]
        assert who in {"county", "county_two", "city", "city_two"}
        assert reason or boxes or move not in {Move.SEND_BACK, Move.REOPEN, Move.TAKE_BACK, Move.WIDEN}
        if move in {Move.SEND_BACK, Move.REOPEN}:
            opened = open_boxes(after)
            assert opened is None if not boxes else opened is not None and set(boxes) <= opened
            assert after.answer_by is not None
        if move is Move.WIDEN and (before_open := open_boxes(before)) is not None:
            now_open = open_boxes(after)
            assert now_open is None or before_open <= now_open

    @rule(version=st.integers(min_value=0, max_value=9))
    def a_stale_view_never_moves(self, version: int) -> None:
        if version == self.row().versions_count:
            return
        before = self.row().state
        try:
            move_return(self.town.city, self.filing.pk, Move.PASS_CITY, version=version)
        except (Refused, NotAllowed):
            assert self.row().state == before
        else:
            raise AssertionError("a stale version was passed")

    @rule(who=ANYBODY, verdict=st.sampled_from(Verdicts), note=st.sampled_from(["", "see the meter"]))
    def anybody_judges_the_explanation(self, who: str, verdict: Verdicts, note: str) -> None:
        state = self.row().state
        try:
            adjudicate(getattr(self.town, who), self.filing.pk, "V4_zero", verdict, note)
        except (NotAllowed, Refused, FilingError):
            return
        level = "city" if who in {"city", "city_two", "county_two"} else "county"
        assert state == level
        assert note or verdict is Verdicts.ACCEPTED
        self.verdicts.append((level, verdict.value))

    @rule(who=ANYBODY, internal=st.booleans())
    def anybody_writes(self, who: str, internal: bool) -> None:
        try:
            remark(getattr(self.town, who), self.filing.pk, "why so little?", box="sales", internal=internal)
        except NotAllowed:
            assert who in {"leader", "elsewhere"}
        else:
            self.remarks += 1

    @rule(who=st.sampled_from(["filer", "county", "city"]))
    def a_look_leaves_nothing_unread(self, who: str) -> None:
        note_look(getattr(self.town, who), self.filing.pk)
        assert unread_of(getattr(self.town, who), [self.filing.pk]) == {}

    @rule()
    def the_panel_publishes(self) -> None:
        source, number = ApprovedReturns(), self.vintage + 1
        ids = source.pending(self.vintage)
        if ids:
            source.mark_admitted(ids, number)
            self.vintage = number
            self.admitted |= dict.fromkeys(ids, number)

    @invariant()
    def no_vintage_admits_two_versions_of_one_return(self) -> None:
        numbers = list(Version.objects.exclude(admitted=None).values_list("filing_id", "admitted"))
        assert len(numbers) == len(set(numbers))

    @invariant()
    def what_was_admitted_stays_admitted(self) -> None:
        found = dict(Version.objects.exclude(admitted=None).values_list("pk", "admitted"))
        assert found == self.admitted

    @invariant()
    def every_version_is_kept_as_it_was_filed(self) -> None:
        digests = list(
            Version.objects.filter(filing=self.filing).order_by("number").values_list("digest", flat=True)
        )
        assert digests == self.submitted

    @invariant()
    def every_move_left_one_step_and_one_line_of_the_trail(self) -> None:
        steps = Step.objects.filter(case__object_id=self.filing.pk).count()
        lines = Entry.objects.filter(kind="return", object_id=str(self.filing.pk))
        assert (steps, lines.exclude(action__in=NOT_MOVES).count()) == (self.moves, self.moves)

    @invariant()
    def remarks_and_verdicts_are_all_kept(self) -> None:
        assert Remark.objects.count() == self.remarks
        assert list(Verdict.objects.order_by("pk").values_list("level", "verdict")) == self.verdicts

    @invariant()
    def the_firm_reads_nothing_internal(self) -> None:
        from gongmai.monitor.filing.queries.remarks import threads_of

        assert not any(view.thread.internal for view in threads_of(self.town.filer, self.filing))

    @invariant()
    def the_city_has_begun_only_with_what_is_there(self) -> None:
        case = Case.objects.filter(object_id=self.filing.pk).first()
        assert case is None or case.taken_by is None or case.state == State.CITY

    @invariant()
    def single_boxes_are_open_only_while_the_return_is_back(self) -> None:
        row = self.row()
        assert row.state == State.RETURNED or (row.asked_boxes is None and row.answer_by is None)

    @invariant()
    def an_approved_version_was_passed_by_four_eyes(self) -> None:
        seen = get_return(self.town.city, self.filing.pk)
        person: dict[str, int | None] = {}
        for step in seen.steps:
            if step.move == Move.PASS_CITY:
                people = {person.get(Move.SUBMIT), person.get(Move.PASS_COUNTY), step.actor_id}
                assert len(people) == 3
                assert None not in people
            elif step.move == Move.TAKE_BACK:
                person.pop(Move.PASS_COUNTY)
            elif step.move == Move.SUBMIT:
                person = {}
            person[step.move] = step.actor_id


class TestReviewPath(TestCase):
    """Each run in a transaction of its own, on 5 May 2023."""

    def test_whatever_the_order_nothing_is_lost_and_nobody_passes_their_own_work(self) -> None:
        chosen = settings(
            max_examples=15, stateful_step_count=30, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )  # fmt: skip
        clock.simulate(dt.datetime(2023, 5, 5, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
        try:
            run_state_machine_as_test(_isolated(), settings=chosen)
        finally:
            clock.resume()


def _isolated() -> Any:
    class Isolated(ReviewPath):
        def __init__(self) -> None:
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    return Isolated
