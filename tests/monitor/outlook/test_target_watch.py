"""The target watch on a small published city: figures, scope, levers, setting targets."""

import pytest

from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.audit.models import Entry
from gongmai.core.period import clock
from gongmai.core.registry.models import Code
from gongmai.monitor.outlook.actions.targets import import_targets, set_target
from gongmai.monitor.outlook.models import Target
from gongmai.monitor.outlook.queries.target_facts import NoFacts, read_facts
from gongmai.monitor.outlook.queries.target_watch import watch_targets
from gongmai.monitor.outlook.rules.targets import Levers
from tests.monitor.outlook.conftest import LAST

CITY = Actor(3, "city", (Grant(Role.CITY, ScopeKind.CITY),))
COUNTY = Actor(1, "county", (Grant(Role.COUNTY, ScopeKind.REGION, "999901"),))
LEADER = Actor(2, "leader", (Grant(Role.LEADER, ScopeKind.CITY),))


def total(outputs, year: int, until: int = 12) -> int:
    return sum(
        v for firm in outputs.values() for key, v in firm.items() if key // 100 == year and key % 100 <= until
    )


def give(year: int = 2023, value: int = 1, level: str = "city", code: str = "") -> None:
    Target.objects.create(
        year=year, item="output", level=level, code=code, value=value, source="plan", set_at=clock.now()
    )


@pytest.mark.django_db
def test_the_figures_are_those_that_were_filed(monthly_city):
    give(value=round(total(monthly_city, 2022) * 1.05))
    watch = watch_targets(SYSTEM, 2023, level="county")
    city = watch.rows[0]
    assert (watch.period, city.level) == (LAST, "city")
    assert city.ytd == total(monthly_city, 2023, 5)
    assert city.last_year == total(monthly_city, 2022)
    rest = total(monthly_city, 2022) - total(monthly_city, 2022, 5)
    assert city.needed == pytest.approx((city.target - city.ytd) / rest - 1)
    assert sum(row.ytd for row in watch.rows[1:]) == city.ytd
    assert all(row.implied for row in watch.rows[1:])
    assert not city.implied
    assert sum(row.target for row in watch.rows[1:]) == pytest.approx(city.target)
    assert city.before is not None
    assert watch.firms


@pytest.mark.django_db
def test_a_target_far_below_is_sure_and_one_far_above_is_not(monthly_city):
    give(value=1, level="county", code="999901")
    give(value=10**9, level="county", code="999902")
    rows = {row.code: row for row in watch_targets(SYSTEM, 2023, level="county").rows}
    assert rows["999901"].now.probability == 1
    assert rows["999901"].needed == -1
    assert rows["999902"].now.probability == 0
    assert rows[""].target is None
    assert rows[""].now.probability is None


@pytest.mark.django_db
def test_levers_answer_from_the_same_paths(monthly_city):
    give(value=round(total(monthly_city, 2022) * 1.05))
    plain = watch_targets(SYSTEM, 2023, level="industry").rows
    facts = read_facts(SYSTEM, "output", 1, LAST)
    firm = facts.codes[11]
    pulled = watch_targets(
        SYSTEM, 2023, level="industry", levers=Levers(stop=firm, stop_from=6, project=500, project_from=6)
    ).rows
    assert [row.now for row in plain] == [row.now for row in pulled]
    stop = watch_targets(SYSTEM, 2023, level="industry", levers=Levers(stop=firm, stop_from=6)).rows
    lost = plain[0].now.bands[2] - stop[0].scenario.bands[2]
    expected = float((facts.firm_ahead[11] * facts.pace[11]).sum())
    assert lost == pytest.approx(expected, rel=0.15)
    assert pulled[0].scenario.bands[2] == pytest.approx(stop[0].scenario.bands[2] + 7 * 500, rel=1e-6)
    assert watch_targets(SYSTEM, 2023, levers=Levers(stop="nobody")).stop_unknown


@pytest.mark.django_db
def test_a_county_sees_its_own_firms_alone_and_a_leader_none(monthly_city):
    give(value=round(total(monthly_city, 2022) * 1.05))
    mine = watch_targets(COUNTY, 2023, level="county")
    assert [row.code for row in mine.rows] == ["999901"]
    facts = read_facts(COUNTY, "output", 1, LAST)
    assert len(facts.codes) == 6
    assert {each.credit_code for each in mine.firms} <= set(facts.codes)
    leader = watch_targets(LEADER, 2023, level="industry")
    assert leader.firms is None
    assert leader.rows[0].now.probability is not None


@pytest.mark.django_db
def test_a_year_that_is_over_is_decided_and_one_without_figures_is_refused(monthly_city):
    reached = total(monthly_city, 2022)
    give(year=2022, value=reached)
    row = watch_targets(SYSTEM, 2022, level="city").rows[0]
    assert (row.now.probability, row.needed, row.ytd) == (1, None, reached)
    with pytest.raises(NoFacts):
        watch_targets(SYSTEM, 2025)
    with pytest.raises(NoFacts):
        watch_targets(SYSTEM, 2023, item="electricity")


@pytest.mark.django_db
def test_only_the_city_sets_targets_and_the_trail_says_so():
    values = {"year": 2023, "item": "output", "level": "city", "code": "", "source": "work report"}
    with pytest.raises(NotAllowed):
        set_target(COUNTY, value=5, **values)
    set_target(CITY, value=5, **values)
    set_target(CITY, value=6, **values)
    assert list(Target.objects.values_list("value", flat=True)) == [6]
    assert Entry.objects.filter(action="target.set").count() == 2
    with pytest.raises(ValueError, match="unknown"):
        set_target(CITY, value=5, **{**values, "level": "county", "code": "nowhere"})
    with pytest.raises(ValueError, match="out of range"):
        set_target(CITY, value=0, **values)


@pytest.mark.django_db
def test_a_file_of_targets_is_taken_whole_or_not_at_all(tmp_path):
    Code.objects.create(
        list="region", code="999901", label_zh="甲县", valid_from="2020-01-01", extra={"level": "county"}
    )
    file = tmp_path / "targets.csv"
    heading = "year,item,level,code,value,source\n"
    file.write_text(heading + "2023,output,city,,900,plan\n2023,output,county,999901,70,plan\n", "utf-8")
    assert import_targets(CITY, tmp_path, replace=False) == (2, [])
    file.write_text(
        heading + "2024,output,city,,950,plan\n2x,colour,town,1,,\n2024,output,county,nowhere,1,p\n"
        "2024,output,city,,1,p\n",
        "utf-8",
    )
    count, findings = import_targets(CITY, tmp_path, replace=True)
    assert count == 0
    assert [(each.row, each.column, each.rule) for each in findings] == [
        (3, "year", "integer_form"), (3, "value", "integer_form"), (3, "item", "code_unknown"),
        (3, "level", "code_unknown"), (3, "source", "cell_required"), (4, "code", "code_unknown"),
        (5, "code", "code_twice"),
    ]  # fmt: skip
    assert Target.objects.filter(year=2023).count() == 2
    (tmp_path / "targets.csv").unlink()
    assert import_targets(CITY, tmp_path, replace=True) == (0, [])
    assert not Target.objects.exists()
