"""A reader who may not see firms learns nothing about one firm, whichever way the question is put."""

import pytest

from gongmai.core.access.types import SYSTEM, Actor, Grant, Role, ScopeKind
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries.difference import diff
from gongmai.core.panel.types import Layer
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries.bridge import bridge
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.opened import open_number
from gongmai.monitor.indicator.queries.trend import trend
from gongmai.monitor.indicator.rules.cubing import SUPPRESSED
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.types import Request

P = Period(2022, 12)
LEADER = Actor(9, "mayor", (Grant(Role.LEADER, ScopeKind.CITY),))


def figures(row):
    return {
        code: value
        for code, value in row.values.items()
        if code not in {"firms", "reported"} and value is not None
    }


def test_groups_of_fewer_than_three_firms_show_only_how_many_they_are(small_city):
    table = compute(LEADER, Request(P, by=("region",)))
    small, large = table.rows
    assert (small["firms"], figures(small), small.hidden) == (2, {}, SUPPRESSED)
    # the only other group is hidden with it: the total less its figure would be that of the two firms
    assert (figures(large), large.hidden) == ({}, SUPPRESSED)
    assert table.total["level"] == 3200


def test_whoever_may_see_firms_gets_the_same_question_in_full(small_city):
    compute(LEADER, Request(P, by=("region",)))
    small, _ = compute(SYSTEM, Request(P, by=("region",))).rows
    assert small["level"] == 2050


def test_three_firms_of_which_one_reported_are_that_one(small_city):
    small_city.facts = [fact for fact in small_city.facts if fact.period != 202212 or fact.enterprise_id == 3]
    publish([202212], reason="most are missing")
    (row,) = [row for row in compute(LEADER, Request(P, by=("region",))).rows if row["firms"] == 3]
    assert figures(row) == {}
    assert row.hidden in CONFIDENTIAL


def test_a_filter_that_leaves_two_firms_leaves_no_total(small_city):
    request = Request(P, filters=(("region", ("999901",)),))
    assert figures(compute(LEADER, request).total) == {}
    assert bridge(LEADER, request) == []
    opened = open_number(LEADER, request)
    assert (opened.value, opened.inputs, set(opened.growth.values())) == (None, (), {None})


def test_an_opened_group_of_two_firms_shows_no_inputs(small_city):
    opened = open_number(LEADER, Request(P), {"region": "999901"})
    assert (opened.value, opened.inputs, opened.may_see_firms) == (None, (), False)


def test_a_line_over_time_has_gaps_where_its_group_was_small(small_city):
    series = trend(LEADER, Request(P, by=("region",)), (Period(2021, 12), P)).series
    levels = {one.codes["region"]: one.values["level"] for one in series}
    assert levels == {"999901": (None, None), "999902": (None, None)}
    open_lines = trend(SYSTEM, Request(P, by=("region",)), (Period(2021, 12), P)).series
    assert {one.codes["region"]: one.values["level"] for one in open_lines}["999901"] == (1950, 2050)


def test_a_step_of_the_bridge_that_is_one_firm_is_counted_with_the_revisions(small_city):
    (whole,), (full,) = bridge(LEADER, Request(P)), bridge(SYSTEM, Request(P))
    assert (full.exits, full.revisions) == (-70, 20)
    assert (whole.exits, whole.firms["exit"], whole.revisions) == (0, 0, -50)
    assert whole.current - whole.published_base == pytest.approx(whole.growth_amount + whole.revisions)


def test_a_vintage_that_took_in_one_return_does_not_show_it(small_city):
    small_city.file(202212, 1, output=200, output__ytd=1190, output__base=100, output__ytd_base=1000)
    publish()
    assert diff(SYSTEM, 1, 2).totals
    assert diff(LEADER, 1, 2).totals == ()


def test_figures_with_the_citys_adjustments_are_not_shown_beside_those_reported(small_city):
    request = Request(P, layer=Layer.ADJUSTED)
    assert figures(compute(LEADER, request).total) == {}
    assert compute(SYSTEM, request).total["level"] == 3200
