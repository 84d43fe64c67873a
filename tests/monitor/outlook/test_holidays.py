"""The festival and its regressors."""

import datetime as dt

import numpy as np
import pytest
from chinese_calendar import get_holiday_detail

from gongmai.monitor.outlook.queries.seasonal_rules import festival_dates
from gongmai.monitor.outlook.rules.holidays import (
    count_festivals,
    festival_effects,
    length_effect,
    months_of,
    weekday_effect,
)

KNOWN = [
    "1990-01-27",
    "1996-02-19",
    "2000-02-05",
    "2015-02-19",
    "2020-01-25",
    "2023-01-22",
    "2033-01-31",
    "2034-02-19",
]


@pytest.mark.parametrize("text", KNOWN)
def test_the_dates_are_those_of_the_calendar(text: str):
    date = dt.date.fromisoformat(text)
    assert festival_dates()[date.year] == date


def test_every_year_has_a_date_between_the_earliest_and_the_latest_possible():
    dates = festival_dates()
    assert sorted(dates) == list(range(1990, 2061))
    assert all((1, 21) <= (each.month, each.day) <= (2, 20) for each in dates.values())
    months = {
        (later - earlier).days
        for earlier, later in zip(list(dates.values())[:-1], list(dates.values())[1:], strict=True)
    }
    # twelve or thirteen months of the moon
    assert months <= {353, 354, 355, 383, 384, 385}


@pytest.mark.parametrize("year", range(2004, 2027))
def test_the_dates_are_holidays_by_decree(year: int):
    off, name = get_holiday_detail(festival_dates()[year])
    assert off
    assert name == "Spring Festival"


@pytest.mark.parametrize("merged", [False, True])
def test_regressors_vanish_over_all_years_and_move_days_between_neighbours(merged: bool):
    dates = festival_dates()
    periods = [number for number in range(1990 * 12, 2061 * 12) if not (merged and number % 12 == 0)]
    columns = festival_effects(periods, dates, around=20, during=7, merged=merged)
    # merged, only the days after reach beyond the period
    assert set(columns) == ({"after"} if merged else {"before", "during", "after"})
    for column in columns.values():
        for month in range(12):
            mine = [value for value, number in zip(column, periods, strict=True) if number % 12 == month]
            assert abs(sum(mine)) < 1e-9
        years = {number // 12 for number in periods}
        assert all(
            abs(sum(v for v, n in zip(column, periods, strict=True) if n // 12 == y)) < 1e-9 for y in years
        )


def test_a_late_festival_takes_its_days_to_february():
    periods = [2015 * 12, 2015 * 12 + 1, 2020 * 12, 2020 * 12 + 1]
    during = festival_effects(periods, festival_dates(), around=10, during=7, merged=False)["during"]
    assert during[0] < 0 < during[1]  # 19 February
    assert during[2] > 0 > during[3]  # 25 January


def test_leap_days_and_weekdays():
    assert months_of(2024 * 12 + 1, merged=True) == [(2024, 1), (2024, 2)]
    leap = length_effect([2024 * 12 + 1, 2023 * 12 + 1, 2023 * 12 + 2], merged=False)
    assert leap == pytest.approx([np.log(29 / 28.25), np.log(28 / 28.25), 0])
    # February 2023 has four whole weeks; March 2023 has 23 weekdays and 8 days of weekend
    assert weekday_effect([2023 * 12 + 1, 2023 * 12 + 2], merged=False) == pytest.approx([0, 3])
    assert count_festivals(range(2020 * 12, 2024 * 12), festival_dates()) == 4
