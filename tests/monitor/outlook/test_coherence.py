"""Reconciliation: sums are exact, what adds up already stays as it is, nothing turns negative."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.monitor.outlook.rules.batch import COMBINED, NAIVE, forecast_batch
from gongmai.monitor.outlook.rules.coherence import member_matrix, reconcile
from gongmai.monitor.outlook.rules.linking import link_back


@st.composite
def hierarchies(draw):
    """Firms in counties and industries, with base forecasts of firms and of wholes that disagree."""
    count = draw(st.integers(2, 12))
    counties = draw(st.lists(st.sampled_from("ab"), min_size=count, max_size=count))
    industries = draw(st.lists(st.sampled_from("xyz"), min_size=count, max_size=count))
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    parts = random.lognormal(3, 2, (count, 4)) * (random.random((count, 1)) > 0.2)
    names, members = member_matrix([[""] * count, counties, industries])
    off = random.normal(1, 0.3, (len(names), 4))
    return members, parts, members @ parts * off, parts.mean(axis=1)


@given(hierarchies())
def test_wholes_are_exactly_the_sums_of_their_parts_and_no_part_is_negative(given_case):
    members, parts, wholes, sizes = given_case
    above, below = reconcile(wholes, parts, members, sizes, may_be_negative=False)
    assert (below >= 0).all()
    assert np.array_equal(above, members @ below)
    assert above[0] == pytest.approx(below.sum(axis=0))
    for grouping in (above[1:],):
        assert np.isfinite(grouping).all()


@given(hierarchies())
def test_forecasts_that_add_up_already_are_not_changed(given_case):
    members, parts, _wholes, sizes = given_case
    above, below = reconcile(members @ parts, parts, members, sizes, may_be_negative=False)
    assert below == pytest.approx(parts, rel=1e-9, abs=1e-9)
    assert above == pytest.approx(members @ parts, rel=1e-9, abs=1e-9)


def test_what_the_whole_says_is_spread_by_size():
    _names, members = member_matrix([["", ""]])
    above, below = reconcile(
        np.array([[140.0]]),
        np.array([[90.0], [30.0]]),
        members,
        np.array([90.0, 30.0]),
        may_be_negative=False,
    )
    assert above[0, 0] == pytest.approx(130)  # half way: the whole is as sure as the sum of its parts
    assert below[:, 0] == pytest.approx([97.5, 32.5])


def test_a_jump_of_the_roster_is_no_growth_in_the_linked_history():
    # a second firm enters in the second year: the level doubles, the stated bases say 10 % growth
    values = np.concatenate([np.full(11, 100.0), np.full(11, 220.0)])[None, :]
    bases = np.concatenate([np.full(11, 100.0), np.full(11, 200.0)])[None, :]
    linked = link_back(values, bases)[0]
    assert linked == pytest.approx(np.repeat([200.0, 200.0, 220.0], 11))


def test_a_new_firm_is_known_by_the_base_that_it_states():
    values = np.full((1, 22), np.nan)
    values[0, 11:], bases = 50.0, np.full((1, 22), np.nan)
    bases[0, 11:] = 40.0
    linked = link_back(values, bases)[0]
    assert np.isnan(linked[:11]).all()
    assert linked[11:].tolist() == [40.0] * 11 + [50.0] * 11


@given(st.integers(0, 1000), st.integers(1, 60), st.integers(1, 18))
def test_quick_forecasts_are_finite_and_never_negative_for_what_never_was(seed, length, horizon):
    values = np.random.default_rng(seed).lognormal(2, 1, length)
    made = forecast_batch([values, np.zeros(length)], 11, horizon)
    for name, block in made.items():
        assert np.isfinite(block).all(), name
        assert (block >= 0).all(), name
    assert (made[COMBINED][1] == 0).all()


def test_quick_forecasts_follow_a_season_and_a_stop():
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(11) / 11)
    steady = np.tile(season, 4) * 100 * 1.005 ** np.arange(44)
    stopped = steady.copy()
    stopped[-3:] = 0
    made = forecast_batch([steady, stopped], 11, 11)
    truth = season * 100 * 1.005 ** np.arange(44, 55)
    assert np.abs(made[COMBINED][0] / truth - 1).mean() < 0.5 * np.abs(made[NAIVE][0] / truth - 1).mean()
    assert (made[COMBINED][1] == 0).all()
