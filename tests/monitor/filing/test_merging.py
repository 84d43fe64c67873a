"""Merging what two sides typed: nothing disappears, different boxes commute, a repeat changes nothing."""

from collections.abc import Sequence
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.lines import in_order, names_of
from gongmai.monitor.filing.rules.merging import Conflict, Edit, apply_edits, flatten, reader
from gongmai.monitor.filing.types import Content, FilingError

MONTHLY, APRIL = forms()["monthly"], Period(2023, 4)
READ = reader(MONTHLY, APRIL)
HEADS = ["c.output", "c.output__ytd", "c.sales", "c.electricity", "c.outlook", "c.problems", "e.V3_output"]
NAMES = ["k1311", "k1411", "nabc", "nabd"]
BOXES = [*HEADS, *(f"l.output_lines.{name}.{key}" for name in NAMES for key in ("industry", "output"))]
TEXTS = st.sampled_from([None, "", "5", "1,234", "１２", "12万", "-", "1311", "same", "x" * 70])
EDITS = st.dictionaries(st.sampled_from(BOXES), TEXTS, max_size=8)


def start() -> Draft:
    lines = [{"industry": "1311", "output": 7}, {"industry": "1411", "output": 3}]
    return Draft(Content({"output": 10, "sales": 9}, {"output_lines": lines}, {}))


def journal(draft: Draft, texts: dict[str, str | None]) -> list[Edit]:
    """What somebody who sees `draft` types, one edit for each box."""
    seen = flatten(MONTHLY, draft)
    return [Edit(address, seen.get(address), text) for address, text in texts.items()]


def apply(draft: Draft, edits: Sequence[Edit]) -> tuple[Draft, list[Conflict]]:
    copy = deepcopy(draft)
    conflicts, _changed = apply_edits(MONTHLY, APRIL, copy, edits)
    return copy, conflicts


@given(EDITS, EDITS)
def test_no_typed_value_disappears(mine: dict[str, str | None], theirs: dict[str, str | None]) -> None:
    base = start()
    one, _none = apply(base, journal(base, theirs))
    both, conflicts = apply(one, journal(base, mine))
    held, seen, clashed = flatten(MONTHLY, both), flatten(MONTHLY, base), {c.address: c for c in conflicts}
    for address, text in mine.items():
        value = READ(address, text)
        if value == seen.get(address):
            continue  # nothing was typed
        kept = clashed[address].mine if address in clashed else held.get(address)
        assert kept == value
    before = flatten(MONTHLY, one)
    for address, text in theirs.items():
        if READ(address, mine.get(address)) == seen.get(address) or address not in mine:
            assert held.get(address) == before.get(address) == READ(address, text)
        elif address in clashed:
            assert held.get(address) == before.get(address)


@given(EDITS, EDITS)
def test_edits_of_different_boxes_come_to_the_same_in_any_order(
    mine: dict[str, str | None], theirs: dict[str, str | None]
) -> None:
    base = start()
    # whether a line is there is shared by its boxes: two sides that empty and fill one line do not commute
    lines = {address.split(".")[2] for address in mine if address.startswith("l.")}
    theirs = {
        address: text
        for address, text in theirs.items()
        if address not in mine and not (address.startswith("l.") and address.split(".")[2] in lines)
    }
    first, second = journal(base, mine), journal(base, theirs)
    one, clash_one = apply(apply(base, first)[0], second)
    two, clash_two = apply(apply(base, second)[0], first)
    assert clash_one == clash_two == []
    assert one.as_dict() == two.as_dict()


@given(EDITS)
def test_the_same_journal_again_changes_nothing(texts: dict[str, str | None]) -> None:
    base = start()
    edits = journal(base, texts)
    once, conflicts = apply(base, edits)
    again = deepcopy(once)
    repeated, changed = apply_edits(MONTHLY, APRIL, again, edits)
    assert conflicts == repeated == []
    assert not changed
    assert again.as_dict() == once.as_dict()


@given(EDITS)
def test_what_is_kept_is_read_back_as_it_was_kept(texts: dict[str, str | None]) -> None:
    base = start()
    draft, _conflicts = apply(base, journal(base, texts))
    stored = Draft.from_dict(draft.as_dict(), 1)
    assert flatten(MONTHLY, stored) == flatten(MONTHLY, draft)


