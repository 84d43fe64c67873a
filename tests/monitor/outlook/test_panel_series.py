"""Series out of the panel: months, the merged first period, and whose firms."""

import numpy as np
import pytest

from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.period.types import Period
from gongmai.monitor.outlook.queries.panel_series import read_series
from gongmai.monitor.outlook.types import Level
from tests.monitor.outlook.conftest import FIRST, LAST

COUNTY = Actor(1, "county", (Grant(Role.COUNTY, ScopeKind.REGION, "999901"),))
LEADER = Actor(2, "leader", (Grant(Role.LEADER, ScopeKind.CITY),))


def test_firms_counties_and_industries_each_add_up_to_the_city(monthly_city):
    city = read_series("output", "city", actor=SYSTEM)
    assert (city.periods[0], city.periods[-1], len(city.periods)) == (FIRST, LAST, 37)
    truth = [sum(each[period.key] for each in monthly_city.values()) for period in city.periods]
    assert city.values[0] == pytest.approx(truth)
    for level in ("county", "industry", "county_industry", "unit", "enterprise"):
        parts = read_series("output", level, actor=SYSTEM)
        assert np.nansum(parts.values, axis=0) == pytest.approx(truth), level
        assert np.nansum(parts.bases, axis=0) == pytest.approx(city.bases[0]), level


def test_january_and_february_are_one_figure_and_the_base_is_last_years(monthly_city):
    firm = read_series("output", "enterprise", actor=SYSTEM, keys=["3"])
    assert firm.keys == ("3",)
    place = firm.periods.index(Period(2022, 2))
    assert firm.values[0, place] == monthly_city[3][202202]
    assert firm.bases[0, place] == monthly_city[3][202102]
    assert (firm.places[Level.COUNTY], firm.places[Level.INDUSTRY]) == (("999902",), ("20",))


def test_a_cumulative_item_is_given_by_month(monthly_city):
    profit = read_series("profit", "enterprise", actor=SYSTEM, keys=["4"], until=Period(2022, 4))
    outputs = [monthly_city[4][period.key] for period in profit.periods]
    assert np.abs(profit.values[0] - np.array(outputs) / 10).max() <= 1


def test_a_county_sees_its_own_firms_and_total_and_a_leader_no_firm(monthly_city):
    firms = read_series("output", "enterprise", actor=COUNTY)
    assert set(firms.places[Level.COUNTY]) == {"999901"}
    total = read_series("output", "city", actor=COUNTY)
    assert total.values[0] == pytest.approx(firms.values.sum(axis=0))
    with pytest.raises(NotAllowed):
        read_series("output", "enterprise", actor=LEADER)
    assert np.isnan(read_series("output", "county_industry", actor=LEADER).values).all()
    assert not np.isnan(read_series("output", "city", actor=LEADER).values).any()


def test_an_unknown_level_is_refused(monthly_city):
    with pytest.raises(ValueError, match="village"):
        read_series("output", "village", actor=SYSTEM)
