"""A warning handled by people: rights, four eyes, the cell that goes back, one line for each move."""

import pytest

from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.notify.models import Notice
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.outbox.models import Delivery
from gongmai.core.period import clock
from gongmai.core.review.types import Move as Review
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return
from gongmai.monitor.warning.actions.moving import assign_many, move_alert
from gongmai.monitor.warning.models import Alert, AlertStep
from gongmai.monitor.warning.queries.measures import measure
from gongmai.monitor.warning.queries.watch import filter_alerts, find_alert, moves_for
from gongmai.monitor.warning.types import Colour, Move, State, WarningRefused
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, Town


def warning(town: Town, **changes: object) -> Alert:
    values: dict[str, object] = {
        "trigger": "output_fall",
        "level": "enterprise",
        "key": str(town.firm.pk),
        "enterprise": town.firm,
        "unit": town.firm.unit,
        "first_period": APRIL.key,
        "last_period": APRIL.key,
        "seen_period": APRIL.key,
        "colour": Colour.RED,
        "worst": Colour.RED,
        "share": 0.2,
        "score": 1.6,
        "vintage": 1,
        "state": State.FOUND,
        "due_on": clock.today(),
        "found_at": clock.now(),
        "updated_at": clock.now(),
    }
    return Alert.objects.create(**(values | changes))


