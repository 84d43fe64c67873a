"""Rules on history: judged as filed first, corrected or not, present beside candidate."""

from datetime import date

import pytest
from django.urls import reverse

from gongmai.core.formula.types import VersionStep
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period import clock
from gongmai.monitor.filing.models import Return, Verdict
from gongmai.monitor.filing.ports import TrialTooLong
from gongmai.monitor.filing.queries.trial import can_be_tried, open_history
from gongmai.monitor.rule.actions import count_rules, move, save_rule, save_value
from gongmai.monitor.rule.queries.catalogue import present_entry, rule_rows
from gongmai.monitor.rule.queries.checking import present_audit
from gongmai.monitor.rule.queries.tallies import is_stale, rates_of
from gongmai.monitor.rule.queries.trial import hits_in_reach, try_present, try_thresholds, try_version
from tests.monitor.filing.conftest import Town

APRIL = 202304


def test_a_return_is_judged_as_it_was_filed_first(published: Town) -> None:
    audit = present_audit("V4_zero")
    assert audit is not None
    result = try_present(audit, APRIL, APRIL)
    assert (result.present.judged, result.present.fired) == (2, 2)
    assert (result.present.settled, result.present.corrected, result.present.false_alarms) == (2, 1, 1)
    assert result.present.explained == 2
    hits = {hit.enterprise_id: hit for hit in hits_in_reach(published.city, result)}
    assert hits[published.firm.pk].corrected
    assert not hits[published.other.pk].corrected


def test_a_county_sees_only_its_own_firms_in_a_trial(published: Town) -> None:
    audit = present_audit("V4_zero")
    assert audit is not None
    result = try_present(audit, APRIL, APRIL)
    assert [hit.enterprise_id for hit in hits_in_reach(published.county, result)] == [published.firm.pk]
    assert hits_in_reach(published.city, result, unit="u2")[0].enterprise_id == published.other.pk


def test_a_candidate_stands_beside_the_present_version(published: Town) -> None:
    entry = present_entry("V4_zero", date(2023, 5, 5))
    assert entry is not None
    changed = {**entry, "formula": "electricity = 0 and output > in_unit(1000, '千元')"}
    version = save_rule(published.city, "V4_zero", changed, date(2023, 4, 1), "only above one million")
    result = try_version(version, APRIL, APRIL)
    assert (result.present.fired, result.candidate.fired) == (2, 0)
    assert {hit.by for hit in hits_in_reach(published.city, result)} == {"present"}


def test_a_threshold_is_tried_on_all_rules_that_read_it(published: Town) -> None:
    version = save_value(published.city, "sales_ratio_low", 0.99, date(2023, 4, 1), "closer")
    result = try_version(version, APRIL, APRIL)
    assert result.rules == ("V2_sales",)
    assert (result.present.fired, result.candidate.fired) == (0, 2)


def test_rates_are_counted_by_period_and_county(published: Town) -> None:
    assert is_stale("monthly")
    count_rules(published.city, "monthly")
    assert not is_stale("monthly")
    row = next(row for row in rule_rows() if row.code == "V4_zero")
    assert (row.rates.judged, row.rates.fired, row.rates.corrected) == (2, 2, 1)
    assert row.rates.hit_rate == 1
    assert row.rates.false_rate == 0.5
    assert [(key, rates.fired, rates.corrected) for key, rates in rates_of("monthly", "V4_zero", "unit")] == [
        ("u1", 1, 1),
        ("u2", 1, 0),
    ]
    assert [key for key, _ in rates_of("monthly", "V4_zero", "period")] == ["2023-04"]


def test_counting_twice_gives_the_same(published: Town) -> None:
    count_rules(published.city, "monthly")
    first = [(row.code, row.rates) for row in rule_rows()]
    count_rules(published.city, "monthly")
    assert [(row.code, row.rates) for row in rule_rows()] == first