def test_the_same_box_filled_differently_keeps_both_values() -> None:
    base = start()
    one, _none = apply(base, journal(base, {"c.output": "11"}))
    both, conflicts = apply(one, journal(base, {"c.output": "12", "c.sales": "8"}))
    assert conflicts == [Conflict("c.output", 10, 12, 11)]
    assert (both.content.cells["output"], both.content.cells["sales"]) == (11, 8)


def test_the_same_figure_written_in_two_ways_is_no_conflict() -> None:
    base = start()
    one, _none = apply(base, journal(base, {"c.output": "1,234"}))
    both, conflicts = apply(one, [Edit("c.output", "10", "１２３４")])
    assert conflicts == []
    assert both.content.cells["output"] == 1234


def test_a_line_is_taken_away_unless_somebody_changed_it() -> None:
    base = start()
    gone = Edit("r.output_lines.k1311", {"industry": "1311", "output": "7"}, None)
    taken, conflicts = apply(base, [gone])
    assert (conflicts, taken.content.lines["output_lines"]) == ([], [{"industry": "1411", "output": 3}])
    changed, _none = apply(base, journal(base, {"l.output_lines.k1311.output": "8"}))
    kept, conflicts = apply(changed, [gone])
    assert [conflict.why for conflict in conflicts] == ["differs"]
    assert kept.content.lines["output_lines"][0]["output"] == 8
    lost, conflicts = apply(taken, journal(base, {"l.output_lines.k1311.output": "9"}))
    assert [(conflict.why, conflict.mine) for conflict in conflicts] == [("gone", 9)]
    assert len(lost.content.lines["output_lines"]) == 1


def test_lines_added_on_both_sides_stand_in_the_order_of_their_making() -> None:
    base = start()
    early = [Edit("l.output_lines.n001.industry", None, "2011")]
    late = [Edit("l.output_lines.n002.industry", None, "2012")]
    for first, second in ((early, late), (late, early)):
        both, _none = apply(apply(base, first)[0], second)
        assert [line["industry"] for line in both.content.lines["output_lines"]] == [
            "1311",
            "1411",
            "2011",
            "2012",
        ]


def test_a_box_that_was_not_sent_back_stays_and_the_typed_value_comes_back() -> None:
    draft = start()
    edits = journal(draft, {"c.output": "11", "c.sales": "8", "l.output_lines.k1311.output": "9"})
    opened = frozenset({"output", "output_lines.1311.output"})
    conflicts, changed = apply_edits(MONTHLY, APRIL, draft, edits, opened)
    assert changed
    assert [(each.address, each.why, each.mine) for each in conflicts] == [("c.sales", "closed", 8)]
    assert (draft.content.cells["output"], draft.content.cells["sales"]) == (11, 9)


def test_a_figure_filled_in_from_last_period_waits_for_a_word_or_another_figure() -> None:
    draft = Draft(Content({"workforce": 50, "stock_value": 4}), prefilled=["workforce", "stock_value"])
    edits = [Edit("k.workforce", None, "1"), Edit("c.stock_value", "4", "5")]
    conflicts, changed = apply_edits(MONTHLY, APRIL, draft, edits)
    assert (conflicts, changed, draft.prefilled) == ([], True, [])
    assert draft.content.cells == {"workforce": 50, "stock_value": 5}


@pytest.mark.parametrize(
    "address", ["c.nothing", "x.output", "l.nothing.k1.output", "l.output_lines.k!.output"]
)
def test_an_address_that_the_form_has_not_is_refused(address: str) -> None:
    with pytest.raises(FilingError, match="unknown_"):
        apply(start(), [Edit(address, None, "1")])


def test_lines_are_named_after_their_entries_and_every_name_is_there_once() -> None:
    lines = [{"industry": "1311"}, {"industry": "1311"}, {}, {"industry": "行业"}]
    assert names_of(lines, "industry") == ["k1311", "k1311-2", "k", "k__"]
    assert names_of(lines, "industry", ["a", "b", "c", "d"]) == ["a", "b", "c", "d"]
    assert in_order(["nb", "k2", "na", "k1"]) == ["k2", "k1", "na", "nb"]
