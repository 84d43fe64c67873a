"""Forecasts of monthly series with their intervals, beside the models a forecaster would reach for first.

The series are made here: trends that bend, seasons that are steady or drift, level shifts, outliers, and
series that are mostly noise; the last 18 months are held out. Each peer gets the same series on the same
number of processes. `gongmai forecast-file` is run as a person runs it, reading and writing files.

    python bench/forecast.py [--series 600] [--horizon 18]
"""

# ruff: noqa: E402 - Django has its settings before the product is imported

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")

import django

django.setup()

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta, SeasonalNaive

from gongmai.monitor.outlook.rules.intervals import series_scale
from gongmai.monitor.outlook.rules.measures import coverage, mase, smape

ROOT = Path(__file__).parents[1]
SEASON = 12
LENGTH = 96
LEVELS = (50, 80, 95)
GONGMAI = (sys.executable, "-c", "from gongmai.cli.main import main; main()")


class Result(NamedTuple):
    """What one peer reached."""

    name: str
    smape: float
    mase: float
    covered: dict[int, float] | None
    seconds: float


def draw_series(count: int, length: int, seed: int = 11) -> np.ndarray:
    """Positive monthly series (count x length) of five kinds in turn."""
    random = np.random.default_rng(seed)
    month = np.arange(length)
    found = np.empty((count, length))
    for number in range(count):
        kind = number % 5
        slope = random.normal(0.004, 0.004)
        log_level = random.normal(7, 1) + np.cumsum(
            slope * 0.985**month + random.normal(0, 0.02 if kind != 4 else 0.002, length)
        )
        shape = random.normal(0, 0.15 if kind != 3 else 0.03, SEASON)
        season = (shape - shape.mean())[month % SEASON] * (1 + (0.006 * month if kind == 1 else 0))
        noise = random.normal(0, 0.04 if kind != 3 else 0.18, length)
        if kind == 2:
            log_level[random.integers(length // 3, length - 24) :] += random.normal(0, 0.3)
            noise[random.integers(0, length, 2)] += random.normal(0, 0.5, 2)
        found[number] = np.exp(log_level + season + noise)
    return found


def as_frame(values: np.ndarray) -> pd.DataFrame:
    """The long form that forecasting libraries take."""
    count, length = values.shape
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{n:05d}" for n in range(count)], length),
            "ds": np.tile(pd.date_range("2015-01-01", periods=length, freq="MS"), count),
            "y": values.ravel(),
        }
    )


def forecast_by_library(model: Any, past: np.ndarray, horizon: int, workers: int) -> dict[str, np.ndarray]:
    """Point forecasts and intervals as the library gives them."""
    engine = StatsForecast(models=[model], freq="MS", n_jobs=workers, fallback_model=SeasonalNaive(SEASON))
    made = engine.forecast(df=as_frame(past), h=horizon, level=list(LEVELS)).sort_values(["unique_id", "ds"])
    names = [name for name in made.columns if name not in {"unique_id", "ds"}]
    point = next(name for name in names if "-lo-" not in name and "-hi-" not in name)
    found = {"point": made[point].to_numpy().reshape(-1, horizon)}
    for level in LEVELS:
        for end in ("lo", "hi"):
            found[f"{end}_{level}"] = made[f"{point}-{end}-{level}"].to_numpy().reshape(-1, horizon)
    return found


def forecast_by_gongmai(past: np.ndarray, horizon: int, workers: int) -> dict[str, np.ndarray]:
    """The product's command on a file."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.csv", Path(folder) / "out.csv"
        as_frame(past).to_csv(source, index=False, date_format="%Y-%m-%d")
        options = ["--horizon", str(horizon), "--workers", str(workers), "--out", str(out), "--quiet"]
        subprocess.run([*GONGMAI, "forecast-file", str(source), *options], check=True, cwd=ROOT)
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    names = ["point", *(f"{end}_{level}" for level in LEVELS for end in ("lo", "hi"))]
    columns = ["forecast", *names[1:]]
    return {
        name: np.array([float(row[column]) for row in rows]).reshape(-1, horizon)
        for name, column in zip(names, columns, strict=True)
    }


def run(
    count: int, horizon: int, length: int = LENGTH, workers: int = 1, *, slow: bool = True
) -> list[Result]:
    """Let every peer forecast the same series and judge it by what came."""
    values = draw_series(count, length)
    past, actual = values[:, :-horizon], values[:, -horizon:]
    scales = np.array([series_scale(each, SEASON) for each in past])
    peers: dict[str, Callable[[], dict[str, np.ndarray]]] = {
        "**gongmai forecast-file**": lambda: forecast_by_gongmai(past, horizon, workers),
        "seasonal naive": lambda: forecast_by_library(SeasonalNaive(SEASON), past, horizon, workers),
        "theta (dynamic optimised)": lambda: forecast_by_library(
            DynamicOptimizedTheta(season_length=SEASON), past, horizon, workers
        ),
        "ETS (automatic)": lambda: forecast_by_library(AutoETS(season_length=SEASON), past, horizon, workers),
    }
    if slow:
        peers["ARIMA (automatic, approximated)"] = lambda: forecast_by_library(
            AutoARIMA(season_length=SEASON, approximation=True, max_p=3, max_q=3), past, horizon, workers
        )
    found = []
    for name, forecast in peers.items():
        start = time.perf_counter()
        made = forecast()
        seconds = time.perf_counter() - start
        shares = {n: coverage(made[f"lo_{n}"], made[f"hi_{n}"], actual) for n in LEVELS}
        point = made["point"]
        found.append(Result(name, smape(point, actual), mase(point, actual, scales), shares, seconds))
    return found


def to_markdown(results: list[Result], count: int, horizon: int, workers: int) -> str:
    """The table, with ratios to the seasonal naive."""
    naive = next(each for each in results if each.name == "seasonal naive")
    lines = [
        f"{count} series of {LENGTH - horizon} months, {horizon} months ahead, {workers} processes.",
        "",
        "| forecast | sMAPE | MASE | sMAPE / naive | outcomes inside 50 / 80 / 95 % | s |",
        "|---|---|---|---|---|---|",
    ]
    for each in results:
        inside = " / ".join(f"{each.covered[n]:.1f}" for n in LEVELS) if each.covered else ""
        ratio = each.smape / naive.smape
        figures = [f"{each.smape:.2f}", f"{each.mase:.3f}", f"{ratio:.2f}", inside, f"{each.seconds:.1f}"]
        lines.append(f"| {' | '.join([each.name, *figures])} |")
    return "\n".join(lines)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=600)
    parser.add_argument("--horizon", type=int, default=18)
    given = parser.parse_args()
    workers = os.cpu_count() or 1
    print(
        to_markdown(run(given.series, given.horizon, workers=workers), given.series, given.horizon, workers)
    )


if __name__ == "__main__":
    main()