def test_other_thresholds_are_tried_and_the_sparing_ones_marked(published: Town) -> None:
    audit = present_audit("V2_sales")
    assert audit is not None
    tried = try_thresholds(audit, "sales_ratio_low", date(2023, 5, 5))
    values = {each.value: each.rates.fired for each in tried}
    assert values[0.7] == 0
    assert values[1.05] == 2
    assert [each.value for each in tried] == sorted(values)


def test_a_run_that_takes_too_long_is_stopped(published: Town) -> None:
    audit = present_audit("V5_intensity")
    assert audit is not None
    with open_history("monthly", [APRIL], [audit]) as history:
        history.session.connection.execute(  # type: ignore[attr-defined]
            "CREATE OR REPLACE VIEW audited AS SELECT h.* FROM history h, range(100000) a, range(100000) b"
        )
        with pytest.raises(TrialTooLong):
            history.hits([audit], seconds=0.2)


def test_without_a_publication_there_is_nothing_to_run_on(town: Town) -> None:
    audit = present_audit("V4_zero")
    assert audit is not None
    with pytest.raises(NotPublished), open_history("monthly", [APRIL], [audit]):
        pass


@pytest.mark.django_db
def test_rules_on_lines_are_not_tried() -> None:
    found = {
        code: present_audit(code) for code in ("H2_lines_output", "V7_per_worker", "V8_industry", "V4_zero")
    }
    assert [code for code, audit in found.items() if audit and can_be_tried(audit)] == ["V4_zero"]


def test_the_approved_version_is_counted_in_its_own_time(published: Town) -> None:
    entry = present_entry("V4_zero", date(2023, 5, 5))
    assert entry is not None
    never = {
        **entry,
        "formula": "electricity < 0",
        "examples": [{"name": "x", "given": {"electricity": -1}, "expect": True}],
    }
    version = save_rule(published.city, "V4_zero", never, date(2023, 5, 1), "test of dates")
    move(published.city, version.pk, VersionStep.PROPOSE)
    move(published.city_two, version.pk, VersionStep.APPROVE)
    count_rules(published.city, "monthly")
    row = next(row for row in rule_rows() if row.code == "V4_zero")
    assert row.rates.fired == 2  # April was judged by the former version


def judged(town: Town, other: bool, verdict: str) -> None:
    """A verdict as an officer left it on the explanation of V4_zero."""
    filing = Return.objects.get(enterprise=town.other if other else town.firm, period=APRIL)
    Verdict.objects.create(
        filing=filing, version=1, finding="V4_zero", rule="V4_zero", verdict=verdict, level="county",
        name="x", at=clock.now(),
    )  # fmt: skip


def test_a_verdict_outweighs_what_became_of_the_figure(published: Town) -> None:
    count_rules(published.city, "monthly")
    judged(published, False, "accepted")  # though it was corrected later
    judged(published, True, "accepted")
    assert is_stale("monthly")
    count_rules(published.city, "monthly")
    row = next(row for row in rule_rows() if row.code == "V4_zero")
    assert (row.rates.corrected, row.rates.verdicts, row.rates.false_alarms) == (1, 2, 2)
    for verdict in ("wrong", "doubtful"):
        judged(published, True, verdict)  # the last one holds; never corrected
        count_rules(published.city, "monthly")
        row = next(row for row in rule_rows() if row.code == "V4_zero")
        assert (row.rates.corrected, row.rates.verdicts, row.rates.false_alarms) == (1, 2, 1)
    units = [(key, rates.borne_out) for key, rates in rates_of("monthly", "V4_zero", "unit")]
    assert units == [("u1", 0), ("u2", 1)]
    audit = present_audit("V4_zero")
    assert audit is not None
    assert try_present(audit, APRIL, APRIL).present == row.rates


def test_the_number_of_verdicts_stands_beside_the_rate(published: Town) -> None:
    judged(published, True, "wrong")
    count_rules(published.city, "monthly")
    from tests.monitor.filing.test_pages import sign_in

    page = sign_in("city").get(reverse("rule:list"), {"q": "V4_zero"}).content.decode()
    assert "Explanations judged" in page
    assert '<td class="n">1</td><td class="n">1</td><td class="n">0.0%' in page  # corrected, judged, rate
