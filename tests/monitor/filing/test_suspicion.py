"""Which returns deserve a look first."""

import pytest
from django.utils import translation

from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.messages import word_reason
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.suspicion import suspicions_of
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.suspicion import Reason, doubt_of_finding
from gongmai.monitor.filing.types import Content
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, Town


def test_a_submission_is_judged_at_once(town: Town, filing: Return) -> None:
    assert suspicions_of("monthly", APRIL, [town.firm.pk]) == {}
    submit_return(
        town.filer, filing.pk, draft=Draft(Content(dict(GOOD), {"output_lines": [dict(LINE)]}), {}, 0)
    )
    found = suspicions_of("monthly", APRIL, [town.firm.pk, town.other.pk])
    assert list(found) == [town.firm.pk]
    judged = found[town.firm.pk]
    # alone in its county: what is beyond last year's base is what hangs on it
    assert judged.influence == pytest.approx(abs(1000 - 900) / 900 * 100)
    assert judged.suspicion == 0
    assert judged.score == 0


def test_other_periods_know_nothing_of_it(town: Town, filing: Return) -> None:
    assert suspicions_of("finance", Period(2023, 4), [town.firm.pk]) == {}


def test_a_unit_slip_weighs_more_than_a_newcomer() -> None:
    assert doubt_of_finding("V3_output", "explanatory") > doubt_of_finding("V1_output", "explanatory")
    assert doubt_of_finding("V8_new", "explanatory") < doubt_of_finding("V1_output", "explanatory")
    assert doubt_of_finding("H1_output", "blocking") == 1


@pytest.mark.django_db
def test_reasons_are_worded_with_their_figures() -> None:
    evidence = Reason("evidence", 0.6, {"score": 60, "output": 0.4, "parts": [("electricity", -0.12)]})
    hb = Reason("hb", 0.7, {"item": "output", "distance": 12.34, "centre": 1.05, "members": 40})
    history = Reason("history", 0.7, {"item": "output", "distance": -8.0, "typical": 1.1})
    with translation.override("en"):
        assert word_reason(evidence) == "Evidence contradicts (60 points): output +40%, electricity -12%"
        assert "+12.3 quartile distances from 40 comparable firms (+5.0%)" in word_reason(hb)
        assert "-8.0 deviations" in word_reason(history)
        assert "+10.0%" in word_reason(history)
        assert word_reason(Reason("finding", 0.9, {"rule": "V6_same"})) == "Same as last month"
    with translation.override("zh-hans"):
        assert "用电量 -12%" in word_reason(evidence)
