"""What the form, the calendar and the bureau hold against a move; what only warns."""

from dataclasses import replace

import pytest
from django.urls import reverse

from gongmai.core.access.types import Actor
from gongmai.core.formula.types import DatedValue
from gongmai.core.period import clock
from gongmai.core.review.types import Move, Refused, State
from gongmai.monitor.filing.actions.adjudicating import adjudicate
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return, pass_many
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries import lattice
from gongmai.monitor.filing.queries.lattice import facts_of, lock_of
from gongmai.monitor.filing.queries.openness import review_params
from gongmai.monitor.filing.types import FilingError, Lock, Verdicts
from tests.monitor.filing.conftest import GOOD, LINE, Town
from tests.monitor.filing.test_pages import sign_in

FINDINGS = ("V4_zero", "V4_direction")
WARNING = "2 explanations are not judged yet. The return can be passed all the same."


def lock(actor: Actor, filing: Return, move: Move) -> Lock | None:
    filing.refresh_from_db()
    return lock_of(actor, filing, facts_of(filing), move)


@pytest.fixture
def explained(town: Town, filing: Return) -> Return:
    """Submitted with two findings explained."""
    cells = GOOD | {"electricity": 0, "electricity__ytd": 32.5}
    told = dict.fromkeys(FINDINGS, "power is billed to the park")
    save_draft(town.filer, filing.pk, cells=cells, lines={"output_lines": [LINE]}, explanations=told)
    submit_return(town.filer, filing.pk)
    filing.refresh_from_db()
    return filing


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bureau wants each explanation judged before the county passes."""
    params = review_params()
    value = DatedValue(1, params["verdicts_needed"].values[0].valid_from)
    changed = params | {"verdicts_needed": replace(params["verdicts_needed"], values=(value,))}
    monkeypatch.setattr(lattice, "review_params", lambda: changed)


def test_open_verdicts_lock_passing_where_the_bureau_needs_them(
    town: Town, explained: Return, needed: None
) -> None:
    assert lock(town.county, explained, Move.PASS_COUNTY) == Lock("verdicts_missing", {"count": 2})
    with pytest.raises((FilingError, Refused), match="verdicts_missing"):
        move_return(town.county, explained.pk, Move.PASS_COUNTY)
    passed = pass_many(town.county, [explained.pk], Move.PASS_COUNTY)
    assert [each.code for each in passed.refused.values()] == ["verdicts_missing"]
    page = sign_in("county").get(reverse("filing:show", args=[explained.pk])).content.decode()
    assert "2 explanations are not judged yet." in page
    assert WARNING not in page
    for finding in FINDINGS:
        adjudicate(town.county, explained.pk, finding, Verdicts.ACCEPTED)
    assert lock(town.county, explained, Move.PASS_COUNTY) is None
    assert move_return(town.county, explained.pk, Move.PASS_COUNTY).state == State.CITY


def test_open_verdicts_only_warn_where_the_bureau_does_not_need_them(town: Town, explained: Return) -> None:
    place = reverse("filing:show", args=[explained.pk])
    assert lock(town.county, explained, Move.PASS_COUNTY) is None
    assert WARNING in sign_in("county").get(place).content.decode()
    assert WARNING not in sign_in("leader").get(place).content.decode()
    assert move_return(town.county, explained.pk, Move.PASS_COUNTY).state == State.CITY
    assert WARNING in sign_in("city").get(place).content.decode()
    for finding in FINDINGS:
        adjudicate(town.city, explained.pk, finding, Verdicts.ACCEPTED)
    assert WARNING not in sign_in("city").get(place).content.decode()


def test_a_return_of_a_closed_period_is_not_reopened(town: Town, explained: Return) -> None:
    move_return(town.county, explained.pk, Move.PASS_COUNTY)
    move_return(town.city, explained.pk, Move.PASS_CITY)
    months = int(review_params()["reopen_months"].on(clock.today()))
    years = months // 12
    clock.simulate(clock.now().replace(year=2023 + years, month=4))
    assert lock(town.city, explained, Move.REOPEN) is None
    clock.simulate(clock.now().replace(year=2023 + years, month=12))
    assert lock(town.city, explained, Move.REOPEN) == Lock("period_closed", {"months": months})
    with pytest.raises((FilingError, Refused), match="period_closed"):
        move_return(town.city, explained.pk, Move.REOPEN, reason="found in the books")
    explained.refresh_from_db()
    assert explained.state == State.APPROVED


def test_a_form_out_of_force_is_not_submitted(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    assert lock(town.filer, filing, Move.SUBMIT) is None
    clock.simulate(clock.now().replace(year=2029))
    found = lock(town.filer, filing, Move.SUBMIT)
    assert found is not None
    assert (found.code, found.params["valid_to"]) == ("form_not_in_force", "2027-12-31")
    with pytest.raises(FilingError, match="form_not_in_force"):
        submit_return(town.filer, filing.pk)
    filing.refresh_from_db()
    assert filing.versions_count == 0
