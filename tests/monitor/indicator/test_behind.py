"""Bridge, firms, trends and a number opened, over the small city of conftest."""

import pytest
from tests.core.panel import memory

from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.formula.types import View
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period.types import Period
from gongmai.core.registry.models import Enterprise
from gongmai.monitor.indicator.queries.bridge import bridge
from gongmai.monitor.indicator.queries.firms import MOVES, ORDERS, count_firms, firms_behind
from gongmai.monitor.indicator.queries.opened import open_number
from gongmai.monitor.indicator.queries.trend import last_periods, trend
from gongmai.monitor.indicator.types import Basis, Firm, IndicatorError, Request

P = Period(2022, 12)
LEADER = Actor(2, "l", (Grant(Role.LEADER, ScopeKind.CITY),))
COUNTY = Actor(1, "c", (Grant(Role.COUNTY, ScopeKind.REGION, "999902"),))


def adds_up(entry):
    return entry.current - entry.published_base == pytest.approx(
        entry.growth_amount + entry.entries + entry.exits + entry.moves + entry.revisions + entry.missing,
        abs=1e-6,
    )


def test_the_bridge_explains_why_growth_is_not_the_growth_of_published_levels(small_city):
    (whole,) = bridge(SYSTEM, Request(P))
    assert (whole.current, whole.base, whole.published_base) == (3200, 2900, 2950)
    assert (whole.entries, whole.exits, whole.moves, whole.revisions) == (0, -70, 0, 20)
    assert dict(whole.firms) == {"entry": 1, "exit": 1, "move": 0, "missing": 0, "same": 4}
    assert adds_up(whole)


def test_the_bridge_of_a_group_shows_firms_that_changed_group(small_city):
    memory.STORE.rosters[202212][2]["region"], before = "999901", memory.STORE.rosters[202212][2]["region"]
    publish([202212], reason="moved")
    memory.STORE.rosters[202212][2]["region"] = before
    whole, first, second = bridge(SYSTEM, Request(P, by=("region",)))
    assert (first.moves, second.moves) == (200, -200)
    assert whole.moves == 0
    assert all(adds_up(entry) for entry in (whole, first, second))


def test_the_bridge_tells_firms_that_are_still_to_file_from_base_revisions(small_city):
    late = {"id": 7, "region": "999901"}
    memory.STORE.rosters = {period: [*firms, late] for period, firms in memory.STORE.rosters.items()}
    memory.STORE.file(202112, 7, output=4, output__ytd=40)
    publish([202112, 202212], reason="late")
    (whole,) = bridge(SYSTEM, Request(P))
    assert (whole.missing, whole.firms["missing"], whole.revisions) == (-40, 1, 20)
    assert adds_up(whole)


def test_the_bridge_needs_last_years_period(small_city):
    with pytest.raises(NotPublished):
        bridge(SYSTEM, Request(Period(2021, 12)))


def test_the_bridge_explains_the_comparable_basis_only(small_city):
    with pytest.raises(IndicatorError):
        bridge(SYSTEM, Request(P, basis=Basis.NOMINAL))


def test_firms_behind_a_number_come_by_their_pull(small_city):
    page = firms_behind(SYSTEM, Request(P))
    assert [firm.enterprise_id for firm in page.firms] == [5, 1, 3, 2, 4]
    assert sum(firm.pull for firm in page.firms) == pytest.approx(3200 / 2900 - 1)
    assert page.firms[0].growth is None


def test_the_pull_of_a_firm_in_a_group_is_on_the_whole(small_city):
    page = firms_behind(SYSTEM, Request(P), {"industry": "31"}, order="pull")
    assert [firm.enterprise_id for firm in page.firms] == [4, 5]
    assert page.firms[0].pull == pytest.approx(-80 / 2900)


def test_firms_are_paged(small_city):
    page = firms_behind(SYSTEM, Request(P), page=2, size=2)
    assert ([firm.enterprise_id for firm in page.firms], page.total, page.pages) == ([3, 2], 5, 3)


