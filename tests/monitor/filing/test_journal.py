"""The journal of a draft: every change once, typing in one go as one row, nothing of a refused save."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.period import clock
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Edit, Return
from gongmai.monitor.filing.queries.journal import edits_of
from gongmai.monitor.filing.rules.journal import merge_changes
from gongmai.monitor.filing.types import FilingError
from tests.monitor.filing.conftest import GOOD, LINE, Town

VALUES = st.none() | st.integers(0, 9) | st.text(max_size=3)
SAVES = st.lists(st.dictionaries(st.sampled_from(["a", "b", "t.1311.x"]), VALUES), max_size=8)


@given(SAVES)
def test_joined_changes_lead_from_the_first_value_to_the_last(saves: list[dict[str, object]]) -> None:
    state: dict[str, object] = {}
    merged: dict[str, list[object]] = {}
    for save in saves:
        changes = {box: [state.get(box), new] for box, new in save.items() if state.get(box) != new}
        merged = merge_changes(merged, changes)
        state |= save
    assert {box: new for box, (_, new) in merged.items()} == {
        box: value for box, value in state.items() if value is not None
    }
    assert all(old is None for old, _ in merged.values())


def test_what_is_typed_in_one_go_is_one_row_and_later_is_another(town: Town, filing: Return) -> None:
    for value in (1, 12, 123):
        save_draft(town.filer, filing.pk, cells={"output": value})
    assert [row.changes for row in Edit.objects.all()] == [{"output": [None, 123]}]
    clock.simulate(clock.now() + timedelta(hours=1))
    save_draft(town.filer, filing.pk, cells={"output": 124, "sales": 5})
    assert [(each.old, each.new) for each in edits_of(filing, "output")] == [(None, 123), (123, 124)]
    assert {each.actor_id for each in edits_of(filing, "output")} == {town.filer.user_id}


def test_lines_are_noted_cell_by_cell(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, lines={"output_lines": [LINE]})
    assert [each.new for each in edits_of(filing, "output_lines.1311.output")] == [1000]


def test_a_save_that_changes_nothing_or_is_refused_leaves_nothing(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells={"output": 5})
    save_draft(town.filer, filing.pk, cells={"output": 5})
    with pytest.raises(FilingError):
        save_draft(town.filer, filing.pk, cells={"no_such_box": 1})
    assert Edit.objects.count() == 1


def test_drafts_that_were_not_submitted_are_left_out_for_officers(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    filing.refresh_from_db()
    assert edits_of(filing, "output", up_to=filing.versions_count) == []
    submit_return(town.filer, filing.pk)
    assert len(edits_of(filing, "output", up_to=1)) == 1
