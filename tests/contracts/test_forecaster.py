"""What every forecaster must hold."""

import numpy as np
import pytest

from gongmai.core.ports import adapter

METHODS = ("seasonal_naive", "ets_damped", "theta")


@pytest.fixture(params=["local"])
def forecaster(request: pytest.FixtureRequest):
    return adapter(f"forecaster.{request.param}")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("season", [1, 11, 12])
def test_every_series_gets_finite_forecasts(forecaster, method: str, season: int):
    random = np.random.default_rng(5)
    values = [random.lognormal(3, 0.2, length) for length in (3, 13, 30, 71)]
    values += [np.zeros(40), np.full(40, 7.0), random.normal(0, 1, 50), np.arange(60.0)]
    made = forecaster.forecast(method, values, season, 7, 1)
    assert made.shape == (8, 7)
    assert np.isfinite(made).all()


@pytest.mark.parametrize("method", METHODS)
def test_the_answer_does_not_depend_on_the_number_of_processes(forecaster, method: str):
    random = np.random.default_rng(6)
    values = [random.lognormal(3, 0.2, 40) for _ in range(110)]
    alone = forecaster.forecast(method, values, 12, 5, 1)
    assert np.allclose(alone, forecaster.forecast(method, values, 12, 5, 2))


def test_the_seasonal_naive_repeats_the_last_season(forecaster):
    made = forecaster.forecast("seasonal_naive", [np.arange(30.0), np.array([1.0, 2.0])], 12, 13, 1)
    assert list(made[0]) == [*range(18, 30), 18]
    assert list(made[1]) == [2.0] * 13


def test_an_unknown_method_is_refused(forecaster):
    with pytest.raises(KeyError):
        forecaster.forecast("crystal_ball", [np.arange(30.0)], 12, 3, 1)