def approve(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    submit_return(town.filer, filing.pk)
    move_return(town.county, filing.pk, Review.PASS_COUNTY)
    move_return(town.city, filing.pk, Review.PASS_CITY)


def test_a_warning_is_assigned_verified_handled_reported_and_closed(town: Town) -> None:
    alert = warning(town)
    assert assign_many(town.city, [alert.pk]) == [alert.pk]
    alert.refresh_from_db()
    assert alert.due_on is not None
    assert alert.due_on.isoformat() == "2023-05-09"  # three working days; Saturday 6 May is made up
    move_alert(town.county, alert.pk, Move.CONFIRM)
    alert.refresh_from_db()
    due = alert.due_on
    move_alert(town.county, alert.pk, Move.HANDLE, text="协调电力检修提前完成")
    move_alert(town.county, alert.pk, Move.REPORT, text="已恢复生产")
    alert.refresh_from_db()
    assert alert.state == State.REPORTED
    move_alert(town.city, alert.pk, Move.CLOSE)
    alert.refresh_from_db()
    assert (alert.state, alert.due_on, alert.closed_period) == (State.CLOSED, None, APRIL.key)
    steps = list(AlertStep.objects.order_by("pk"))
    assert [step.move for step in steps] == ["assign", "confirm", "handle", "report", "close"]
    assert steps[3].due_on == due  # handling did not put it off
    assert all(step.in_time for step in steps if step.move != "handle")
    lines = Entry.objects.filter(kind="warning", object_id=str(alert.pk)).order_by("pk")
    assert [line.action for line in lines] == [f"warning.{step.move}" for step in steps]
    done = measure(town.city)["output_fall"]
    assert (done.precision, done.false_rate, done.in_time_share) == (1.0, 0.0, 1.0)
    assert done.lead is None or done.lead >= 0


def test_who_may_not_is_refused_and_nothing_is_written(town: Town) -> None:
    alert = warning(town, state=State.ASSIGNED)
    for actor, move in (
        (town.elsewhere, Move.CONFIRM),
        (town.filer, Move.CONFIRM),
        (town.leader, Move.CONFIRM),
        (town.county, Move.ESCALATE),
        (town.county, Move.REOPEN),
    ):
        with pytest.raises(NotAllowed):
            move_alert(actor, alert.pk, move, text="试一试看")
    with pytest.raises(NotAllowed):
        find_alert(town.elsewhere, alert.pk)
    assert not filter_alerts(town.elsewhere, {}).exists()
    assert filter_alerts(town.county, {}).count() == 1
    assert not AlertStep.objects.exists()
    assert not Entry.objects.filter(kind="warning").exists()


def test_an_industry_is_the_citys_own_and_has_no_cell(town: Town) -> None:
    alert = warning(
        town, trigger="industry_fall", level="industry", key="13", enterprise=None, unit="",
        state=State.ASSIGNED,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        find_alert(town.county, alert.pk)
    assert Move.CALL_ERROR not in moves_for(town.city, alert)
    with pytest.raises(WarningRefused) as refused:
        move_alert(town.city, alert.pk, Move.CALL_ERROR, text="数据有误")
    assert refused.value.code == "no_cell"


def test_a_wrong_figure_sends_its_one_cell_back_through_the_review(town: Town, filing: Return) -> None:
    approve(town, filing)
    alert = warning(town, state=State.ASSIGNED)
    move_alert(town.county, alert.pk, Move.CALL_ERROR, text="产值少填一位")
    with pytest.raises(NotAllowed):
        move_alert(town.county, alert.pk, Move.SEND_BACK, text="请更正产值")
    move_alert(town.city, alert.pk, Move.SEND_BACK, text="请更正当月产值")
    alert.refresh_from_db()
    filing.refresh_from_db()
    assert (alert.state, alert.return_id) == (State.CORRECTING, filing.pk)
    assert filing.state == "returned"
    assert filing.asked_boxes is not None
    assert filing.asked_boxes["reasons"] == {"output": "请更正当月产值"}
    assert measure(town.city)["output_fall"].errors == 1


def test_a_refusal_of_the_review_leaves_the_warning_as_it_was(town: Town) -> None:
    alert = warning(town, state=State.ERROR, last_period=202303)
    with pytest.raises(WarningRefused) as refused:
        move_alert(town.city, alert.pk, Move.SEND_BACK, text="请更正当月产值")
    assert refused.value.code == "no_return"
    alert.refresh_from_db()
    assert (alert.state, alert.revision) == (State.ERROR, 0)


def test_a_false_alarm_counts_against_its_trigger(town: Town) -> None:
    one = warning(town, state=State.ASSIGNED)
    two = warning(town, state=State.ASSIGNED, first_period=202303)
    with pytest.raises(WarningRefused):
        move_alert(town.county, one.pk, Move.CALL_FALSE, text="")
    move_alert(town.county, one.pk, Move.CALL_FALSE, text="计划内检修")
    move_alert(town.county, two.pk, Move.CONFIRM)
    done = measure(town.city)["output_fall"]
    assert (done.verified, done.false_rate, done.precision) == (2, 0.5, 0.5)


def test_what_somebody_else_moved_meanwhile_is_stale_and_the_reporter_does_not_close(town: Town) -> None:
    alert = warning(town, state=State.ASSIGNED)
    move_alert(town.county_two, alert.pk, Move.CONFIRM, revision=0)
    with pytest.raises(WarningRefused) as refused:
        move_alert(town.county, alert.pk, Move.HANDLE, text="协调用电", revision=0)
    assert refused.value.code == "stale"
    move_alert(town.county_two, alert.pk, Move.HANDLE, text="协调用电")
    move_alert(town.county_two, alert.pk, Move.REPORT, text="已恢复生产")
    with pytest.raises(WarningRefused) as refused:
        move_alert(town.county_two, alert.pk, Move.CLOSE)
    assert refused.value.code == "four_eyes"
    alert.refresh_from_db()
    assert Move.CLOSE not in moves_for(town.county_two, alert)
    assert Move.CLOSE in moves_for(town.city_two, alert)


def test_the_county_hears_what_is_given_to_it_and_the_city_what_is_answered(town: Town) -> None:
    alert = warning(town)
    assign_many(town.city, [alert.pk])
    move_alert(town.county, alert.pk, Move.CALL_ERROR, text="产值少填一位")
    while deliver_once():
        pass
    assert not Delivery.objects.filter(finished_at=None).exists()
    told = {(row.kind, row.person_id) for row in Notice.objects.filter(kind__startswith="warning.")}
    assert ("warning.assigned", town.county.user_id) in told
    assert ("warning.assigned", town.elsewhere.user_id) not in told
    assert ("warning.answered", town.city.user_id) in told
