"""The parts of the procedure, each against a reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tsa.statespace.sarimax import SARIMAX

from gongmai.monitor.outlook.queries.seasonal_rules import seasonal_rules
from gongmai.monitor.outlook.rules.seasonal_filters import henderson, moving, season_average, weigh
from gongmai.monitor.outlook.rules.seasonal_model import extend, fit_given, fit_model
from gongmai.monitor.outlook.rules.seasonal_outliers import find_outliers
from gongmai.monitor.outlook.rules.seasonal_tests import (
    chi_tail,
    f_tail,
    kruskal_test,
    residual_tests,
    stable_test,
)
from tests.monitor.outlook.seasons import make


def series(season: int, years: int = 7):
    return np.log(make(years, season, seed=4).series.values[0])


@pytest.mark.parametrize("season", [11, 12])
def test_likelihood_coefficients_and_forecasts_are_those_of_the_exact_model(season: int):
    y = series(season)
    x = np.random.default_rng(2).normal(0, 1, (len(y), 2))
    mine = fit_given(y + x @ [0.05, -0.02], x, season, (0.5, 0.6))
    reference = SARIMAX(
        y + x @ mine.coefficients * 0 + x @ [0.05, -0.02],
        exog=x,
        order=(0, 1, 1),
        seasonal_order=(0, 1, 1, season),
        simple_differencing=True,
        concentrate_scale=True,
    ).smooth([*mine.coefficients, -0.5, -0.6])
    size = len(y) - season - 1
    count = 5
    likelihood = (2 * count * size / (size - count - 1) - mine.aicc) / 2
    assert likelihood == pytest.approx(reference.llf, abs=1e-6)
    # least squares is where the likelihood is greatest
    for nudge in ([0.003, 0], [0, -0.003]):
        moved = [*(mine.coefficients + nudge), -0.5, -0.6]
        assert reference.model.loglike(moved) < reference.llf
    ahead = extend(y, (0.5, 0.6), season, 2 * season)
    plain = SARIMAX(y, order=(0, 1, 1), seasonal_order=(0, 1, 1, season), concentrate_scale=True)
    expected = plain.smooth([-0.5, -0.6]).forecast(2 * season)
    assert ahead[-2 * season :] == pytest.approx(expected, abs=1e-4)
    assert ahead[2 * season : -2 * season] == pytest.approx(y)


def test_the_parameters_are_the_most_likely():
    y = series(12, 10)
    none = np.zeros((len(y), 0))
    found = fit_model(y, none, 12)
    for a in (0.3, 0.6, 0.9):
        for b in (0.2, 0.5, 0.9):
            assert found.aicc <= fit_given(y, none, 12, (a, b)).aicc + 1e-9


def test_planted_outliers_are_found_where_they_are_and_clean_series_have_few():
    none = np.zeros((132, 0))
    y = series(12, 11)
    fit = fit_model(y, none, 12)
    kwargs = {"false_alarms": 0.05, "share": 0.1}
    assert find_outliers(y, none, 12, fit.moving, **kwargs) == []
    hit = y.copy()
    hit[50] -= 0.25
    hit[90:] += 0.3
    assert find_outliers(hit, none, 12, fit.moving, **kwargs) == [("additive", 50), ("shift", 90)]


@pytest.mark.parametrize("terms", [9, 13, 23])
def test_henderson_keeps_a_cubic(terms: int):
    at = np.arange(60.0)
    cubic = 2 + at - 0.03 * at**2 + 0.0004 * at**3
    inside = slice(terms // 2, -(terms // 2))
    assert henderson(terms).sum() == pytest.approx(1)
    assert moving(cubic, henderson(terms))[inside] == pytest.approx(cubic[inside])


@given(st.lists(st.floats(-100, 100), min_size=12, max_size=12), st.sampled_from([11, 12]))
@settings(max_examples=40, deadline=None)
def test_the_average_over_a_season_takes_any_season_out(shape, season: int):
    repeated = np.tile(shape[:season], 5)
    middle = season_average(repeated, season)[season:-season]
    assert middle == pytest.approx(np.full(len(middle), np.mean(shape[:season])), abs=1e-9)


def test_extremes_lose_their_weight_and_ordinary_values_keep_it():
    noise = np.sin(np.arange(60) * 1.7)
    noise[30] = 12
    weights = weigh(noise, 12, *seasonal_rules().sigma)
    assert weights[30] == 0
    assert (np.delete(weights, 30) == 1).all()


@given(st.floats(0.1, 12), st.integers(2, 12), st.integers(20, 200))
@settings(max_examples=60, deadline=None)
def test_p_values_are_near_the_exact_ones(value: float, top: int, bottom: int):
    assert f_tail(value, top, bottom) == pytest.approx(stats.f.sf(value, top, bottom), abs=0.01)
    assert chi_tail(value * 3, top) == pytest.approx(stats.chi2.sf(value * 3, top), abs=0.01)


def test_the_tests_of_season_are_the_known_ones():
    values = np.random.default_rng(9).normal(0, 1, 84) + np.tile([1, *[0] * 11], 7)
    groups = [values[at::12] for at in range(12)]
    assert stable_test(values, 12)[0] == pytest.approx(stats.f_oneway(*groups).statistic)
    assert kruskal_test(values, 12)[0] == pytest.approx(stats.kruskal(*groups).statistic)


def test_a_season_that_was_left_is_seen():
    noise = np.cumsum(np.random.default_rng(3).normal(0, 1, 120))
    assert min(residual_tests(noise, 12).values()) > 0.01
    assert max(residual_tests(noise + np.tile([4, *[0] * 11], 10), 12).values()) < 0.01
