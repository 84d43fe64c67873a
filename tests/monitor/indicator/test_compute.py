import pytest

from gongmai.core.access.types import NOBODY, SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.formula.types import View
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.types import Basis, IndicatorError, Request

P = Period(2022, 12)


def ask(*by, actor=SYSTEM, **extra):
    return compute(actor, Request(P, by=by, **extra))


def by_code(table, cut):
    return {row.codes[cut]: row for row in table.rows}


def test_growth_is_on_the_base_that_the_current_roster_states(small_city):
    total = ask().total
    assert (total["firms"], total["level"], total["base"]) == (5, 3200, 2900)
    assert total["growth"] == pytest.approx(3200 / 2900 - 1)


def test_contributions_add_up_to_one_and_pulls_to_the_growth(small_city):
    table = ask("industry_division")
    assert sum(row["contribution"] for row in table.rows) == pytest.approx(1)
    assert sum(row["pull"] for row in table.rows) == pytest.approx(table.total["growth"])
    assert by_code(table, "industry_division")["20"]["pull"] == pytest.approx(200 / 2900)


def test_a_new_plant_counts_with_a_base_of_zero(small_city):
    rows = by_code(ask("industry_class"), "industry_class")
    assert rows["3110"]["contribution"] == pytest.approx((850 - 800) / 300)


def test_two_cuts_cross(small_city):
    table = ask("industry_division", "region")
    assert [tuple(row.codes.values()) for row in table.rows] == [
        ("13", "999901"),
        ("20", "999901"),
        ("20", "999902"),
        ("31", "999902"),
    ]


def test_an_alias_of_a_cut_means_the_same(small_city):
    assert ask("industry").rows == ask("industry_division").rows


def test_the_same_sample_leaves_out_a_firm_without_a_base(small_city):
    total = ask(basis=Basis.SAME_SAMPLE).total
    assert (total["firms"], total["level"], total["base"]) == (4, 3070, 2900)


def test_the_nominal_basis_is_what_last_years_roster_reported(small_city):
    total = ask(basis=Basis.NOMINAL).total
    assert (total["firms"], total["level"], total["base"]) == (5, 3200, 2950)
    assert total["growth"] == pytest.approx(3200 / 2950 - 1)


def test_pulls_add_up_on_the_nominal_basis_too(small_city):
    table = ask("region", basis=Basis.NOMINAL)
    assert sum(row["pull"] for row in table.rows) == pytest.approx(table.total["growth"])


def test_an_indicator_without_a_nominal_meaning_is_unknown_there(small_city):
    assert ask(basis=Basis.NOMINAL, indicators=("va_growth",)).total["va_growth"] is None
    assert ask(indicators=("va_growth",)).total["va_growth"] is not None


def test_the_month_has_its_own_figures(small_city):
    assert ask(view=View.MONTH).total["level"] == 320


def test_a_filter_keeps_some_groups(small_city):
    table = ask("industry_division", filters=(("region", ("999902",)),))
    assert table.total["level"] == 1150
    assert [row.codes["industry_division"] for row in table.rows] == ["20", "31"]


def test_display_groups_of_the_city_are_a_cut(small_city):
    rows = by_code(ask("group:leading"), "group:leading")
    assert {code: row["level"] for code, row in rows.items()} == {"wood": 1400, "food": 950, "other": 850}


def test_output_bands_are_a_cut(small_city):
    assert by_code(ask("above_100m"), "above_100m")["no"]["firms"] == 5


def test_a_tag_narrows_the_firms(small_city):
    assert ask(tag="gazelle").total["level"] == 2050


def test_a_firm_counts_under_each_of_its_tags(small_city, monkeypatch):
    from gongmai.core.registry import queries as registry
    from gongmai.core.registry.types import Label

    monkeypatch.setattr(registry, "labels", lambda _: {"giant": Label("a"), "gazelle": Label("b")})
    rows = by_code(ask("tag"), "tag")
    assert {tag: row["level"] for tag, row in rows.items()} == {"giant": 1100, "gazelle": 2050}
    assert rows["gazelle"]["pull"] == pytest.approx((2050 - 1900) / 2900)


def test_a_county_sees_its_own_firms_only(small_city):
    county = Actor(1, "c", (Grant(Role.COUNTY, ScopeKind.REGION, "999902"),))
    assert ask(actor=county).total["level"] == 1150


def test_a_formula_that_looks_back_sees_the_scope_of_the_period_asked_for(small_city):
    county = Actor(1, "c", (Grant(Role.COUNTY, ScopeKind.REGION, "999902"),))
    total = ask(actor=county, indicators=("collection_days",)).total
    assert (total["level"], total["collection_days"]) == (1150, None)


def test_somebody_without_the_right_is_refused(small_city):
    with pytest.raises(NotAllowed):
        ask(actor=NOBODY)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"by": ("moon",)}, "unknown_cut"),
        ({"item": "moon"}, "unknown_item"),
        ({"indicators": ("moon",)}, "unknown_indicator"),
        ({"item": "profit", "view": View.MONTH}, "no_month"),
        ({"tag": "a'b"}, "unknown_code"),
    ],
)
def test_a_wrong_request_is_refused_with_a_code(small_city, extra, code):
    with pytest.raises(IndicatorError) as caught:
        compute(SYSTEM, Request(P, **extra))
    assert caught.value.code == code


def test_an_answer_is_kept_until_the_next_vintage(small_city):
    from gongmai.core.panel.actions.publish import publish

    first = ask()
    assert ask() is first
    small_city.file(202212, 1, output__ytd=1200, output__ytd_base=1000)
    publish()
    assert ask().total["level"] == 3300
    assert ask(vintage=1).total["level"] == 3200
