"""What is hidden cannot be computed from what is shown: small tables by hand, many at random, attacked."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.disclosure.tables import PARAMETERS, cell, flat, random_cube

from gongmai.adapters.highs_attacker import HighsAttacker
from gongmai.adapters.highs_suppression import HighsSuppressor
from gongmai.core.disclosure import rules
from gongmai.core.disclosure.types import TOTAL, Cube, Suppression

SUPPRESSOR, ATTACKER = HighsSuppressor(), HighsAttacker()
A1 = (("across", "1"), ("down", "a"))
many = cell(20.0, 20.0, 20.0, 20.0)


def fifteen_cells() -> Cube:
    """Two rows of four columns with their margins: fifteen cells, of which one has two firms."""
    return flat(
        {
            "a": {"1": cell(30.0, 10.0), "2": many, "3": cell(20.0, 20.0, 15.0), "4": many},
            "b": {"1": many, "2": many, "3": many, "4": cell(9.0, 9.0, 9.0)},
        }
    )


def test_a_hidden_cell_alone_in_its_row_is_the_total_less_the_others():
    cube = fifteen_cells()
    assert len(cube.keys) == 15
    only = Suppression(frozenset({A1}), frozenset({A1}))
    (finding, *_) = ATTACKER.audit(cube, PARAMETERS, only)
    assert (finding.key, finding.low, finding.high) == (A1, 40, 40)


def test_the_smallest_rectangle_is_hidden_around_one_sensitive_cell():
    found = SUPPRESSOR.protect(fifteen_cells(), PARAMETERS)
    assert found.primary == {A1}
    assert len(found.secondary) == 3
    assert all(len(key) == 2 for key in found.secondary)
    assert ATTACKER.audit(fifteen_cells(), PARAMETERS, found) == []


def test_the_total_is_shown_and_a_margin_is_hidden_only_where_it_must():
    cube = flat({"a": {"1": cell(50.0)}, "b": {"1": many}, "c": {"1": many}})
    found = SUPPRESSOR.protect(cube, PARAMETERS)
    assert TOTAL not in found.hidden
    assert (("down", "a"),) in found.hidden
    assert ATTACKER.audit(cube, PARAMETERS, found) == []


def test_two_firms_alone_in_two_cells_of_a_row_do_not_protect_each_other():
    row = {"1": cell(40.0, first_firm=1), "2": cell(30.0, first_firm=2), "3": many, "4": many}
    cube = flat({"a": row, "b": dict.fromkeys(row, many), "c": dict.fromkeys(row, many)})
    only_the_pair = frozenset(
        {(("across", one), ("down", down)) for one in ("1", "2") for down in ("a", "b")}
    )
    naive = Suppression(rules.primary(cube.layers, PARAMETERS), only_the_pair)
    assert {one.insider for one in ATTACKER.audit(cube, PARAMETERS, naive)} == {1, 2}
    assert ATTACKER.audit(cube, PARAMETERS, SUPPRESSOR.protect(cube, PARAMETERS)) == []


def test_where_no_firm_is_nothing_is_hidden_and_nothing_hides():
    cube = flat({"a": {"1": cell(50.0), "3": many}, "b": {"2": many, "3": many}, "c": {"1": many, "2": many}})
    found = SUPPRESSOR.protect(cube, PARAMETERS)
    assert (("across", "2"), ("down", "a")) not in found.hidden
    assert ATTACKER.audit(cube, PARAMETERS, found) == []


def test_a_city_of_one_firm_is_said_to_be_beyond_protection():
    cube = flat({"a": {"1": cell(50.0)}})
    found = SUPPRESSOR.protect(cube, PARAMETERS)
    assert found.hidden == frozenset(cube.keys)


def test_what_was_hidden_before_stays_hidden():
    cube = fifteen_cells()
    before = frozenset({(("across", "3"), ("down", "b"))})
    assert before <= SUPPRESSOR.protect(cube, PARAMETERS, before).hidden


def test_secret_cells_are_not_shown_and_their_margins_do_not_give_them_away():
    cube = random_cube(5)
    inner = frozenset(key for key in cube.keys if len(key) == 2)
    secret = replace(cube, secret=inner)
    found = SUPPRESSOR.protect(secret, PARAMETERS)
    assert not found.hidden & inner
    assert ATTACKER.audit(secret, PARAMETERS, found) == []


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_random_tables_withstand_outsiders_and_insiders(seed):
    cube = random_cube(seed, sections=2, width=3, places=4)
    found = SUPPRESSOR.protect(cube, PARAMETERS)
    assert rules.primary(cube.layers, PARAMETERS) <= found.hidden
    findings = ATTACKER.audit(cube, PARAMETERS, found)
    assert [one for one in findings if one.key not in found.unprotected] == []


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9))
def test_one_pattern_serves_all_months(seed):
    cube = random_cube(seed, layers=4, sections=2, width=3, places=4)
    found = SUPPRESSOR.protect(cube, PARAMETERS)
    findings = ATTACKER.audit(cube, PARAMETERS, found)
    assert [one for one in findings if one.key not in found.unprotected] == []


@given(st.integers(0, 10**9))
@settings(max_examples=20, deadline=None)
def test_hiding_only_the_sensitive_cells_of_a_random_table_is_found_out(seed):
    """The attacker is no rubber stamp: where a single hidden cell follows from its row it says so."""
    cube = random_cube(seed, sections=1, width=3, places=3)
    (layer,) = cube.layers
    key = next((k for k, one in sorted(layer.items()) if len(k) == 2 and one.value > 100), None)
    if key is not None:
        interval = ATTACKER.intervals(
            {k: one.value for k, one in layer.items() if k != key}, cube, frozenset({key})
        )[key]
        assert interval == pytest.approx((layer[key].value, layer[key].value))
