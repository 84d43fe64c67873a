"""The whole path of a return through the real actions."""

import pytest

from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.outbox.models import Delivery
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review.types import Move, Refused, State
from gongmai.monitor.filing.actions.bases import decide_base_revision, request_base_revision
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.periods import open_period
from gongmai.monitor.filing.actions.reviewing import move_return, pass_many
from gongmai.monitor.filing.actions.submission import Idempotency, submit_return
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.completeness import completeness, total
from gongmai.monitor.filing.queries.facts import ApprovedReturns
from gongmai.monitor.filing.queries.returns import (
    changes_between,
    get_return,
    list_returns,
)
from gongmai.monitor.filing.queries.tasks import my_tasks
from gongmai.monitor.filing.types import FilingError, Lock
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, Town


def fill(town: Town, filing: Return, **changes: object) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD | changes, lines={"output_lines": [LINE]})


def test_a_return_goes_from_the_firm_through_county_and_city_into_the_facts(
    town: Town, filing: Return
) -> None:
    fill(town, filing)
    receipt = submit_return(town.filer, filing.pk)
    assert (receipt.version, receipt.state, receipt.on_time) == (1, "county", True)
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city, filing.pk, Move.PASS_CITY)
    filing.refresh_from_db()
    assert (filing.state, filing.approved_version) == (State.APPROVED, 1)
    source = ApprovedReturns()
    (version,) = source.pending(0)
    assert source.periods_of([version]) == {APRIL.key}
    source.mark_admitted([version], 1)
    assert source.pending(0) == [version]  # marked, and not published yet
    assert source.pending(1) == []
    (batch,) = source.batches(APRIL.key, 1, "monthly")
    assert batch.column("enterprise_id").to_pylist() == [town.firm.pk]
    assert Delivery.objects.filter(event="filing.approved")[0].payload["version_id"] == version
    moves = Entry.objects.filter(kind="return", object_id=str(filing.pk)).values_list("action", flat=True)
    assert list(moves) == ["return.begin", "return.submit", "return.pass_county", "return.pass_city"]


def test_a_wrong_cumulative_is_refused_with_its_figures(town: Town, filing: Return) -> None:
    march = Return.objects.create(
        enterprise=town.firm, form="monthly", period=202303, state="approved", versions_count=1
    )
    Version.objects.create(
        filing=march,
        number=1,
        cells='{"output__ytd":3000}',
        digest="x",
        source="import",
        submitted_at=clock.now(),
    )
    fill(town, filing)
    with pytest.raises(FilingError) as refused:
        submit_return(town.filer, filing.pk)
    (finding,) = (each for each in refused.value.findings if each.severity == "blocking")
    assert (refused.value.code, finding.rule, finding.suggestion) == ("blocking_findings", "H1_output", 4000)
    assert finding.params["prev:output__ytd"] == 3000
    save_draft(
        town.filer, filing.pk, cells={"output_adjustment": 100, "adjustment_reason": "March corrected"}
    )
    assert submit_return(town.filer, filing.pk).version == 1


def test_an_explanatory_finding_waits_for_its_explanation(town: Town, filing: Return) -> None:
    fill(town, filing, electricity=0, electricity__ytd=32.5)
    with pytest.raises(FilingError) as refused:
        submit_return(town.filer, filing.pk)
    assert refused.value.code == "explanations_missing"
    rules = {finding.rule for finding in refused.value.findings}
    assert "V4_zero" in rules
    save_draft(town.filer, filing.pk, explanations=dict.fromkeys(rules, "power is billed to the park"))
    submit_return(town.filer, filing.pk)
    seen = get_return(town.county, filing.pk)
    assert {finding.rule for finding in seen.findings} == rules
    assert seen.content.explanations["V4_zero"] == "power is billed to the park"


def test_what_cannot_be_read_is_kept_and_refused(town: Town, filing: Return) -> None:
    fill(town, filing)
    draft = save_draft(town.filer, filing.pk, cells={"output": "about 12万"})
    assert draft.typed["output"] == {"text": "about 12万", "code": "unit_in_number"}
    with pytest.raises(FilingError) as refused:
        submit_return(town.filer, filing.pk)
    assert "unit_in_number" in {finding.rule for finding in refused.value.findings}
    assert save_draft(town.filer, filing.pk, cells={"output": "1,000"}).typed == {}


def test_a_return_comes_back_with_a_reason_and_the_difference_is_shown(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    with pytest.raises(Refused, match="reason_missing"):
        move_return(town.county, filing.pk, Move.SEND_BACK, reason=" ")
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="check the sales", boxes={"sales": ""})
    (task,) = my_tasks(town.filer)
    assert (task.state, task.reason) == (State.RETURNED, "check the sales")
    save_draft(town.filer, filing.pk, cells={"sales": 990, "sales__ytd": 4010})
    assert submit_return(town.filer, filing.pk).version == 2
    changed = {
        (change.cell, change.old, change.new) for change in changes_between(town.county, filing.pk, 1, 2)
    }
    assert changed == {("sales", 980, 990), ("sales__ytd", 4000, 4010)}
    assert get_return(town.county, filing.pk).steps[1].detail["boxes"] == {"sales": "check the sales"}


