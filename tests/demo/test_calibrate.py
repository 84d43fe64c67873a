"""Bringing drawn figures to totals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.demo.calibrate import round_to_total, squeeze_between, stretch_above

sizes = st.lists(st.floats(1, 1e6), min_size=1, max_size=60).map(np.array)


@given(values=sizes, total=st.integers(0, 10**12))
def test_rounding_to_a_total_adds_up_exactly_and_stays_within_one(values, total) -> None:
    whole = round_to_total(values, total)
    exact = values * (total / values.sum())
    assert whole.sum() == total
    assert np.all(np.abs(whole - exact) <= 1 + 1e-6 * exact)


@given(values=sizes, factor=st.floats(1.01, 30))
def test_stretched_figures_stay_above_the_floor_and_add_up(values, factor) -> None:
    total = int(1000 * len(values) * factor) + 1
    solved = stretch_above(values, 1000, total)
    assert solved.sum() == total
    assert solved.min() >= 1000


@given(values=sizes, share=st.floats(0.02, 0.95))
def test_squeezed_figures_stay_in_their_band_and_add_up(values, share) -> None:
    low, high = 1_000, 100_000
    total = int(len(values) * (low + (high - low - 500) * share))
    solved = squeeze_between(values, low, high, total)
    assert solved.sum() == total
    assert solved.min() >= low
    assert solved.max() < high


def test_figures_in_order_stay_in_order() -> None:
    solved = stretch_above(np.array([1.0, 5.0, 25.0, 400.0]), 100, 5_000)
    assert list(solved) == sorted(solved)


def test_a_total_that_cannot_be_reached_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot add up"):
        stretch_above(np.array([1.0, 2.0]), 100, 150)
    with pytest.raises(ValueError, match="cannot add up"):
        squeeze_between(np.array([1.0, 2.0]), 0, 100, 1_000)
    with pytest.raises(ValueError, match="nothing to distribute"):
        round_to_total(np.array([0.0]), 5)
