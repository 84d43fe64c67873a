"""The primary rules on figures that can be checked by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.disclosure.tables import PARAMETERS, cell, flat

from gongmai.core.disclosure import rules
from gongmai.core.disclosure.queries import parameters, read_key, write_key
from gongmai.core.disclosure.types import EMPTY, TOTAL

sizes = st.lists(st.integers(0, 10_000).map(float), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("figures", "sensitive"),
    [
        ((), False),
        ((50.0,), True),
        ((50.0, 50.0), True),
        ((0.0,), True),
        ((0.0, 0.0, 0.0), False),
        ((10.0, 10.0, 10.0), False),
        # two hold 86 of 100
        ((50.0, 36.0, 14.0), True),
        # two hold exactly 85 of 100; the rest of 15 is 15 % of 50 and more
        ((50.0, 35.0, 10.0, 5.0), False),
        # 84 of 100, but the rest of 8 hides less than 15 % of the largest
        ((80.0, 4.0, 4.0, 4.0, 4.0, 4.0), False),
        ((90.0, 1.0, 3.0, 3.0, 3.0), True),
    ],
)
def test_a_cell_is_sensitive_when_few_or_dominated(figures, sensitive):
    assert rules.is_sensitive(cell(*figures), PARAMETERS) is sensitive


def test_no_firm_and_one_firm_that_reports_zero_are_told_apart():
    assert EMPTY.is_empty
    assert not cell(0.0).is_empty
    assert rules.protection(EMPTY, PARAMETERS) == 0
    assert rules.protection(cell(0.0), PARAMETERS) == rules.LEAST_PROTECTION


@pytest.mark.parametrize(
    ("figures", "needed"),
    [
        # alone: 15 % of the cell against what dominance asks for, 100/0.85 - 100
        ((100.0,), 100 / 0.85 - 100),
        # 86 of 100 in two hands: 86/0.85 - 100 = 1.18 against 15 % of 50 less 14
        ((50.0, 36.0, 14.0), 86 / 0.85 - 100),
        ((10.0, 10.0, 10.0), 0.0),
    ],
)
def test_the_protection_is_what_lets_the_rule_pass(figures, needed):
    assert rules.protection(cell(*figures), PARAMETERS) == pytest.approx(needed)


@given(sizes)
def test_a_cell_that_held_its_protection_more_in_small_firms_would_not_be_dominated(figures):
    one = cell(*figures)
    needed = rules.protection(one, PARAMETERS)
    if needed:
        assert one.first + one.second <= PARAMETERS.share * (one.value + needed) + 1e-6


@given(st.lists(sizes, min_size=1, max_size=4))
def test_adding_up_cells_is_the_cell_of_all_their_firms(groups):
    together = cell(*(figure for group in groups for figure in group))
    added = rules.add_up(cell(*group) for group in groups)
    assert (added.value, added.count) == (together.value, together.count)
    assert (added.first, added.second) == (together.first, together.second)


def test_a_table_has_all_margins_and_says_which_sums_hold():
    cube = flat({"a": {"x": cell(1.0), "y": cell(2.0)}, "b": {"x": cell(3.0)}})
    (layer,) = cube.layers
    assert {key: one.value for key, one in layer.items()} == {
        TOTAL: 6,
        (("down", "a"),): 3,
        (("down", "b"),): 3,
        (("across", "x"),): 4,
        (("across", "y"),): 2,
        (("across", "x"), ("down", "a")): 1,
        (("across", "y"), ("down", "a")): 2,
        (("across", "x"), ("down", "b")): 3,
    }
    for relation in cube.relations:
        assert layer[relation.whole].value == sum(layer[part].value for part in relation.parts)


def test_the_parameters_in_force_have_a_source():
    found = parameters(date(2023, 6, 30))
    assert (found.fewest, found.largest, found.share, found.percent) == (3, 2, 0.85, 0.15)
    assert found.source


@given(st.dictionaries(st.sampled_from(["unit", "region", "group:leading"]), st.text("abc0_", max_size=4)))
def test_a_place_in_the_cube_survives_being_written(codes):
    key = tuple(sorted(codes.items()))
    assert read_key(write_key(key)) == key
