"""Seasonal adjustment on series with known parts, and what it says of itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmai.monitor.outlook.messages import describe_adjustment, word_error
from gongmai.monitor.outlook.queries.seasonal import adjust_series, list_periods
from gongmai.monitor.outlook.types import Mode, Presence, SeriesError, SeriesSet, Style
from tests.monitor.outlook.seasons import LAST, as_set, make, miss


@pytest.mark.parametrize("method", ["x11", "stl"])
@pytest.mark.parametrize("season", [11, 12])
@pytest.mark.parametrize("years", [5, 10])
def test_a_planted_season_is_taken_out(years: int, season: int, method: str):
    made = make(years, season, seed=years)
    found = adjust_series(made.series, method=method)
    assert found.tests.presence is Presence.PRESENT
    assert miss(found.adjusted, made.clean) < 0.012
    # the season alone is fifteen percent
    assert miss(found.original, made.clean) > 0.08
    if method == "x11":
        assert found.quality.q < 1
    assert min(found.quality.residual.values()) > 0.01


@pytest.mark.parametrize("season", [11, 12])
def test_a_planted_festival_is_measured_and_taken_out(season: int):
    made = make(12, season, seed=21, festival=-0.25)
    found = adjust_series(made.series)
    effects = {effect.code: effect for effect in found.effects}
    assert effects["after"].value == pytest.approx(-0.25, abs=0.06)
    assert abs(effects["after"].t) > 5
    if season == 12:
        assert effects["during"].value == pytest.approx(-0.25, abs=0.06)
    assert miss(found.adjusted, made.clean) < 0.012
    assert any("春节" in line for line in describe_adjustment(found))


def test_what_has_neither_season_nor_festival_stays_as_it_is():
    claimed, moved = 0, []
    for seed in range(20):
        random = np.random.default_rng(seed)
        values = np.exp(5 + np.cumsum(random.normal(0.003, 0.02, 96)) + random.normal(0, 0.02, 96))
        found = adjust_series(as_set(values))
        claimed += found.tests.presence is not Presence.ABSENT
        moved.append(float(np.abs(found.adjusted / values - 1).mean()))
    assert claimed <= 2
    assert np.median(moved) == 0
    assert np.mean(moved) < 0.002


def test_merged_periods_are_put_on_one_month_and_levels_are_not():
    made = make(6, 11, seed=2)
    at = [number for number, period in enumerate(made.periods) if period % 12 == 1]
    summed, level = adjust_series(made.series), adjust_series(made.series, sums=False)
    assert summed.original[at] == pytest.approx(made.series.values[0][at] / 2)
    assert level.original == pytest.approx(made.series.values[0])
    assert miss(level.adjusted, summed.adjusted) < 0.01
    # no jump where the sum of two months is
    assert np.abs([summed.change[each] for each in at if each]).max() < 0.1


def test_a_year_keeps_its_sum():
    found = adjust_series(make(8, 12, seed=5).series)
    years = found.original.reshape(8, 12).sum(axis=1)
    assert found.adjusted.reshape(8, 12).sum(axis=1) == pytest.approx(years, rel=0.01)


def test_the_parts_make_the_series():
    found = adjust_series(make(8, 11, seed=6, festival=-0.2).series)
    together = found.trend * found.seasonal * found.calendar * found.irregular
    assert together == pytest.approx(found.original, rel=1e-9)
    assert found.adjusted * found.seasonal * found.calendar == pytest.approx(found.original, rel=1e-9)


def test_losses_and_zeros_are_adjusted_by_amounts():
    random = np.random.default_rng(1)
    shape = np.tile([40, -30, -10, 5, 0, -5, 0, 10, -20, 5, 0, 5], 8)
    values = shape + np.cumsum(random.normal(0, 2, 96)) + random.normal(0, 2, 96)
    found = adjust_series(as_set(values))
    assert found.mode is Mode.ADDITIVE
    assert not found.relative
    assert np.std(found.adjusted - values + shape) < 3
    zeros = np.tile([0, 0, 9, *[0] * 9], 6).astype(float)
    found = adjust_series(as_set(zeros))
    assert found.mode is Mode.ADDITIVE
    assert np.isfinite(found.adjusted).all()
    assert np.ptp(found.adjusted) < 0.01
    with pytest.raises(SeriesError) as caught:
        adjust_series(as_set(values), mode=Mode.MULTIPLICATIVE)
    assert caught.value.code == "not_positive"


def test_an_extreme_value_is_an_outlier_and_does_not_spoil_its_month_in_other_years():
    made = make(9, 12, seed=8)
    values = made.series.values[0].copy()
    values[53] *= 6
    found = adjust_series(as_set(values))
    assert ("additive", 53) in found.outliers
    rest = np.arange(len(values)) != 53
    assert miss(found.adjusted[rest], made.clean[rest]) < 0.012
    assert found.adjusted[53] / made.clean[53] == pytest.approx(6, rel=0.1)


def test_a_shift_of_the_level_stays_in_the_trend():
    made = make(9, 12, seed=8)
    found = adjust_series(as_set(made.series.values[0] * np.where(np.arange(108) < 60, 1, 1.6)))
    assert ("shift", 60) in found.outliers
    assert found.trend[61] / found.trend[58] > 1.5


def test_less_than_three_years_is_refused_with_what_is_needed():
    with pytest.raises(SeriesError) as caught:
        adjust_series(as_set(np.arange(1.0, 33.0), 11))
    assert caught.value.params == {"id": "one", "periods": 32, "least": 33, "years": 3}
    assert "33" in word_error(caught.value)
    made = make(3, 11, seed=3)
    assert adjust_series(made.series).seasonal_filter == "stable"


def test_flat_and_straight_series_are_left_alone():
    for values in (np.full(48, 7.0), np.arange(5.0, 53.0), np.zeros(48)):
        found = adjust_series(as_set(values))
        assert found.adjusted == pytest.approx(values)
        assert describe_adjustment(found)


def test_revisions_tell_what_was_said_first_and_turn_small_as_years_pass():
    made = make(9, 11, seed=12)
    found = adjust_series(made.series)
    assert [each.period for each in found.revisions] == made.periods[-12:]
    last = found.revisions[-1]
    assert last.first == pytest.approx(last.now)
    assert last.first_change == pytest.approx(last.change)
    # what was said at the end of an earlier series is what is told of it now
    before = adjust_series(SeriesSet(("one",), (made.series.values[0][:-1],), (LAST - 1,), 11, Style.MONTH))
    assert found.revisions[-2].first == pytest.approx(before.adjusted[-1], rel=0.01)
    assert max(abs(each.now / each.first - 1) for each in found.revisions) < 0.03


def test_running_numbers_know_no_calendar():
    values = make(8, 12, seed=3, festival=-0.3).series.values[0]
    found = adjust_series(SeriesSet(("one",), (values,), (96,), 12, Style.NUMBER))
    assert found.effects == ()
    assert found.periods == tuple(range(1, 97))


@given(st.integers(1, 60), st.integers(0, 11), st.sampled_from([11, 12]))
def test_periods_count_back_from_the_last(length: int, month: int, season: int):
    last = 2023 * 12 + (max(month, 1) if season == 11 else month)
    found = list_periods(length, last, season, Style.MONTH)
    assert len(found) == length
    assert found[-1] == last
    assert found == sorted(set(found))
    assert season == 12 or all(each % 12 for each in found)


@given(st.lists(st.floats(-1e6, 1e6), min_size=36, max_size=50), st.sampled_from(["x11", "stl"]))
@settings(max_examples=15, deadline=None)
def test_whatever_comes_the_parts_are_finite_and_make_the_series(values, method: str):
    found = adjust_series(as_set(values), method=method)
    assert np.isfinite(found.adjusted).all()
    if found.mode is Mode.ADDITIVE:
        total = found.trend + found.seasonal + found.calendar + found.irregular
        assert total == pytest.approx(found.original, abs=1e-6 * (1 + np.abs(values).max()))
