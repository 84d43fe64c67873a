"""The whole way: a file of series in, forecasts with intervals out, by the command line too."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gongmai.cli.forecast import forecast_file
from gongmai.monitor.outlook.queries.files import read_series
from gongmai.monitor.outlook.queries.forecasting import COMBINED, forecast_series
from gongmai.monitor.outlook.queries.models import models
from gongmai.monitor.outlook.rules.calendar import build_series
from gongmai.monitor.outlook.types import SeriesError

SHAPE = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)


def draw(count: int, length: int, *, seed: int = 7, noise: float = 0.03, trend: float = 0.01):
    """Seasonal series with a trend and multiplicative noise."""
    random = np.random.default_rng(seed)
    time = np.arange(length)
    level = 100 * random.lognormal(0, 1, (count, 1))
    return level * (1 + trend * time) * SHAPE[time % 12] * np.exp(random.normal(0, noise, (count, length)))


def as_rows(values, first_year: int = 2015):
    row = 1
    for number, each in enumerate(values):
        for step, value in enumerate(each):
            row += 1
            yield row, f"s{number}", f"{first_year + step // 12}-{step % 12 + 1:02d}", repr(float(value))


def test_forecasts_beat_last_year_where_there_is_a_trend_and_intervals_hold():
    values = draw(80, 84)
    made = forecast_series(build_series(as_rows(values[:, :72])), 12)
    actual = values[:, 72:]
    assert made.chosen == COMBINED
    assert made.backtest is not None
    assert made.backtest.smape[COMBINED] < 0.7 * made.backtest.smape["snaive"]
    errors = np.abs(made.point - actual) / actual
    assert errors.mean() < 0.05
    for level in (50, 80, 95):
        inside = ((made.lower[level] <= actual) & (actual <= made.upper[level])).mean()
        assert abs(100 * inside - level) < 8


def test_where_nothing_beats_last_year_that_is_the_forecast_and_said():
    random = np.random.default_rng(3)
    # every year repeats the one before, and each year is drawn so wildly that a trend cannot help
    values = np.tile(random.lognormal(0, 1.5, (40, 12)), (1, 6)) * 100
    made = forecast_series(build_series(as_rows(values)), 12)
    assert made.chosen == models()[0].code
    assert np.allclose(made.point, values[:, -12:])


def test_one_series_alone_has_intervals_from_several_origins():
    made = forecast_series(build_series(as_rows(draw(1, 72))), 6)
    assert made.backtest is not None
    assert made.backtest.origins == 6
    assert made.backtest.coverage is None
    assert (made.upper[95] > made.upper[50]).all()


def test_short_and_constant_series_are_forecast_too():
    rows = (
        [*as_rows(draw(1, 10))]
        + [(100 + n, "flat", f"2020-{n + 1:02d}", "5") for n in range(12)]
        + [(200 + n, "zero", f"2020-{n + 1:02d}", "0") for n in range(12)]
    )
    made = forecast_series(build_series(rows), 18)
    assert np.isfinite(made.point).all()
    assert (made.lower[95] >= 0).all()
    by_name = dict(zip(made.series.ids, made.point, strict=True))
    assert np.allclose(by_name["flat"], 5)
    assert np.allclose(by_name["zero"], 0)


def test_a_year_of_eleven_periods_is_forecast_without_a_january():
    rows = [
        (2 + 11 * y + m, "city", f"{2018 + y}-{m + 2:02d}", str(100 + 10 * y + 5 * m))
        for y in range(5)
        for m in range(11)
    ]
    made = forecast_series(build_series(rows), 11)
    assert made.series.season == 11
    assert np.allclose(made.point[0], [150 + 5 * m for m in range(11)], rtol=0.06)


@pytest.mark.parametrize(("horizon", "code"), [(0, "bad_horizon"), (37, "bad_horizon")])
def test_a_horizon_out_of_bounds_is_refused(horizon: int, code: str):
    with pytest.raises(SeriesError, match=code):
        forecast_series(build_series(as_rows(draw(1, 24))), horizon)


def write_file(path: Path, values) -> Path:
    path.write_text(
        "unique_id,ds,y\n"
        + "".join(f"{name},{month},{value}\n" for _, name, month, value in as_rows(values)),
        encoding="utf-8",
    )
    return path


def test_the_command_writes_a_line_for_each_series_and_month(tmp_path: Path):
    source = write_file(tmp_path / "in.csv", draw(3, 60))
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(forecast_file, [str(source), "--horizon", "4", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Back-test: 3 series" in result.stderr
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [(row["unique_id"], row["ds"]) for row in rows[:4]] == [("s0", f"2020-0{n}") for n in range(1, 5)]
    assert len(rows) == 12
    for row in rows:
        assert float(row["lo_95"]) <= float(row["lo_50"]) <= float(row["forecast"]) <= float(row["hi_80"])


def test_the_command_says_which_row_is_wrong(tmp_path: Path):
    source = tmp_path / "in.csv"
    source.write_text("unique_id,ds,y\na,2020-01,1\na,2020-02,much\n", encoding="utf-8")
    result = CliRunner().invoke(forecast_file, [str(source)])
    assert result.exit_code == 1
    assert "3" in result.stderr
    assert "much" in result.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"id,month,value\n", "missing_column"),
        (b"", "missing_column"),
        (b"unique_id,ds,y\na\n", "short_row"),
        (b"unique_id,ds,y\n\xff\xfe,2020-01,1\n", "not_text"),
        (b"unique_id,ds,y\n", "no_rows"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(tmp_path: Path, content: bytes, code: str):
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    with pytest.raises(SeriesError, match=code):
        read_series(source)
