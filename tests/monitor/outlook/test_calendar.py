"""Months as files write them, gaps, and the merged January-February."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.monitor.outlook.rules.calendar import build_series, later_periods, read_month, write_month
from gongmai.monitor.outlook.types import SeriesError, Style

MONTH_STYLES = [style for style in Style if style is not Style.NUMBER]


@given(number=st.integers(1900 * 12, 2999 * 12 + 11), style=st.sampled_from(MONTH_STYLES))
def test_a_month_is_read_as_it_was_written(number: int, style: Style):
    assert read_month(write_month(number, style)) == (number, style)


@given(number=st.integers(0, 99999))
def test_a_plain_number_stands_for_itself(number: int):
    assert read_month(write_month(number, Style.NUMBER)) == (number, Style.NUMBER)


@pytest.mark.parametrize("text", ["", "June", "2023-13", "2023-00", "2023-06-31", "2023-06-30 07:00", "-5"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(ValueError):
        read_month(text)


def test_other_spellings_of_a_month_are_understood():
    june = 2023 * 12 + 5
    for text in ("2023-6", "2023/06", "2023.06", "2023M06", "2023-06-01 00:00:00"):
        assert read_month(text)[0] == june


def rows(months: list[str], values: list[str], name: str = "a"):
    return [(2 + n, name, m, v) for n, (m, v) in enumerate(zip(months, values, strict=True))]


def test_rows_may_come_in_any_order():
    series = build_series(rows(["2023-03", "2023-01", "2023-02"], ["3", "1", "2"]))
    assert list(series.values[0]) == [1, 2, 3]
    assert series.season == 12
    assert later_periods(series.last[0], 2, series.season, series.style) == [2023 * 12 + 3, 2023 * 12 + 4]


def test_without_a_january_a_year_has_eleven_periods():
    months = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(2, 13)]
    series = build_series(rows(months, [str(n) for n in range(22)]))
    assert series.season == 11
    assert list(series.values[0]) == list(range(22))
    ahead = later_periods(series.last[0], 12, series.season, series.style)
    assert [write_month(n, series.style) for n in ahead][:2] == ["2023-02", "2023-03"]
    assert write_month(ahead[11], series.style) == "2024-02"


def test_a_gap_takes_the_season_of_other_years():
    season = [100.0] * 11 + [300.0]
    values = [str(v) for v in season * 3]
    values[23] = ""
    months = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    series = build_series(rows(months, values))
    assert series.filled == 1
    assert 200 < series.values[0][23] < 320


@pytest.mark.parametrize(
    ("months", "values", "code", "row"),
    [
        (["2023-01", "x"], ["1", "2"], "bad_month", 3),
        (["2023-01", "2023-02"], ["1", "12,000"], "bad_value", 3),
        (["2023-01", "2023-02"], ["1", "inf"], "bad_value", 3),
        (["2023-01", "2023-01"], ["1", "2"], "twice", 3),
        (["2023-01", "2023-02-28"], ["1", "2"], "mixed_styles", 3),
        (["2023-01"], [""], "no_values", 0),
        (["2020-01", "2023-12"], ["1", "2"], "too_many_gaps", 0),
        ([], [], "no_rows", 0),
    ],
)
def test_what_cannot_be_read_is_told_with_its_row(months, values, code, row):
    with pytest.raises(SeriesError) as refused:
        build_series(rows(months, values))
    assert (refused.value.code, refused.value.row) == (code, row)


@given(st.lists(st.floats(1, 1e9), min_size=24, max_size=60))
def test_filling_gaps_changes_nothing_where_there_are_none(values: list[float]):
    months = [write_month(2000 * 12 + n, Style.MONTH) for n in range(len(values))]
    series = build_series(rows(months, [repr(v) for v in values]))
    assert np.array_equal(series.values[0], np.array(values))
    assert series.filled == 0
