"""Reminders by hand, calls, contacts, extensions and the league."""

from datetime import date

import pytest

from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.notify.models import Notice
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.period import clock
from gongmai.core.registry.models import Enterprise
from gongmai.core.review.types import Move
from gongmai.monitor.chase.actions.calls import CallNote, note_call, settle_contact
from gongmai.monitor.chase.actions.reminding import remind_now, sort_out
from gongmai.monitor.chase.queries.calls import calls_of_firm, suggestions
from gongmai.monitor.chase.queries.chasing import list_missing, summary
from gongmai.monitor.chase.queries.league import league, score, total
from gongmai.monitor.chase.rules.league import add_up, rank
from gongmai.monitor.chase.types import ChaseError, Figures
from gongmai.monitor.filing.actions.bases import decide_base_revision, request_base_revision
from gongmai.monitor.filing.actions.extending import extend_due, undo_extension
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.models import Extension, Return, Version
from gongmai.monitor.filing.queries.completeness import completeness
from gongmai.monitor.filing.types import FilingError
from tests.monitor.chase.test_rounds import file_return
from tests.monitor.filing.conftest import APRIL, Town


def notices(actor, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(person_id=actor.user_id, kind=kind).order_by("pk"))


def test_a_reminder_by_hand_carries_the_officers_word_and_waits_between_two(
    town: Town, filing, set_time
) -> None:
    done = remind_now(town.county, [filing.pk], "请今天下班前上报")
    assert done.told == [filing.pk]
    assert "请今天下班前上报" in notices(town.filer, "chase.firm")[0].body_zh
    assert remind_now(town.county, [filing.pk]).too_soon == [filing.pk]
    assert len(notices(town.filer, "chase.firm")) == 1
    set_time("2023-05-05T14:30")
    assert remind_now(town.county, [filing.pk]).told == [filing.pk]
    set_time("2023-05-05T18:40")
    assert remind_now(town.county, [filing.pk]).told == [filing.pk]
    set_time("2023-05-05T22:50")
    assert remind_now(town.county, [filing.pk]).too_soon == [filing.pk], "three a day are enough"
    assert Entry.objects.filter(action="chase.remind").count() == 3


def test_who_cannot_be_told_and_who_has_filed_is_said(town: Town, filing) -> None:
    other = Return.objects.get(enterprise=town.other)
    assert sort_out(town.city, [other.pk]).unreachable == [other.pk]
    file_return(town.filer, filing)
    assert remind_now(town.city, [filing.pk]).filed == [filing.pk]
    assert notices(town.filer, "chase.firm") == []


def test_a_county_reminds_calls_and_extends_only_its_own(town: Town, filing) -> None:
    for act in (
        lambda: remind_now(town.elsewhere, [filing.pk]),
        lambda: note_call(town.elsewhere, filing.pk, CallNote("no_answer")),
        lambda: extend_due(town.elsewhere, [filing.pk], until=date(2023, 5, 9), reason="because"),
        lambda: remind_now(town.filer, [filing.pk]),
        lambda: extend_due(town.leader, [filing.pk], until=date(2023, 5, 9), reason="because"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_call_with_a_promise_is_seen_in_the_list_and_turns_broken(town: Town, filing, set_time) -> None:
    note_call(town.county, filing.pk, CallNote("promised", promised_on=date(2023, 5, 6), spoke_with="Li"))
    (row,) = list_missing(town.county, "monthly", APRIL, {}, 1).object_list
    assert row.promised_on == date(2023, 5, 6)
    assert summary(town.county, "monthly", APRIL).promised == 1
    assert not list_missing(town.county, "monthly", APRIL, {"show": "broken"}, 1).object_list
    set_time("2023-05-07T09:00")
    assert len(list_missing(town.county, "monthly", APRIL, {"show": "broken"}, 1).object_list) == 1
    assert len(calls_of_firm(town.city, town.firm)) == 1


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (CallNote("nonsense"), "unknown_outcome"),
        (CallNote("promised"), "promise_missing"),
        (CallNote("promised", promised_on=date(2023, 5, 4)), "promise_past"),
    ],
)
def test_a_call_says_what_came_of_it(town: Town, filing, note, code: str) -> None:
    with pytest.raises(ChaseError) as refused:
        note_call(town.county, filing.pk, note)
    assert refused.value.code == code


def test_a_new_contact_goes_to_the_register_by_who_may(town: Town, filing) -> None:
    call = note_call(town.county, filing.pk, CallNote("changed_person", new_contact="Wang", new_phone="123"))
    assert [one.pk for one in suggestions(town.county)] == [call.pk]
    assert list(suggestions(town.elsewhere)) == []
    with pytest.raises(NotAllowed):
        settle_contact(town.county, call.pk, take=True)
    settle_contact(town.city, call.pk, take=True)
    firm = Enterprise.objects.get(pk=town.firm.pk)
    assert (firm.contact, firm.contact_phone) == ("Wang", "123")
    with pytest.raises(ChaseError):
        settle_contact(town.city, call.pk, take=False)
    assert list(suggestions(town.city)) == []


def test_an_extension_moves_the_deadline_tells_the_firm_and_counts_apart(
    town: Town, filing, set_time
) -> None:
    batch = extend_due(town.county, [filing.pk], until=date(2023, 5, 11), reason="Power cut in the works")
    deliver_once()
    (notice,) = notices(town.filer, "filing.extended")
    assert "Power cut in the works" in notice.body_zh
    set_time("2023-05-10T16:00")
    file_return(town.filer, filing)
    rows = {row.group: row for row in completeness(town.city, "monthly", APRIL)}
    assert (rows["u1"].on_time, rows["u1"].late, rows["u1"].extended) == (1, 0, 1)
    place = next(place for place in league(town.leader, APRIL) if place.figures.unit == "u1")
    assert (place.figures.on_time, place.figures.extended) == (1, 1)
    with pytest.raises(FilingError) as refused:
        undo_extension(town.county, batch)
    assert refused.value.code == "extension_used"


