"""The review path under any order of moves by anybody: what must always hold."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.period import clock
from gongmai.core.review.models import Step
from gongmai.core.review.types import TRANSITIONS, Move, Refused, State
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.facts import ApprovedReturns
from gongmai.monitor.filing.queries.returns import get_return
from gongmai.monitor.filing.types import FilingError
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, build_town

PEOPLE = ("filer", "county", "county_two", "city", "city_two", "leader", "elsewhere")
OFFICERS = st.sampled_from(PEOPLE)
MOVES = st.sampled_from([Move.PASS_COUNTY, Move.PASS_CITY, Move.SEND_BACK, Move.REOPEN])


class ReviewPath(RuleBasedStateMachine):
    """One return, seven people, any order."""

    def __init__(self) -> None:
        super().__init__()
        self.town = build_town()
        self.filing = Return.objects.get(enterprise=self.town.firm, period=APRIL.key)
        self.submitted: list[str] = []
        self.moves = 0
        self.vintage = 0
        self.sales = 980
        self.admitted: dict[int, int] = {}

    def row(self) -> Return:
        return Return.objects.get(pk=self.filing.pk)

    @rule(sales=st.integers(min_value=900, max_value=1100), who=OFFICERS)
    def anybody_saves(self, sales: int, who: str) -> None:
        before = self.row()
        cells = GOOD | {"sales": sales, "sales__ytd": 4000}
        try:
            save_draft(getattr(self.town, who), self.filing.pk, cells=cells, lines={"output_lines": [LINE]})
        except (NotAllowed, FilingError):
            assert self.row().draft == before.draft
            assert who != "filer" or before.state in {State.COUNTY, State.CITY, State.APPROVED}
        else:
            assert who == "filer"
            self.sales = sales

    @rule(who=OFFICERS)
    def anybody_submits(self, who: str) -> None:
        before = self.row()
        try:
            receipt = submit_return(getattr(self.town, who), self.filing.pk)
        except (NotAllowed, FilingError, Refused):
            assert self.row().versions_count == before.versions_count
            return
        assert who == "filer"
        if receipt.version > len(self.submitted):
            self.submitted.append(receipt.digest)
            self.moves += 1

    @rule(who=OFFICERS, move=MOVES, reason=st.sampled_from(["", "look again please"]))
    def anybody_moves(self, who: str, move: Move, reason: str) -> None:
        actor, before = getattr(self.town, who), self.row()
        promised = get_return(self.town.city, self.filing.pk) if who == "city" else None
        try:
            move_return(actor, self.filing.pk, move, reason=reason)
        except (NotAllowed, Refused):
            assert self.row().state == before.state
            return
        self.moves += 1
        assert self.row().state == TRANSITIONS[State(before.state), move]
        assert who in {"county", "county_two", "city", "city_two"}
        assert reason or move not in {Move.SEND_BACK, Move.REOPEN}
        if promised is not None:
            assert promised.may[move.value] is None

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
        lines = Entry.objects.filter(kind="return", object_id=str(self.filing.pk)).exclude(
            action="return.begin"
        )
        assert (steps, lines.count()) == (self.moves, self.moves)

    @invariant()
    def an_approved_version_was_passed_by_four_eyes(self) -> None:
        path = list(
            Step.objects.filter(case__object_id=self.filing.pk).order_by("pk").values_list("move", "actor_id")
        )
        for place, (move, person) in enumerate(path):
            if move == Move.PASS_CITY:
                submit, county = path[place - 2], path[place - 1]
                assert (submit[0], county[0]) == (Move.SUBMIT, Move.PASS_COUNTY)
                assert len({submit[1], county[1], person}) == 3


def _machine() -> Any:
    case = ReviewPath.TestCase
    case.settings = settings(
        max_examples=12, stateful_step_count=25, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    return case


class TestReviewPath(TestCase):
    """Each run in a transaction of its own, on 5 May 2023."""

    def test_whatever_the_order_nothing_is_lost_and_nobody_passes_their_own_work(self) -> None:
        import datetime as dt

        from django.db import transaction
        from hypothesis.stateful import run_state_machine_as_test

        clock.simulate(dt.datetime(2023, 5, 5, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
        try:
            run_state_machine_as_test(_isolated(transaction), settings=_machine().settings)
        finally:
            clock.resume()


def _isolated(transaction: Any) -> Any:
    class Isolated(ReviewPath):
        def __init__(self) -> None:
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    return Isolated
