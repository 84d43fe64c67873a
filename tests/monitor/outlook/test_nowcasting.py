"""Laws of the nowcast's rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.monitor.outlook.rules import nowcasting as rules
from gongmai.monitor.outlook.rules.asof import Revision, known_values, replicate_response
from gongmai.monitor.outlook.rules.nowcasting import Snapshot

SEEDS = st.integers(0, 10_000)


def a_month(seed, firms=120):
    random = np.random.default_rng(seed)
    base = np.exp(random.normal(8, 1, firms))
    base[random.random(firms) < 0.1] = np.nan
    value = np.nan_to_num(base, nan=3000.0) * np.exp(random.normal(0.05, 0.1, firms))
    filed = np.where(random.random(firms) < 0.6, value, np.nan)
    month = Snapshot(random.integers(0, 4, firms), random.integers(0, 3, firms), base, filed, value * 0.9)
    return month, value


@given(SEEDS)
def test_filed_figures_stand_as_they_are_and_the_others_lie_between_the_ratios(seed):
    month, _value = a_month(seed)
    made = rules.estimate_by_ratio(month, prior=10, least=5)
    there = np.isfinite(month.filed)
    assert np.array_equal(made[there], month.filed[there])
    matched = there & month.has_base
    ratios = month.filed[matched] / month.base[matched]
    rest = ~there & month.has_base
    guessed = made[rest] / month.base[rest]
    assert (guessed >= ratios.min() - 1e-9).all()
    assert (guessed <= ratios.max() + 1e-9).all()
    assert np.array_equal(made[~there & ~month.has_base], month.usual[~there & ~month.has_base])


@given(SEEDS, st.floats(0.2, 5))
def test_growth_that_all_share_is_found_whoever_has_filed(seed, growth):
    month, _value = a_month(seed)
    base = np.nan_to_num(month.base, nan=100.0)
    alike = Snapshot(
        month.division, month.size, base, np.where(np.isfinite(month.filed), base * growth, np.nan), base
    )
    made = rules.estimate_by_ratio(alike, prior=10, least=5)
    assert made == pytest.approx(base * growth)


def test_a_few_returns_say_nothing():
    month, _value = a_month(1)
    few = Snapshot(
        month.division, month.size, month.base, np.where(np.arange(120) < 5, 1.0, np.nan), month.usual
    )
    assert rules.estimate_by_ratio(few, prior=10, least=30) is None


@given(SEEDS)
def test_weights_add_up_to_one_and_a_better_input_weighs_more(seed):
    random = np.random.default_rng(seed)
    errors = random.normal(0, [0.01, 0.02, 0.05, 0.1], (12, 4))
    errors[:, 3] = np.where(random.random(12) < 0.3, np.nan, errors[:, 3])
    weights = rules.weigh(errors, 12, 3)
    assert weights.sum() == pytest.approx(1)
    mse = np.nanmean(errors**2, axis=0)
    judged = weights > 0
    assert (np.argsort(-weights[judged]) == np.argsort(mse[judged])).all()


def test_an_input_that_was_seen_twice_weighs_nothing_and_without_any_all_weigh_alike():
    errors = np.full((6, 3), np.nan)
    assert rules.weigh(errors, 12, 3).tolist() == pytest.approx([1 / 3] * 3)
    errors[:, 0], errors[:2, 1] = 0.1, 0.0001
    assert rules.weigh(errors, 12, 3).tolist() == [1, 0, 0]


@given(SEEDS)
def test_weights_of_a_month_know_nothing_of_it_or_of_later_ones(seed):
    random = np.random.default_rng(seed)
    errors = random.normal(0, 0.05, (14, 4))
    changed = errors.copy()
    changed[9:] = random.normal(0, 5, (5, 4))
    for lag in (1, 2):
        one, other = (rules.replay_weights(each, 12, 3, lag) for each in (errors, changed))
        assert np.array_equal(one[: 9 + lag], other[: 9 + lag], equal_nan=True)
        assert np.isnan(one[: 2 + lag]).all()


@given(SEEDS, st.floats(-0.5, 2.0), st.floats(-0.3, 0.3))
def test_the_bridge_finds_a_relation_that_is_there(seed, slope, intercept):
    random = np.random.default_rng(seed)
    power = random.normal(0.05, 0.1, (10, 5))
    bridge = rules.fit_bridge(power, intercept + slope * power, prior=6, least=3)
    assert bridge.slope == pytest.approx(np.full(5, slope), abs=1e-6)
    assert bridge.intercept == pytest.approx(np.full(5, intercept), abs=1e-6)


def test_an_industry_of_its_own_is_pulled_towards_all_and_one_without_meters_gets_the_mean():
    random = np.random.default_rng(2)
    power = random.normal(0, 0.1, (10, 5))
    output = power * np.array([1, 1, 1, 1, -1.0])
    power[:, 0] = np.nan
    bridge = rules.fit_bridge(power, output, prior=6, least=3)
    assert -1 < bridge.slope[4] < bridge.pooled[1]
    growth = rules.bridge_growth(bridge, np.array([np.nan, 0.1, 0.1, 0.1, 0.1]), np.ones(5))
    assert growth[0] == pytest.approx(growth[1:].mean())
    assert rules.fit_bridge(power[:2], output[:2], prior=6, least=3) is None


@given(st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=40), st.sampled_from([50, 80, 95]))
def test_the_interval_holds_its_share_of_the_errors_it_was_made_of(errors, level):
    half = rules.half_width(np.array(errors), level)
    assert np.mean(np.abs(errors) <= half) >= min(level / 100, 1) - 1e-9


@given(st.floats(1, 1e6), st.floats(0.7, 1.4), st.sampled_from([0.001, 0.1, 10, 1000]))
def test_a_figure_in_another_unit_is_noticed_and_an_ordinary_one_is_not(usual, growth, factor):
    value = np.array([usual * growth * factor, usual * growth, np.nan, 0.0])
    assert rules.is_slip(value, np.full(4, usual), 0.25).tolist() == [True, False, False, False]


@given(SEEDS)
def test_nothing_is_known_before_it_arrives_and_a_correction_only_from_then_on(seed):
    random = np.random.default_rng(seed)
    value, arrived = random.random((6, 4)), random.integers(0, 100, (6, 4)).astype(float)
    value[2, 1] = 7.0
    revisions = [Revision(2, 1, 20.0, 5.0), Revision(2, 1, 60.0, 7.0)]
    arrived[2, 1] = 20.0
    for moment, expected in ((10, None), (30, 5.0), (90, 7.0)):
        known = known_values(value, arrived, revisions, float(moment))
        assert (np.isfinite(known) <= (arrived <= moment)).all()
        assert np.isnan(known[2, 1]) if expected is None else known[2, 1] == expected
        others = arrived <= moment
        others[2, 1] = False
        assert np.array_equal(known[others], value[others])


def test_a_month_without_recorded_times_is_replayed_with_this_months_firms():
    now = np.array([True, False, True])
    assert replicate_response(np.array([True, True, False]), now) is now
    assert replicate_response(np.array([True, False, False]), now) is None
