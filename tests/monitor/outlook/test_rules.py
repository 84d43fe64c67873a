"""Transforms, intervals, cuts and measures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gongmai.monitor.outlook.rules.intervals import half_widths, series_scale
from gongmai.monitor.outlook.rules.measures import coverage, mase, smape
from gongmai.monitor.outlook.rules.transforms import shrunk_factors, transform_series
from gongmai.monitor.outlook.rules.trials import MOST_SERIES, cut_series, errors_without_trial, list_cuts
from gongmai.monitor.outlook.types import Transform

positive = st.floats(1.0, 1e6)
series = st.lists(positive, min_size=36, max_size=72).map(np.array)


@given(series, st.sampled_from(Transform), st.sampled_from([11, 12]))
def test_a_transform_is_undone_exactly_by_its_reverse(values, transform, season):
    seen, kept, undo = transform_series(values, transform, season)
    assert kept in {1, season}
    # what the model sees, continued by the same season, comes back as that season
    again = undo(np.resize(seen[-(len(seen) % season + season) :], season) if kept == 1 else seen[-season:])
    assert np.isfinite(again).all()
    if transform is not Transform.SHRUNK_SEASON:
        assert np.allclose(again, values[-season:])


@given(series, st.sampled_from([11, 12]))
def test_deseasonalised_values_times_their_factors_are_the_series(values, season):
    seen, _, _ = transform_series(values, Transform.SHRUNK_SEASON, season)
    factors = shrunk_factors(values, season)
    assert np.allclose(seen * factors[np.arange(len(values)) % season], values)
    assert factors.mean() == pytest.approx(1)


def test_a_clear_season_is_kept_and_a_pure_noise_is_shrunk_away():
    shape = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)
    clear = shrunk_factors(100 * np.tile(shape, 6), 12)
    assert np.abs(clear - shape).max() < 0.02
    noise = np.exp(np.random.default_rng(1).normal(0, 0.3, 72))
    shrunk = shrunk_factors(noise, 12)
    assert np.abs(shrunk - 1).max() < 0.12


def test_a_series_with_zeros_has_neither_logarithm_nor_factors():
    values = np.array([0.0, 5.0] * 24)
    assert transform_series(values, Transform.LOG, 12)[0] is values
    assert (shrunk_factors(values, 12) == 1).all()


@given(
    arrays(float, st.tuples(st.integers(1, 60), st.integers(1, 6)), elements=st.floats(0, 1e6)),
)
def test_wider_levels_never_have_narrower_intervals(errors):
    widths = half_widths(errors, [50, 80, 95])
    assert (widths[50] <= widths[80]).all()
    assert (widths[80] <= widths[95]).all()


@given(st.integers(0, 2**31), st.sampled_from(["normal", "heavy"]))
def test_intervals_cover_what_they_claim_whatever_the_distribution(seed, shape):
    random = np.random.default_rng(seed)
    draw = random.standard_normal if shape == "normal" else (lambda size: random.standard_t(2, size))
    past, future = np.abs(draw((1500, 4))), np.abs(draw((4000, 4)))
    widths = half_widths(past, [50, 80, 95])
    for level, width in widths.items():
        share = coverage(np.zeros_like(future), np.broadcast_to(width, future.shape), future)
        assert abs(share - level) < 3


def test_few_errors_reach_beyond_the_largest_of_them():
    widths = half_widths(np.array([[1.0], [2.0], [3.0]]), [50, 95])
    assert widths[50][0] == pytest.approx(2.0)
    assert widths[95][0] > 3.0


@given(series, positive)
def test_the_scale_grows_with_the_series(values, factor):
    assert series_scale(values * factor, 12) == pytest.approx(series_scale(values, 12) * factor, rel=1e-6)


def test_many_series_are_cut_once_and_few_several_times():
    assert list_cuts([60] * 300, 18, 12) == [18]
    assert list_cuts([72], 12, 12) == [12, 16, 20, 24, 28, 32]
    assert list_cuts([41], 18, 12) == []
    assert list_cuts([], 18, 12) == []


def test_a_cut_keeps_what_came_before_and_gives_what_came_after():
    values = [np.arange(60.0), np.arange(20.0)]
    past, actual, scales = cut_series(values, 20, 18, 12)
    assert len(past) == 1
    assert list(past[0]) == list(range(40))
    assert list(actual[0]) == list(range(40, 58))
    assert scales == pytest.approx([12.0])


def test_of_very_many_series_a_sample_is_tried():
    past, _, _ = cut_series([np.arange(60.0)] * (3 * MOST_SERIES), 18, 18, 12)
    assert len(past) == MOST_SERIES


def test_series_too_short_to_try_give_their_own_changes():
    errors = errors_without_trial([np.array([1.0, 2.0, 4.0])], 12, 3)
    assert errors.shape == (2, 3)
    assert errors[:, 0] == pytest.approx([1 / 1.5, 2 / 1.5])


def test_measures_are_those_of_the_competitions():
    forecast, actual = np.array([[110.0, 0.0]]), np.array([[90.0, 0.0]])
    assert smape(forecast, actual) == pytest.approx((200 * 20 / 200 + 0) / 2)
    assert mase(forecast, actual, np.array([10.0])) == pytest.approx(1.0)
    assert coverage(actual - 1, actual + 1, forecast) == pytest.approx(50.0)
