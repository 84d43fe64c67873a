"""Editing rules: checked before they are proposed, approved by another person, in force without a restart."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongmai.core.access.models import User
from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.formula.types import VersionRefused, VersionState, VersionStep
from gongmai.core.outbox.models import Delivery
from gongmai.monitor.filing.models import Version
from gongmai.monitor.filing.queries.audits import all_audits, audits_of, parameters_on
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.rule.actions import move, save_rule, save_value
from gongmai.monitor.rule.queries.catalogue import present_entry, rule_entries
from gongmai.monitor.rule.rules.entry import BadExamples, read_examples, to_boxes, to_entry
from tests.core.formula.test_hostile import ESCAPES, RESOURCES
from tests.monitor.filing.conftest import Town
from tests.monitor.rule.conftest import submit

START = date(2023, 4, 1)


def entry_of(code: str, **changes: Any) -> dict[str, Any]:
    entry = present_entry(code, date(2023, 5, 5))
    assert entry is not None
    return {**entry, **changes}


def test_a_new_version_judges_the_next_return_and_changes_no_past_verdict(town: Town) -> None:
    before = submit(town)
    first = Version.objects.get(filing=before).findings
    stricter = entry_of(
        "V6_same", severity="blocking", formula="output = in_unit(1000, '千元')",
        examples=[{"name": "a million", "given": {"output": 1000}, "expect": True}],
    )  # fmt: skip
    version = save_rule(town.city, "V6_same", stricter, START, "figures by feeling")
    submit_other = {"other": True}
    move(town.city, version.pk, VersionStep.PROPOSE)
    assert [
        audit.severity for audit in audits_of("monthly", date(2023, 4, 30)) if audit.code == "V6_same"
    ] == ["explanatory"]
    move(town.city_two, version.pk, VersionStep.APPROVE, note="agreed")
    with pytest.raises(FilingError, match="blocking_findings") as refusal:
        submit(town, **submit_other)
    assert [finding.rule for finding in refusal.value.findings if finding.severity == "blocking"] == [
        "V6_same"
    ]
    assert Version.objects.get(filing=before).findings == first
    # March, and all before, is judged as ever
    march = {audit.code: audit for audit in audits_of("monthly", date(2023, 3, 31))}
    assert march["V6_same"].checked.formula.text == "output > 0 and output = prev(output)"


def test_every_step_leaves_a_line_and_approval_is_announced(town: Town) -> None:
    version = save_value(town.city, "month_limit", 0.4, START, "closer look")
    move(town.city, version.pk, VersionStep.PROPOSE)
    move(town.city_two, version.pk, VersionStep.APPROVE)
    actions = list(Entry.objects.filter(kind="rule").order_by("pk").values_list("action", flat=True))
    assert actions == ["rule.save", "rule.propose", "rule.approve"]
    assert parameters_on(date(2023, 4, 30))["month_limit"] == 0.4
    assert parameters_on(date(2023, 3, 31))["month_limit"] == 0.5
    assert not Delivery.objects.filter(state="failed").exists()


def test_the_author_cannot_approve_and_a_county_cannot_write(town: Town) -> None:
    version = save_value(town.city, "month_limit", 0.4, START, "closer look")
    move(town.city, version.pk, VersionStep.PROPOSE)
    with pytest.raises(VersionRefused, match="four_eyes"):
        move(town.city, version.pk, VersionStep.APPROVE)
    with pytest.raises(NotAllowed):
        move(town.county, version.pk, VersionStep.APPROVE)
    with pytest.raises(NotAllowed):
        save_value(town.county, "month_limit", 0.4, START, "closer look")
    version.refresh_from_db()
    assert version.state == VersionState.PROPOSED


def test_a_stale_decision_is_refused(town: Town) -> None:
    version = save_value(town.city, "month_limit", 0.4, START, "closer look")
    move(town.city, version.pk, VersionStep.PROPOSE)
    with pytest.raises(VersionRefused, match="stale"):
        move(town.city_two, version.pk, VersionStep.APPROVE, revision=1)
    move(town.city_two, version.pk, VersionStep.APPROVE, revision=2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"formula": "nosuch > 0"}, "unknown_item"),
        ({"formula": "output > 2000"}, "bare_number"),
        ({"formula": "output > electricity"}, "unit_mismatch"),
        ({"formula": "output + sales"}, "type"),
        ({"formula": "output < 0"}, "example_failed"),
        ({"examples": []}, "example_missing"),
        ({"message": {"zh-Hans": "", "en": "x"}}, "no_label"),
        ({"cell": "nosuch"}, "unknown_cell"),
        ({"severity": "deadly"}, "unknown_severity"),
        ({"source": ""}, "no_source"),
    ],
)
def test_what_does_not_check_cannot_be_proposed(town: Town, changes: dict[str, Any], code: str) -> None:
    version = save_rule(town.city, "V6_same", entry_of("V6_same", **changes), START, "test of checks")
    with pytest.raises(VersionRefused, match="invalid") as refusal:
        move(town.city, version.pk, VersionStep.PROPOSE)
    assert code in {finding.code for finding in refusal.value.findings}


def test_a_rule_can_be_ended_and_brought_back(town: Town) -> None:
    version = save_rule(town.city, "V6_same", {}, START, "says too little")
    move(town.city, version.pk, VersionStep.PROPOSE)
    move(town.city_two, version.pk, VersionStep.APPROVE)
    assert "V6_same" not in {audit.code for audit in audits_of("monthly", date(2023, 4, 30))}
    assert "V6_same" in {audit.code for audit in audits_of("monthly", date(2023, 3, 31))}
    former = {
        key: value
        for key, value in rule_entries("V6_same")[0].items()
        if key not in {"valid_from", "valid_to"}
    }
    again = save_rule(town.city_two, "V6_same", former, date(2023, 5, 1), "missed after all")
    move(town.city_two, again.pk, VersionStep.PROPOSE)
    move(town.city, again.pk, VersionStep.APPROVE)
    assert "V6_same" in {audit.code for audit in audits_of("monthly", date(2023, 5, 31))}
    assert "V6_same" not in {audit.code for audit in audits_of("monthly", date(2023, 4, 30))}


def test_every_rule_of_the_file_survives_the_editor_unchanged(db: None) -> None:
    for audit in all_audits():
        (entry,) = rule_entries(audit.code)
        again = to_entry(to_boxes(entry), entry)
        kept = {key: value for key, value in entry.items() if key not in {"code", "valid_from", "valid_to"}}
        assert again == {key: value for key, value in kept.items() if value not in ("", None, [])}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- &a [1]\n- *a", "examples_yaml"),
        ("- {given: !!python/object/apply:os.system [x], expect: true}", "examples_yaml"),
        ("{name: x}", "examples_shape"),
        ("- {given: {output: [1, 2]}, expect: true}", "examples_shape"),
        ("- {name: no verdict, given: {output: 1}}", "examples_shape"),
        ("[" * 3000, "examples_yaml"),
        ("- {given: {a: 1}, expect: true}\n" * 21, "examples_shape"),
        ("x" * 9000, "examples_long"),
    ],
)
def test_hostile_examples_are_refused(text: str, code: str) -> None:
    with pytest.raises(BadExamples) as refusal:
        read_examples(text)
    assert refusal.value.code == code


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


@pytest.mark.parametrize("text", [*ESCAPES, *RESOURCES])
def test_hostile_text_in_the_editor_is_a_finding_never_a_failure(town: Town, text: str) -> None:
    answer = client_of("city").post("/rules/check", {"code": "V6_same", "formula": text})
    if "\0" in text:
        assert answer.status_code == 400
    else:
        assert answer.status_code == 200
        assert answer.json()["findings"]


def test_the_editor_says_what_is_wrong_and_where(town: Town) -> None:
    boxes = {**to_boxes(entry_of("V6_same")), "code": "V6_same", "valid_from": "2023-04-01"}
    good = client_of("city").post("/rules/check", boxes).json()
    assert good["findings"] == []
    assert "工业总产值" in good["words"]["zh"]
    bad = client_of("city").post("/rules/check", {**boxes, "formula": "output > 0 and nosuch > 1"}).json()
    assert (bad["findings"][0]["code"], bad["findings"][0]["position"]) == ("unknown_item", 15)


def test_without_scripts_the_form_checks_saves_and_refuses(town: Town) -> None:
    client, boxes = client_of("city"), to_boxes(entry_of("V6_same"))
    page = client.post("/rules/code/V6_same/edit", {**boxes, "formula": "nosuch", "check": "1"})
    assert "nosuch" in page.content.decode()
    assert page.status_code == 200
    too_long = client.post("/rules/code/V6_same/edit", {**boxes, "formula": "output + " * 300, "save": "1"})
    assert too_long.status_code == 422
    saved = client.post(
        "/rules/code/V6_same/edit", {**boxes, "valid_from": "2023-04-01", "reason": "a reason", "save": "1"}
    )
    assert saved.status_code == 302
    page = client.get(saved["Location"]).content.decode()
    assert "没有差别" in page
    # nobody else sees a draft
    assert client_of("city2").get(saved["Location"]).status_code == 404


def test_completion_offers_items_functions_and_thresholds_with_labels(town: Town) -> None:
    offers = {each["text"]: each for each in client_of("city").get("/rules/words").json()["offers"]}
    assert offers["output"]["zh"] == "工业总产值"
    assert offers["output"]["unit"] == "千元"
    assert offers["median_last"]["kind"] == "time"
    assert offers["growth_limit_small"]["insert"] == "param('growth_limit_small')"
    assert "sum" not in offers
