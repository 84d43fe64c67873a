import pyarrow.parquet as pq
import pytest

from gongmai.core.access.types import NOBODY, SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.panel.actions.export import export
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.actions.rebuild import rebuild
from gongmai.core.panel.queries import vintages
from gongmai.core.panel.queries.difference import diff
from gongmai.core.panel.types import ChangeKind

P, NEXT = 202211, 202212


@pytest.fixture
def history(store):
    """Vintage 1; then a correction, a revised base, a first filing, an entry and an exit in vintage 2."""
    store.rosters[P] = [{"id": 1}, {"id": 2}, {"id": 3, "region": "999902"}, {"id": 4}]
    store.file(P, 1, output=100, output__base=80)
    store.file(P, 2, output=50, output__base=50)
    store.file(P, 4, output=9, output__base=9)
    publish()
    store.rosters[P] = [{"id": 1}, {"id": 2}, {"id": 3, "region": "999902"}, {"id": 5}]
    store.file(P, 1, output=110, output__base=80)
    store.file(P, 2, output=50, output__base=45)
    store.file(P, 3, output=7, output__base=6)
    store.file(P, 5, output=20, output__base=None)
    publish()
    return store


def kinds(difference, cell):
    return {change.enterprise_id: change.kind for change in difference.firms if change.cell == cell}


def test_the_difference_names_the_cause_of_each_change(history):
    found = diff(SYSTEM, 1, 2)
    assert kinds(found, "output") == {
        1: ChangeKind.CORRECTION,
        3: ChangeKind.FILED,
        4: ChangeKind.EXIT,
        5: ChangeKind.ENTRY,
    }
    assert kinds(found, "output__base")[2] is ChangeKind.BASE_REVISION


def test_the_causes_add_up_to_the_change_of_each_total(history):
    for total in diff(SYSTEM, 1, 2).totals:
        causes = total.entries + total.exits + total.filed + total.base_revisions + total.corrections
        assert causes == total.new - total.old


def test_equal_vintages_differ_in_nothing(history):
    publish([P], reason="again")
    found = diff(SYSTEM, 2, 3)
    assert (found.totals, found.firms) == ((), ())


def test_a_period_that_is_new_is_all_entries(history):
    history.rosters[NEXT] = [{"id": 1}]
    history.file(NEXT, 1, output=3)
    publish()
    found = diff(SYSTEM, 2, 3)
    assert found.periods == (NEXT,)
    assert [change.kind for change in found.firms] == [ChangeKind.ENTRY]


def test_the_difference_stays_within_reach(history):
    county = Actor(1, "c", (Grant(Role.COUNTY, ScopeKind.REGION, "999902"),))
    found = diff(county, 1, 2)
    assert {change.enterprise_id for change in found.firms} == {3}
    assert {total.cell: total.new for total in found.totals}["output"] == 7


def test_a_leader_sees_the_totals_but_no_firms(history):
    leader = Actor(1, "l", (Grant(Role.LEADER, ScopeKind.CITY),))
    found = diff(leader, 1, 2)
    assert found.totals
    assert found.firms == ()


def test_a_rebuild_gives_the_published_bytes(history):
    result = rebuild(SYSTEM)
    assert (result.files, result.restored, result.findings) == (2, 0, ())


def test_a_rebuild_uses_the_roster_as_it_was_then(history):
    history.rosters[P] = [{"id": 77}]
    assert rebuild(SYSTEM).findings == ()


def test_a_missing_and_a_damaged_file_are_put_back(history):
    first, second = vintages.paths(1, [P])[0], vintages.paths(2, [P])[0]
    wanted = (first.read_bytes(), second.read_bytes())
    first.unlink()
    second.write_bytes(b"x")
    result = rebuild(SYSTEM)
    assert sorted(finding.code for finding in result.findings) == ["damaged", "missing"]
    assert result.restored == 2
    assert (first.read_bytes(), second.read_bytes()) == wanted


def test_facts_that_were_tampered_with_are_found_and_the_file_stays(history):
    kept = vintages.paths(1, [P])[0].read_bytes()
    history.facts[0].cells["output"] = 1
    result = rebuild(SYSTEM)
    assert [(finding.code, finding.vintage) for finding in result.findings] == [("differs", 1)]
    assert vintages.paths(1, [P])[0].read_bytes() == kept


def test_a_rebuild_needs_the_right(history):
    with pytest.raises(NotAllowed):
        rebuild(NOBODY)


def test_an_export_has_a_row_for_each_firm_on_the_roster(history, tmp_path):
    target = tmp_path / "out.parquet"
    assert export(SYSTEM, [P], target) == 4
    table = pq.read_table(target)
    assert {"output", "output__ytd", "output__base", "output__ytd_base"} <= set(table.column_names)
    with pytest.raises(vintages.NotPublished):
        export(SYSTEM, [NEXT], target)
