"""Seasonal adjustment beside STL on series whose parts are known, with the Spring Festival in them.

Each series is made of a trend that wanders, a season, the festival (its days and those after lower a month),
noise, and in every third series two outliers. What counts is how far the adjusted series is from trend and
noise alone (root mean square, percent), and how far its change on the period before is. The peers see
the same series: robust STL on logarithms, which knows no festival, and the series as it is.

    python bench/seasonal.py [--series 24] [--years 10]
"""

# ruff: noqa: E402 - Django has its settings before the product is imported

import argparse
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")

import django

django.setup()

import numpy as np
from statsmodels.tsa.seasonal import STL

from gongmai.monitor.outlook.queries.seasonal import adjust_series, list_periods
from gongmai.monitor.outlook.queries.seasonal_rules import festival_dates
from gongmai.monitor.outlook.rules.holidays import festival_effects
from gongmai.monitor.outlook.types import SeriesSet, Style

LAST = 2023 * 12 + 11
EFFECT = -0.2


def draw(number: int, years: int, season: int) -> tuple[SeriesSet, np.ndarray]:
    """A series and what is left of it without season and festival."""
    random = np.random.default_rng(100 + number)
    length = years * season
    periods = list_periods(length, LAST, season, Style.MONTH)
    shape = random.normal(0, 0.12, 12)
    shape -= shape.mean()
    trend = 6 + np.cumsum(random.normal(0.005, 0.006, length))
    effects = festival_effects(periods, festival_dates(), around=15, during=7, merged=season == 11)
    moved = EFFECT * sum(column for part, column in effects.items() if part != "before")
    noise = random.normal(0, 0.015, length)
    if number % 3 == 0:
        noise[random.integers(0, length, 2)] += random.normal(0, 0.3, 2)
    clean = np.exp(trend + noise)
    values = clean * np.exp(np.array([shape[each % 12] for each in periods]) + moved)
    return SeriesSet(("one",), (values,), (LAST,), season, Style.MONTH), clean


def ours(series: SeriesSet, method: str) -> np.ndarray:
    """The product's answer; the series are no sums."""
    return adjust_series(series, method=method, sums=False).adjusted


def plain_stl(series: SeriesSet) -> np.ndarray:
    """What a forecaster reaches for first."""
    logs = np.log(series.values[0])
    return np.exp(logs - STL(logs, period=series.season, seasonal=13, robust=True).fit().seasonal)


PEERS: dict[str, Callable[[SeriesSet], np.ndarray]] = {
    "gongmai, regression and X-11": lambda series: ours(series, "x11"),
    "gongmai, regression and STL": lambda series: ours(series, "stl"),
    "STL (statsmodels), no festival": plain_stl,
    "unadjusted": lambda series: series.values[0],
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=24)
    parser.add_argument("--years", type=int, default=10)
    asked = parser.parse_args()
    for season in (11, 12):
        made = [draw(number, asked.years, season) for number in range(asked.series)]
        sys.stdout.write(
            f"\n{asked.series} series of {asked.years} years, {season} periods a year, effect {EFFECT}\n\n"
            "| method | error of the level, % | error of the change, points | seconds a series |\n"
            "|---|---|---|---|\n"
        )
        for name, adjust in PEERS.items():
            start = time.perf_counter()
            errors = [np.log(adjust(series) / clean) for series, clean in made]
            seconds = (time.perf_counter() - start) / len(made)
            level = 100 * np.mean([each.std() for each in errors])
            change = 100 * np.mean([np.sqrt(np.mean(np.diff(each) ** 2)) for each in errors])
            sys.stdout.write(f"| {name} | {level:.2f} | {change:.2f} | {seconds:.2f} |\n")


if __name__ == "__main__":
    main()