def test_nobody_passes_their_own_work(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    move_return(town.county_two, filing.pk, Move.PASS_COUNTY)
    with pytest.raises(Refused, match="four_eyes"):
        move_return(town.county_two, filing.pk, Move.PASS_CITY)
    lock = get_return(town.county_two, filing.pk).may["pass_city"]
    assert lock is not None
    assert lock.code == "four_eyes"
    move_return(town.city, filing.pk, Move.PASS_CITY)


def test_a_stale_view_is_refused(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    with pytest.raises(Refused, match="stale"):
        move_return(town.county, filing.pk, Move.PASS_COUNTY, revision=7)
    with pytest.raises(Refused, match="stale"):
        move_return(town.county, filing.pk, Move.PASS_COUNTY, version=2)
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="look again please")
    with pytest.raises(FilingError, match="stale_draft"):
        save_draft(town.filer, filing.pk, cells={"sales": 1}, revision=99)


def test_officers_reach_only_their_unit_and_never_write_figures(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    for actor in (town.elsewhere, town.leader, town.filer):
        with pytest.raises(NotAllowed):
            move_return(actor, filing.pk, Move.PASS_COUNTY)
    for actor in (town.county, town.city):
        with pytest.raises(NotAllowed):
            save_draft(actor, filing.pk, cells={"output": 1})
        with pytest.raises(NotAllowed):
            submit_return(actor, filing.pk)
    assert list(list_returns(town.elsewhere, "monthly", APRIL)) == list(
        Return.objects.filter(enterprise=town.other)
    )


def test_an_idempotency_key_gives_the_same_receipt_and_refuses_another_body(
    town: Town, filing: Return
) -> None:
    fill(town, filing)
    key = Idempotency("k1", "d1")
    first = submit_return(town.filer, filing.pk, idempotency=key)
    assert submit_return(town.filer, filing.pk, idempotency=key) == first
    with pytest.raises(FilingError, match="key_reused"):
        submit_return(town.filer, filing.pk, idempotency=Idempotency("k1", "d2"))
    assert submit_return(town.filer, filing.pk) == first
    assert Version.objects.count() == 1


def test_an_approved_return_is_reopened_with_a_reason_and_keeps_its_facts(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city, filing.pk, Move.PASS_CITY)
    ApprovedReturns().mark_admitted(ApprovedReturns().pending(0), 1)
    move_return(town.city, filing.pk, Move.REOPEN, reason="the firm found an error")
    save_draft(town.filer, filing.pk, cells={"sales": 990, "sales__ytd": 4010})
    submit_return(town.filer, filing.pk)
    assert ApprovedReturns().pending(1) == []
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city_two, filing.pk, Move.PASS_CITY)
    (second,) = ApprovedReturns().pending(1)
    ApprovedReturns().mark_admitted([second], 2)
    old = next(ApprovedReturns().batches(APRIL.key, 1, "monthly")).column("cells").to_pylist()[0]
    new = next(ApprovedReturns().batches(APRIL.key, 2, "monthly")).column("cells").to_pylist()[0]
    assert '"sales":980' in old
    assert '"sales":990' in new


def test_a_locked_base_gives_way_only_to_an_approved_revision(town: Town, filing: Return) -> None:
    ago = Return.objects.create(
        enterprise=town.firm, form="monthly", period=202204, state="approved", versions_count=1
    )
    Version.objects.create(
        filing=ago, number=1, cells='{"output":900,"output__ytd":3500}', digest="x", source="import",
        submitted_at=clock.now(),
    )  # fmt: skip
    fill(town, filing)
    with pytest.raises(FilingError) as refused:
        submit_return(town.filer, filing.pk)
    assert "H7_output" in {finding.rule for finding in refused.value.findings}
    asked = request_base_revision(town.filer, filing.pk, "output__ytd_base", "3,600", "merged with a plant")
    with pytest.raises(NotAllowed):
        decide_base_revision(town.county, asked.pk, approve=True)
    decide_base_revision(town.city, asked.pk, approve=True)
    assert submit_return(town.filer, filing.pk).version == 1


def test_completeness_counts_by_unit(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    rows = completeness(town.leader, "monthly", APRIL)
    assert [(row.group, row.due, row.filed, row.missing, row.rank) for row in rows] == [
        ("u1", 1, 1, 0, 1),
        ("u2", 1, 0, 1, 2),
    ]
    assert total(rows).filed == 1


def test_many_are_passed_and_each_refusal_is_told(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    other = Return.objects.get(enterprise=town.other)
    passed = pass_many(town.county, [filing.pk, other.pk], Move.PASS_COUNTY)
    assert (passed.done, passed.refused) == ([filing.pk], {other.pk: Lock("not_your_firm")})


def test_an_expired_form_refuses_to_open_and_says_why(town: Town) -> None:
    clock.simulate(clock.now().replace(year=2029))
    with pytest.raises(FilingError) as refused:
        open_period(town.city, "monthly", Period(2029, 4))
    assert refused.value.code == "form_not_in_force"
    assert refused.value.params["valid_to"] == "2027-12-31"


def test_a_deadline_moves_to_a_working_day(town: Town, filing: Return) -> None:
    assert filing.due_at is not None
    # 8 May 2023 is a Monday
    assert filing.due_at.astimezone().isoformat()[:10] == "2023-05-08"
