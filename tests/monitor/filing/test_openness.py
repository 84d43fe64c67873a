"""Single boxes of a return: which are open, what opens with them, what a submission may change."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.review.types import Move, Refused, State
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.openness import box_reasons, open_boxes, ties_of
from gongmai.monitor.filing.rules.openness import (
    answered,
    closed_changes,
    is_open,
    unknown_boxes,
    with_tied,
)
from gongmai.monitor.filing.types import Change, Content, FilingError
from tests.monitor.filing.conftest import GOOD, LINE, Town

FORM = get_form("monthly")
SECOND = {"industry": "1312", "output": 0, "output__ytd": 0, "output__base": 0, "output__ytd_base": 0}
CONTENT = Content(dict(GOOD), {"output_lines": [dict(LINE), dict(SECOND)]})
OUTPUT_LINES = {
    f"output_lines.{code}.{cell}" for code in ("1311", "1312") for cell in ("output", "output__ytd")
}


@pytest.fixture
def filed(town: Town, filing: Return) -> Return:
    """The return, filed with two lines."""
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE, SECOND]})
    submit_return(town.filer, filing.pk)
    return filing


def send_back(town: Town, filing: Return, **boxes: str) -> Return:
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="look again", boxes=boxes)
    filing.refresh_from_db()
    return filing


def tied(*boxes: str) -> set[str]:
    return set(with_tied(FORM, ties_of("monthly"), boxes, CONTENT))


def test_the_month_opens_its_cumulative_figure_and_the_adjustment_with_its_reason() -> None:
    assert tied("sales") == {"sales", "sales__ytd", "sales_adjustment", "adjustment_reason"}


def test_output_opens_the_lines_that_add_up_to_it() -> None:
    assert tied("output") > OUTPUT_LINES
    assert not {box for box in tied("output") if box.endswith("base")}


def test_a_line_opens_the_head_but_not_the_other_lines() -> None:
    found = tied("output_lines.1311.output")
    assert {"output", "output__ytd", "output_lines.1311.output__ytd"} < found
    assert not {box for box in found if ".1312." in box}


def test_a_balance_opens_as_a_whole() -> None:
    finance = get_form("finance")
    found = with_tied(finance, ties_of("finance"), ["total_assets"], Content())
    assert found == {"total_assets", "total_liabilities", "equity"}


@given(st.sets(st.sampled_from([cell.key for cell in FORM.cells])))
def test_what_is_tied_is_tied_already(chosen: set[str]) -> None:
    once = with_tied(FORM, ties_of("monthly"), chosen, CONTENT)
    assert chosen <= once
    assert not unknown_boxes(FORM, CONTENT, once)
    heads = {box for box in once if "." not in box and box != "adjustment_reason"}
    assert with_tied(FORM, ties_of("monthly"), heads, CONTENT) <= once


@given(
    st.dictionaries(st.sampled_from(["sales", "output", "exports", "workforce"]), st.integers(0, 10**9)),
    st.frozensets(st.sampled_from(["sales", "output", "exports", "workforce"])),
)
def test_a_change_is_closed_exactly_when_its_box_is_not_open(
    new: dict[str, int], opened: frozenset[str]
) -> None:
    content = Content({**CONTENT.cells, **new}, CONTENT.lines)
    changed = {key for key, value in new.items() if CONTENT.cells[key] != value}
    assert {change.cell for change in closed_changes(FORM, CONTENT, content, opened)} == changed - opened
    assert closed_changes(FORM, CONTENT, content, None) == []


def test_a_whole_table_is_open_with_its_lines() -> None:
    opened = frozenset({"output_lines.*"})
    assert is_open("output_lines.9999.output", opened)
    assert not is_open("products.1.quantity", opened)
    lines = {"output_lines": [dict(LINE)]}
    assert closed_changes(FORM, CONTENT, Content(CONTENT.cells, lines), opened) == []
    assert {
        change.line for change in closed_changes(FORM, CONTENT, Content(CONTENT.cells, lines), frozenset())
    } == {"1312"}


def test_what_was_asked_is_told_apart_from_what_changed_besides() -> None:
    changes = [Change("sales", 1, 2), Change("output", 1, 2, "output_lines", "1311")]
    left, others = answered(["sales", "exports", "products.*"], changes)
    assert left == ["exports", "products.*"]
    assert [change.line for change in others] == ["1311"]


def test_only_the_boxes_that_came_back_can_be_saved(town: Town, filed: Return) -> None:
    assert open_boxes(filed) is None
    send_back(town, filed, sales="twice as much as the tax invoices")
    assert open_boxes(filed) == {"sales", "sales__ytd", "sales_adjustment", "adjustment_reason"}
    assert box_reasons(filed) == {"sales": "twice as much as the tax invoices"}
    with pytest.raises(FilingError) as refused:
        save_draft(town.filer, filed.pk, cells={"sales": 970, "workforce": 51})
    assert (refused.value.code, refused.value.cell) == ("box_closed", "workforce")
    with pytest.raises(FilingError, match="box_closed"):
        save_draft(town.filer, filed.pk, cells={"workforce": "fifty"})
    with pytest.raises(FilingError, match="box_closed"):
        save_draft(town.filer, filed.pk, lines={"output_lines": [LINE]})
    # a page that sends every box is fine while the closed ones stand as they were
    save_draft(town.filer, filed.pk, cells=GOOD | {"sales": 970, "sales__ytd": 3990}, replace=True)
    assert submit_return(town.filer, filed.pk).version == 2
    filed.refresh_from_db()
    assert (filed.asked_boxes, filed.answer_by, filed.state) == (None, None, State.COUNTY)


def test_a_draft_sent_whole_cannot_pass_by_the_closed_boxes(town: Town, filed: Return) -> None:
    from gongmai.monitor.filing.rules.drafts import Draft

    send_back(town, filed, sales="")
    other = Draft(Content({**GOOD, "workforce": 51}, {"output_lines": [LINE, SECOND]}))
    with pytest.raises(FilingError, match="box_closed"):
        submit_return(town.filer, filed.pk, draft=other)
    assert Version.objects.filter(filing=filed).count() == 1


def test_the_answer_is_awaited_three_working_days_on_or_as_the_officer_says(
    town: Town, filed: Return
) -> None:
    # Friday 5 May 2023; Saturday 6 May is a make-up working day
    send_back(town, filed)
    assert filed.answer_by is not None
    assert filed.answer_by.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == dt.date(2023, 5, 9)
    assert open_boxes(filed) is None
    submit_return(town.filer, filed.pk)
    with pytest.raises(FilingError, match="bad_deadline"):
        move_return(town.county, filed.pk, Move.SEND_BACK, reason="look again", answer_by=dt.date(2023, 5, 4))


def test_a_box_without_a_reason_of_its_own_takes_the_general_one(town: Town, filed: Return) -> None:
    with pytest.raises(Refused, match="reason_missing"):
        move_return(town.county, filed.pk, Move.SEND_BACK, boxes={"sales": ""})
    with pytest.raises(FilingError, match="unknown_cell"):
        move_return(town.county, filed.pk, Move.SEND_BACK, reason="look again", boxes={"nothing": ""})
    move_return(town.county, filed.pk, Move.SEND_BACK, boxes={"sales": "check it", "exports": "check both"})
    filed.refresh_from_db()
    assert box_reasons(filed) == {"sales": "check it", "exports": "check both"}
