"""Reminders by plan: who is told, once, and never who has filed."""

from datetime import date, time

import pytest

from gongmai.core.access.types import SYSTEM, NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.notify.models import Notice
from gongmai.monitor.chase.actions import rounds
from gongmai.monitor.chase.actions.plans import pause, resume, set_heads, set_plan
from gongmai.monitor.chase.models import Reminder, Round
from gongmai.monitor.chase.queries.plans import plan_for, preview
from gongmai.monitor.chase.types import ChaseError, Step, To
from gongmai.monitor.filing.actions.extending import extend_due
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.types import Content
from tests.monitor.filing.conftest import GOOD, LINE, Town, person

# the form of April is due on 8 May 2023; 5 May and the make-up Saturday 6 May are working days
BEFORE, DUE, AFTER, AFTER_TWO, AFTER_THREE = (
    "2023-05-04T09:30", "2023-05-08T08:40", "2023-05-09T09:10", "2023-05-10T09:10", "2023-05-11T09:10",
)  # fmt: skip


def file_return(actor, filing) -> None:
    content = Content(dict(GOOD), {"output_lines": [dict(LINE)]}, {})
    submit_return(actor, filing.pk, draft=Draft(content))


def kinds_of(person_id) -> list[str]:
    return list(Notice.objects.filter(person_id=person_id).order_by("pk").values_list("kind", flat=True))


def test_a_firm_is_reminded_before_on_and_after_the_day(town: Town, set_time) -> None:
    for moment in (BEFORE, DUE, AFTER):
        set_time(moment)
        rounds.run()
    assert kinds_of(town.filer.user_id) == ["chase.firm"] * 3
    notice = Notice.objects.filter(person_id=town.filer.user_id).latest("pk")
    assert "2023年4月" in notice.subject_zh
    assert "逾期1天" in notice.subject_zh
    assert notice.link == f"/returns/{Return.objects.get(enterprise=town.firm).pk}/"


def test_the_list_climbs_from_county_to_head_to_city(town: Town, set_time) -> None:
    for moment in (AFTER, AFTER_TWO, AFTER_THREE):
        set_time(moment)
        rounds.run()
    assert kinds_of(town.county.user_id) == ["chase.county", "chase.head"]
    assert kinds_of(town.city.user_id) == ["chase.city"]
    assert kinds_of(town.leader.user_id) == []
    county = Notice.objects.get(person_id=town.county.user_id, kind="chase.county")
    assert "First Works" in county.body_zh
    assert "Second Works" not in county.body_zh


def test_running_again_and_again_tells_nobody_twice(town: Town, set_time) -> None:
    set_time(AFTER)
    first = rounds.run()
    told = Notice.objects.count()
    assert {(one.to, one.firms) for one in first} == {(To.FIRM, 2), (To.COUNTY, 2)}
    for _ in range(3):
        assert rounds.run() == []
    assert Notice.objects.count() == told
    assert Entry.objects.filter(action="chase.round").count() == 2


def test_a_run_that_dies_is_taken_up_where_it_stopped(town: Town, set_time, monkeypatch) -> None:
    set_time(DUE)
    monkeypatch.setattr(rounds, "FIRMS_AT_ONCE", 1)
    real, calls = rounds._remind_some, []

    def dying(round_, due):
        if len(calls) == 1:
            raise RuntimeError("killed")
        calls.append(1)
        return real(round_, due)

    monkeypatch.setattr(rounds, "_remind_some", dying)
    with pytest.raises(RuntimeError):
        rounds.run()
    assert Reminder.objects.count() == 1
    assert Round.objects.get().done_at is None
    monkeypatch.setattr(rounds, "_remind_some", real)
    (done,) = rounds.run()
    assert (done.firms, done.people, done.unreachable) == (2, 1, 1)
    assert Reminder.objects.count() == 2
    assert kinds_of(town.filer.user_id) == ["chase.firm"]