@pytest.mark.parametrize("order", sorted(ORDERS))
@pytest.mark.parametrize("move", MOVES)
def test_the_engine_chooses_and_orders_firms_as_a_plain_loop_would(small_city, order: str, move: str) -> None:
    moves = {
        "": lambda now, base: True,
        "up": lambda now, base: (now or 0) > (base or 0),
        "down": lambda now, base: (now or 0) < (base or 0),
        "stopped": lambda now, base: now == 0,
        "new": lambda now, base: (now or 0) > 0 and not base,
    }
    everyone = firms_behind(SYSTEM, Request(P)).firms
    wanted = [firm for firm in everyone if moves[move](firm.value, firm.base)]
    for sign, prefix in ((1, ""), (-1, "-")):

        def place(firm: Firm, sign: int = sign) -> tuple[bool, float, int]:
            value = getattr(firm, order) if order != "credit_code" else 0
            return value is None, sign * (value or 0), firm.enterprise_id

        got = list(firms_behind(SYSTEM, Request(P), order=prefix + order, move=move).firms)
        assert {firm.enterprise_id for firm in got} == {firm.enterprise_id for firm in wanted}
        if order != "credit_code":
            assert got == sorted(wanted, key=place)
        else:
            assert got == sorted(wanted, key=lambda firm: firm.credit_code, reverse=sign < 0)
    counts = count_firms(SYSTEM, Request(P), move)
    assert (counts["all"], counts["chosen"]) == (len(everyone), len(wanted))


def test_firms_are_sought_by_name_and_by_credit_code(small_city) -> None:
    one = firms_behind(SYSTEM, Request(P)).firms[0]
    Enterprise.objects.create(pk=one.enterprise_id, credit_code=one.credit_code, name="东方Chemical公司")
    for text in ("东方", "cHEM", one.credit_code[-4:], one.credit_code):
        found = firms_behind(SYSTEM, Request(P), text=text).firms
        assert [firm.enterprise_id for firm in found] == [one.enterprise_id]
        assert count_firms(SYSTEM, Request(P), text=text)["chosen"] == 1
    assert firms_behind(SYSTEM, Request(P), text="%").firms == ()
    assert count_firms(SYSTEM, Request(P), "down", "%")["all"] == 5


def test_a_county_counts_its_own_firms_and_a_leader_none(small_city) -> None:
    assert count_firms(COUNTY, Request(P))["all"] == 3
    with pytest.raises(NotAllowed):
        count_firms(LEADER, Request(P))
    with pytest.raises(IndicatorError):
        firms_behind(SYSTEM, Request(P), move="sideways")


def test_a_county_sees_its_own_firms_only(small_city):
    assert {firm.enterprise_id for firm in firms_behind(COUNTY, Request(P)).firms} == {3, 4, 5}


def test_a_leader_sees_numbers_but_no_firms(small_city):
    with pytest.raises(NotAllowed):
        firms_behind(LEADER, Request(P))
    assert open_number(LEADER, Request(P)).may_see_firms is False


def test_an_order_that_is_not_listed_is_refused(small_city):
    with pytest.raises(IndicatorError):
        firms_behind(SYSTEM, Request(P), order="x; drop")


def test_a_trend_has_a_gap_where_nothing_was_published(small_city):
    line = trend(SYSTEM, Request(P), [Period(2021, 12), Period(2022, 11), P]).series[0]
    assert line.values["level"] == (2950, None, 3200)


def test_a_trend_by_group_has_pulls_within_each_period(small_city):
    answer = trend(SYSTEM, Request(P, by=("region",)), [Period(2021, 12), P])
    pulls = [series.values["pull"][1] for series in answer.series]
    assert sum(pulls) == pytest.approx(3200 / 2900 - 1)


def test_the_last_periods_skip_january(small_city):
    assert last_periods(Period(2022, 3), 3) == (Period(2021, 12), Period(2022, 2), Period(2022, 3))


def test_a_number_opens_to_its_formula_inputs_and_the_three_growths(small_city):
    number = open_number(SYSTEM, Request(P), {"region": "999902"}, "growth")
    assert number.text == "sum(output) / sum(base(output)) - 1"
    assert number.value == pytest.approx(1150 / 1000 - 1)
    assert [(entry.cell, entry.total, entry.known) for entry in number.inputs] == [
        ("output__ytd", 1150, 3),
        ("output__ytd_base", 1000, 2),
    ]
    assert number.growth[Basis.SAME_SAMPLE] == pytest.approx(1020 / 1000 - 1)
    assert number.growth[Basis.NOMINAL] == pytest.approx(1150 / 1000 - 1)
    assert (number.firms, number.vintage, number.may_see_firms) == (3, 1, True)


def test_the_pull_of_a_group_opens_with_the_value_of_the_table(small_city):
    number = open_number(SYSTEM, Request(P, view=View.MONTH), {"region": "999902"}, "pull")
    assert number.value == pytest.approx((115 - 100) / 290)
