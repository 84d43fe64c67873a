"""Adjustments: two people, a layer of its own, removable, rebuilt to the same bytes."""

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.access.types import SYSTEM, NotAllowed
from gongmai.core.outbox.types import Message
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.actions.rebuild import rebuild
from gongmai.core.panel.queries import vintages
from gongmai.core.panel.tasks import follow_adjustments
from gongmai.core.panel.types import Layer
from gongmai.core.period.types import Period
from gongmai.core.review.types import Move, Refused
from gongmai.monitor.filing.actions.adjusting import (
    confirm_adjustment,
    propose_adjustment,
    remove_adjustment,
)
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Adjustment, Return, Version
from gongmai.monitor.filing.queries.adjustments import list_adjustments
from gongmai.monitor.filing.rules.adjusting import overlay
from gongmai.monitor.filing.types import AdjustmentKind, FilingError
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.types import Request
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, Town

REASON = "an invoice of May was booked in April"


@pytest.fixture
def approved(town: Town, filing: Return) -> Return:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    submit_return(town.filer, filing.pk)
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city, filing.pk, Move.PASS_CITY)
    publish()
    return filing


def propose(town: Town, filing: Return, number: object = 800) -> Adjustment:
    return propose_adjustment(town.city, filing.pk, "output", AdjustmentKind.VALUE, number, REASON)


def tell(made: Adjustment) -> None:
    follow_adjustments([Message(1, "filing.adjusted", {"period": made.period})], lambda *_: None)


def output(layer: Layer, vintage: int | None = None) -> int | None:
    number = vintages.current_vintage() if vintage is None else vintage
    (path,) = vintages.paths(number, [APRIL.key], layer)
    table = pq.read_table(path, columns=["credit_code", "output"])
    return {row["credit_code"]: row["output"] for row in table.to_pylist()}["91371302MA3DEMX00D"]


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(-(10**9), 10**9) | st.none()),
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["value", "amount"]), st.integers(-99, 99))),
)
def test_what_is_laid_over_leaves_the_rest_and_the_unknown_alone(
    cells: dict[str, int | None], laid: list[tuple[str, str, int]]
) -> None:
    before = dict(cells)
    found = overlay(cells, laid)
    assert cells == before
    touched = {cell for cell, _, _ in laid}
    assert {key: value for key, value in found.items() if key not in touched} == {
        key: value for key, value in cells.items() if key not in touched
    }
    for cell in touched:
        kinds = {kind for each, kind, _ in laid if each == cell}
        if kinds == {"amount"} and cells.get(cell) is None:
            assert found.get(cell) is None


def test_only_a_second_person_brings_it_into_force(town: Town, approved: Return) -> None:
    made = propose(town, approved)
    with pytest.raises(Refused, match="four_eyes"):
        confirm_adjustment(town.city, made.pk)
    with pytest.raises(NotAllowed):
        confirm_adjustment(town.county, made.pk)
    with pytest.raises(FilingError, match="already_adjusted"):
        propose(town, approved)
    tell(made)  # nothing is in force yet
    assert output(Layer.ADJUSTED) == 1000
    confirm_adjustment(town.city_two, made.pk)
    with pytest.raises(Refused, match="stale"):
        confirm_adjustment(town.city_two, made.pk)


def test_the_layer_holds_it_until_it_is_removed_and_the_filed_figure_stays(
    town: Town, approved: Return
) -> None:
    first = vintages.current_vintage()
    made = propose(town, approved)
    confirm_adjustment(town.city_two, made.pk)
    tell(made)
    second = vintages.current_vintage()
    assert (output(Layer.REPORTED), output(Layer.ADJUSTED)) == (1000, 800)
    assert output(Layer.ADJUSTED, first) == 1000  # a published vintage never changes
    assert Version.objects.get(filing=approved).cells.count('"output":1000') == 1
    (view,) = list_adjustments(town.county, state="in_force")
    assert (view.reported, view.adjusted) == (1000, 800)
    assert list_adjustments(town.elsewhere) == []

    with pytest.raises(Refused, match="reason_missing"):
        remove_adjustment(town.city, made.pk, " ")
    remove_adjustment(town.city, made.pk, "the firm corrected it")
    tell(made)
    assert (output(Layer.REPORTED), output(Layer.ADJUSTED)) == (1000, 1000)
    assert output(Layer.ADJUSTED, second) == 800
    found = rebuild(SYSTEM)
    assert found.findings == ()
    assert found.files > 3


def test_indicators_are_asked_as_reported_or_as_adjusted(town: Town, approved: Return) -> None:
    made = propose_adjustment(town.city, approved.pk, "output__ytd", AdjustmentKind.AMOUNT, -100, REASON)
    confirm_adjustment(town.city_two, made.pk)
    tell(made)
    reported = compute(town.city, Request(Period(2023, 4)))
    adjusted = compute(town.city, Request(Period(2023, 4), layer=Layer.ADJUSTED))
    assert (reported.total["level"], adjusted.total["level"]) == (4100, 4000)
    client = Client()
    from gongmai.core.access.models import User

    client.force_login(User.objects.get(username="city"))
    page = client.get(
        reverse("indicator:number"),
        {"period": "2023-04", "code": "level", "layer": "adjusted"},
        headers={"accept-language": "en"},
    ).content.decode()
    assert REASON in page


def test_what_is_not_approved_or_no_number_is_refused(town: Town, filing: Return) -> None:
    with pytest.raises(FilingError, match="not_approved"):
        propose(town, filing)
    with pytest.raises(FilingError, match="unknown_cell"):
        propose_adjustment(town.city, filing.pk, "outlook", AdjustmentKind.VALUE, 1, REASON)
