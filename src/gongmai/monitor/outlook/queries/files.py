"""Files of series: columns unique_id, ds, y in; forecasts with their intervals out."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from gongmai.monitor.outlook.rules.calendar import build_series, later_periods, write_month
from gongmai.monitor.outlook.types import Forecasts, SeriesError, SeriesSet

COLUMNS = ("unique_id", "ds", "y")
ALONE = "series"  # the name of the one series of a file without names
MOST_BYTES = 1 << 30
DIGITS = 10  # significant ones of a forecast


def read_series(path: Path, *, may_be_alone: bool = False) -> SeriesSet:
    """The series of a CSV file with the columns unique_id, ds and y (others are passed over).

    `may_be_alone`: a file without unique_id is one series.
    Raises SeriesError: not_text, missing_column, short_row, too_large, and those of `build_series`.
    """
    if path.stat().st_size > MOST_BYTES:
        raise SeriesError("too_large", limit=MOST_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_series(file, may_be_alone=may_be_alone)
    except UnicodeDecodeError:
        raise SeriesError("not_text") from None
    except csv.Error as error:
        raise SeriesError("not_csv", text=str(error)) from None


def parse_series(file: TextIO, *, may_be_alone: bool = False) -> SeriesSet:
    """The same from an open file; csv.Error where it is none."""
    return build_series(_rows(file, may_be_alone=may_be_alone))


def _rows(file: TextIO, *, may_be_alone: bool) -> Iterator[tuple[int, str, str, str]]:
    rows = csv.reader(file)
    heading = [name.strip().lower() for name in next(rows, [])]
    named = COLUMNS[0] in heading or not may_be_alone
    places = []
    for name in COLUMNS[0 if named else 1 :]:
        if name not in heading:
            raise SeriesError("missing_column", 1, name=name, found=", ".join(heading)[:200])
        places.append(heading.index(name))
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        if len(row) <= max(places):
            raise SeriesError("short_row", number)
        yield number, row[places[0]].strip() if named else ALONE, row[places[-2]], row[places[-1]]


def forecast_heading(levels: Sequence[int]) -> list[str]:
    """The columns of a file of forecasts."""
    return ["unique_id", "ds", "forecast", *(f"{end}_{level}" for level in levels for end in ("lo", "hi"))]


def forecast_rows(made: Forecasts) -> Iterator[list[str]]:
    """The lines of a file of forecasts: series by series, month by month, months as the input wrote them."""
    series, levels = made.series, sorted(made.lower)
    for number, name in enumerate(series.ids):
        months = later_periods(series.last[number], made.horizon, series.season, series.style)
        for step, month in enumerate(months):
            bounds = itertools.chain.from_iterable(
                (made.lower[level][number, step], made.upper[level][number, step]) for level in levels
            )
            numbers = [made.point[number, step], *bounds]
            yield [name, write_month(month, series.style), *(f"{value:.{DIGITS}g}" for value in numbers)]