def test_an_extension_is_taken_back_and_the_firm_is_told(town: Town, filing) -> None:
    before = filing.due_at
    batch = extend_due(town.county, [filing.pk], until=date(2023, 5, 11), reason="Power cut")
    assert undo_extension(town.county, batch) == 1
    filing.refresh_from_db()
    assert filing.due_at == before
    deliver_once()
    assert "2023-05-08" in notices(town.filer, "filing.unextended")[0].subject_zh
    with pytest.raises(FilingError):
        undo_extension(town.county, batch)
    assert Entry.objects.filter(action="return.unextend").count() == 1


@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [
        (date(2023, 5, 12), "Power cut", "extension_beyond"),
        (date(2023, 5, 8), "Power cut", "extension_not_later"),
        (date(2023, 5, 9), " x ", "extension_reason"),
    ],
)
def test_an_extension_is_refused_with_its_reason(town: Town, filing, until, reason, code: str) -> None:
    with pytest.raises(FilingError) as refused:
        extend_due(town.county, [filing.pk], until=until, reason=reason)
    assert refused.value.code == code
    assert not Extension.objects.exists()


def test_extensions_do_not_add_up_beyond_the_limit(town: Town, filing) -> None:
    extend_due(town.county, [filing.pk], until=date(2023, 5, 10), reason="Power cut")
    with pytest.raises(FilingError):
        extend_due(town.county, [filing.pk], until=date(2023, 5, 15), reason="Power cut again")
    extend_due(town.city, [filing.pk], until=date(2023, 5, 15), reason="The city may")
    with pytest.raises(NotAllowed):
        undo_extension(town.county, Extension.objects.latest("pk").batch)


def test_a_county_is_extended_as_a_whole_or_not_at_all(town: Town, filing) -> None:
    ids = list(Return.objects.values_list("pk", flat=True))
    file_return(town.filer, filing)
    with pytest.raises(FilingError) as refused:
        extend_due(town.city, ids, until=date(2023, 5, 15), reason="Flood")
    assert refused.value.code == "extension_filed"
    assert not Extension.objects.exists()


def test_what_happens_to_a_return_is_told_to_its_firm_and_county(town: Town, filing, set_time) -> None:
    set_time("2023-05-09T10:00")
    file_return(town.filer, filing)
    deliver_once()
    assert len(notices(town.county, "filing.submitted_late")) == 1
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="The output is a thousandfold")
    deliver_once()
    (notice,) = notices(town.filer, "filing.returned")
    assert "The output is a thousandfold" in notice.body_zh
    assert "2023-05-1" in notice.body_zh, "until when the answer is awaited"
    file_return(town.filer, filing)
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city, filing.pk, Move.PASS_CITY)
    deliver_once()
    assert len(notices(town.filer, "filing.approved")) == 1
    place = next(place for place in league(town.city, APRIL) if place.figures.unit == "u1")
    assert (place.figures.returned, place.figures.corrected, place.figures.reviewed) == (1, 1, 1)
    assert place.figures.review_days is not None


@pytest.mark.parametrize(("approve", "verdict"), [(True, "已同意"), (False, "未同意")])
def test_what_became_of_a_request_for_a_base_is_told_to_the_firm(
    town: Town, filing, approve: bool, verdict: str
) -> None:
    ago = Return.objects.create(
        enterprise=town.firm, form="monthly", period=202204, state="approved", versions_count=1
    )
    Version.objects.create(
        filing=ago, number=1, cells='{"output":900,"output__ytd":3500}', digest="x", source="import",
        submitted_at=clock.now(),
    )  # fmt: skip
    asked = request_base_revision(town.filer, filing.pk, "output__ytd_base", "3,600", "merged with a plant")
    assert not notices(town.filer, "filing.base_decided")
    decide_base_revision(town.city, asked.pk, approve=approve, note="see the merger contract")
    deliver_once()
    (notice,) = notices(town.filer, "filing.base_decided")
    assert verdict in notice.subject_zh
    assert all(part in notice.body_zh for part in ("3,600", "see the merger contract", verdict))
    assert notice.object_id == filing.pk


def figures(unit: str, due: int, on_time: int, reviewed: int = 0, days: float | None = None) -> Figures:
    return Figures(unit, due, on_time, on_time, 0, 0, 0, 0, reviewed, days)


def test_the_league_ranks_by_score_and_equals_share_a_rank() -> None:
    rows = [figures("a", 10, 5), figures("b", 10, 9), figures("c", 2, 1), figures("d", 0, 0)]
    places = rank([(row, score(row, date(2023, 5, 1))) for row in rows])
    assert [(place.figures.unit, place.rank) for place in places] == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]
    assert places[-1].score is None


def test_days_of_review_are_weighted_by_what_was_reviewed() -> None:
    both = add_up([figures("a", 1, 1, 1, 1.0), figures("a", 1, 1, 3, 5.0), figures("a", 1, 1)], "a")
    assert both.review_days == 4.0
    assert total(rank([(both, 1.0)])).figures.due == 3


def test_the_scores_of_the_catalogue_run_their_examples() -> None:
    from gongmai.core.formula.queries import row_evaluator
    from gongmai.core.formula.rules.examples import run_examples
    from gongmai.monitor.chase.queries.league import formula_in_force

    assert run_examples(formula_in_force(date(2023, 5, 1)), row_evaluator()) == []


def test_the_league_is_for_officers_and_leaders(town: Town) -> None:
    assert league(town.leader, APRIL)
    with pytest.raises(NotAllowed):
        league(town.filer, APRIL)