def test_who_has_filed_is_not_reminded(town: Town, filing: Return, set_time) -> None:
    file_return(town.filer, filing)
    set_time(AFTER)
    rounds.run()
    assert "chase.firm" not in kinds_of(town.filer.user_id)
    assert list(Reminder.objects.values_list("enterprise_id", flat=True)) == [town.other.pk]
    assert kinds_of(town.county.user_id) == []


def test_a_rehearsal_writes_nothing_and_says_what_would_be(town: Town, set_time) -> None:
    moment = set_time(DUE)
    (outcome,) = rounds.run(at=moment, dry_run=True)
    assert (outcome.to, outcome.firms, outcome.people, outcome.unreachable) == (To.FIRM, 2, 1, 1)
    assert Round.objects.count() == Notice.objects.count() == 0


def test_an_extended_firm_is_reminded_by_its_own_deadline(town: Town, filing: Return, set_time) -> None:
    extend_due(town.county, [filing.pk], until=date(2023, 5, 11), reason="Flood in the works")
    set_time(AFTER)
    rounds.run()
    assert kinds_of(town.filer.user_id) == []
    set_time("2023-05-11T08:40")
    rounds.run()
    assert kinds_of(town.filer.user_id) == ["chase.firm"]


def test_heads_get_the_escalation_instead_of_all_officers(town: Town, set_time) -> None:
    boss = person("boss", ("county", "unit", "u1"))
    set_heads(town.city, "u1", [boss.user_id])
    set_time(AFTER_TWO)
    rounds.run()
    assert kinds_of(boss.user_id) == ["chase.head"]
    assert kinds_of(town.county.user_id) == []
    assert kinds_of(town.elsewhere.user_id) == ["chase.head"]
    with pytest.raises(ChaseError):
        set_heads(town.city, "u1", [town.filer.user_id])


def test_a_pause_holds_reminders_back_until_it_ends(town: Town, set_time) -> None:
    set_time(DUE)
    row = pause(town.city, "monthly", until=None, reason="Servers move")
    assert rounds.run() == []
    resume(town.city, row.pk)
    set_time("2023-05-08T08:45")
    assert [one.to for one in rounds.run()] == [To.FIRM]


def test_the_city_sets_another_plan_for_one_form(town: Town, set_time) -> None:
    set_time("2023-05-05T10:00")
    steps = (Step(-1, time(10), (To.COUNTY,)),)
    set_plan(town.city, "monthly", valid_from=date(2023, 5, 6), steps=steps, note="Short month")
    assert plan_for("monthly", date(2023, 5, 5)).number == 0
    assert plan_for("monthly", date(2023, 5, 6)).steps == steps
    assert plan_for("energy", date(2023, 5, 6)).number == 0
    set_time("2023-05-06T10:05")
    assert [(one.to, one.step.offset) for one in rounds.run()] == [(To.COUNTY, -1)]
    assert [one.moment.step.offset for one in preview(town.city, "monthly")] == [-1]


@pytest.mark.parametrize(
    ("form", "valid_from", "note", "code"),
    [
        ("monthly", date(2023, 5, 4), "why", "plan_past"),
        ("monthly", date(2023, 5, 6), " ", "reason_missing"),
        ("nonsense", date(2023, 5, 6), "why", "unknown_form"),
    ],
)
def test_a_plan_is_refused_with_its_reason(town: Town, form, valid_from, note, code) -> None:
    with pytest.raises(ChaseError) as refused:
        set_plan(town.city, form, valid_from=valid_from, steps=[Step(0, time(9), (To.FIRM,))], note=note)
    assert refused.value.code == code


def test_only_the_city_plans_pauses_and_runs(town: Town) -> None:
    for actor in (town.county, town.filer, town.leader):
        with pytest.raises(NotAllowed):
            set_plan(actor, "", valid_from=date(2023, 6, 1), steps=[Step(0, time(9), (To.FIRM,))], note="no")
        with pytest.raises(NotAllowed):
            pause(actor, "", until=None, reason="no")
        with pytest.raises(NotAllowed):
            rounds.run(actor=actor)
    assert rounds.run(actor=SYSTEM) is not None
