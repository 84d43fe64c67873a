"""Months as files write them, and series as people send them: sorted, gaps filled, January merged or not."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Mapping

import numpy as np

from gongmai.core.period.types import PERIODS_PER_YEAR
from gongmai.monitor.outlook.types import Floats, SeriesError, SeriesSet, Style

MONTHS = 12
FEBRUARY = 2
MOST_GAPS = 0.5
_MONTH = re.compile(r"^(\d{4})[-/.]?(?:M|m)?(\d{1,2})$")
_DAY = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$")
_NUMBER = re.compile(r"^\d{1,5}$")


def read_month(text: str) -> tuple[int, Style]:
    """The running number of a month (year * 12 + month - 1; a plain number stands for itself) and its style.

    Raises ValueError for anything else.
    """
    text = text.strip()
    day = _DAY.match(text)
    if day is not None:
        date = dt.date(int(day[1]), int(day[2]), int(day[3]))
        last = date.day == calendar.monthrange(date.year, date.month)[1]
        return date.year * MONTHS + date.month - 1, Style.LAST_DAY if last else Style.FIRST_DAY
    month = None if _NUMBER.match(text) else _MONTH.match(text)
    if month is not None:
        if not 1 <= int(month[2]) <= MONTHS:
            raise ValueError(text)
        style = Style.COMPACT if text.isdigit() else Style.MONTH
        return int(month[1]) * MONTHS + int(month[2]) - 1, style
    if _NUMBER.match(text):
        return int(text), Style.NUMBER
    raise ValueError(text)


def write_month(number: int, style: Style) -> str:
    """The reverse of `read_month`."""
    if style is Style.NUMBER:
        return str(number)
    year, month = number // MONTHS, number % MONTHS + 1
    if style is Style.COMPACT:
        return f"{year:04d}{month:02d}"
    if style is Style.MONTH:
        return f"{year:04d}-{month:02d}"
    day = 1 if style is Style.FIRST_DAY else calendar.monthrange(year, month)[1]
    return f"{year:04d}-{month:02d}-{day:02d}"


def later_periods(last: int, horizon: int, season: int, style: Style) -> list[int]:
    """Running numbers of the `horizon` periods after `last`; with eleven a year, January is passed over."""
    found: list[int] = []
    number = last
    while len(found) < horizon:
        number += 1
        if season == PERIODS_PER_YEAR and style is not Style.NUMBER and number % MONTHS == 0:
            continue
        found.append(number)
    return found


def build_series(rows: Iterable[tuple[int, str, str, str]]) -> SeriesSet:
    """Series from rows (row number, id, month, value), in any order.

    A blank value is a gap; gaps inside a series are interpolated between the same months where there are
    any, else between neighbours. Where no series has a January, January is merged into February. Raises
    SeriesError: no_rows, bad_month, bad_value, twice, mixed_styles, too_many_gaps.
    """
    points: dict[str, dict[int, float]] = {}
    styles: dict[Style, int] = {}
    for row, name, month, value in rows:
        try:
            number, style = read_month(month)
        except ValueError:
            raise SeriesError("bad_month", row, text=month) from None
        styles.setdefault(style, row)
        series = points.setdefault(name, {})
        if number in series:
            raise SeriesError("twice", row, id=name, month=month)
        series[number] = _number(value, row)
    if not points:
        raise SeriesError("no_rows")
    style = _one_style(styles)
    season = _season(points.values(), style)
    names, values, last, filled = [], [], [], 0
    for name, series in points.items():
        row_values, end, gaps = _without_gaps(name, series, season, style)
        names.append(name)
        values.append(row_values)
        last.append(end)
        filled += gaps
    return SeriesSet(tuple(names), tuple(values), tuple(last), season, style, filled)


def _number(text: str, row: int) -> float:
    text = text.strip()
    if text in {"", "NA", "NaN", "nan", "null"}:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        raise SeriesError("bad_value", row, text=text) from None
    if not np.isfinite(value):
        raise SeriesError("bad_value", row, text=text)
    return value


def _one_style(styles: Mapping[Style, int]) -> Style:
    """The style of a file; the last day of a month may also be its first day of nothing else."""
    if set(styles) == {Style.FIRST_DAY, Style.LAST_DAY}:
        raise SeriesError("mixed_styles", max(styles.values()))
    if len(styles) > 1:
        raise SeriesError("mixed_styles", max(styles.values()))
    return next(iter(styles))


def _season(series: Iterable[Mapping[int, float]], style: Style) -> int:
    """Eleven where Januaries are never filed though Februaries are, else twelve."""
    if style is Style.NUMBER:
        return MONTHS
    months = {number % MONTHS + 1 for each in series for number, value in each.items() if not np.isnan(value)}
    return PERIODS_PER_YEAR if 1 not in months and FEBRUARY in months else MONTHS


def _without_gaps(
    name: str, series: Mapping[int, float], season: int, style: Style
) -> tuple[Floats, int, int]:
    known = sorted(number for number, value in series.items() if not np.isnan(value))
    if not known:
        raise SeriesError("no_values", id=name)
    wanted = [known[0], *later_periods(known[0], known[-1] - known[0], season, style)]
    wanted = [number for number in wanted if number <= known[-1]]
    found = np.array([series.get(number, np.nan) for number in wanted], dtype=np.float64)
    gaps = int(np.isnan(found).sum())
    if gaps > MOST_GAPS * len(found):
        raise SeriesError("too_many_gaps", id=name, gaps=gaps, periods=len(found))
    return fill_gaps(found, season), known[-1], gaps


def fill_gaps(values: Floats, season: int) -> Floats:
    """Fill NaN: by the same month of other years, scaled to the level of the neighbours, else linearly."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    index = np.arange(len(values))
    level = np.interp(index, index[~missing], values[~missing])
    filled = values.copy()
    for at in index[missing]:
        years = [other for other in range(at % season, len(values), season) if not missing[other]]
        ratios = [values[other] / beside(level, other) for other in years if beside(level, other)]
        filled[at] = level[at] * float(np.median(ratios)) if ratios else level[at]
    return filled


def beside(level: Floats, at: int) -> float:
    """The mean level of the periods before and after a position."""
    neighbours = [number for number in (at - 1, at + 1) if 0 <= number < len(level)]
    return float(np.mean(level[neighbours]))
