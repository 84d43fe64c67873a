"""What every splitter of trend and season must hold."""

import numpy as np
import pytest

from gongmai.core.ports import adapter


@pytest.fixture(params=["stl"])
def splitter(request: pytest.FixtureRequest):
    return adapter(f"seasonal_splitter.{request.param}")


@pytest.mark.parametrize("season", [11, 12])
def test_trend_and_season_are_told_apart(splitter, season: int):
    random = np.random.default_rng(5)
    shape = random.normal(0, 3, season)
    shape -= shape.mean()
    time = np.arange(9 * season)
    trend, seasonal = splitter.split(
        50 + 0.2 * time + shape[time % season] + random.normal(0, 0.3, len(time)), season
    )
    assert trend == pytest.approx(50 + 0.2 * time, abs=1)
    assert seasonal == pytest.approx(shape[time % season], abs=1)
    assert abs(seasonal[season:-season].reshape(-1, season).mean(axis=1)).max() < 0.1


@pytest.mark.parametrize("season", [11, 12])
def test_no_season_is_made_up_and_one_extreme_value_stays_alone(splitter, season: int):
    time = np.arange(6.0 * season)
    trend, seasonal = splitter.split(time, season)
    assert seasonal == pytest.approx(np.zeros(len(time)), abs=1e-6)
    assert trend == pytest.approx(time, abs=1e-6)
    hit = time + np.tile(np.arange(season) % 2, 6)
    hit[3 * season + 2] += 500
    _trend, seasonal = splitter.split(hit, season)
    assert np.abs(seasonal).max() < 5


def test_three_seasons_are_enough(splitter):
    trend, seasonal = splitter.split(np.tile(np.arange(12.0), 3), 12)
    assert np.isfinite(trend).all()
    assert np.isfinite(seasonal).all()
