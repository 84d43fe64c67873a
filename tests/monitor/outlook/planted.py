"""A made-up city whose electricity follows output, or does not, as arrays."""

import datetime as dt

import numpy as np

from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.monitor.filing.queries.arrivals import Filed
from gongmai.monitor.outlook.queries.electricity import Power
from gongmai.monitor.outlook.queries.nowcast_data import History, last_day, months_of
from gongmai.monitor.outlook.rules.electricity import days_in

CHINA = dt.timezone(dt.timedelta(hours=8))
FIRST, TARGET = Period(2020, 2), Period(2023, 6)
FIRMS, DIVISIONS = 240, 4


def make_history(
    *, signal: bool, seed: int = 1, respond: float = 0.0, growth_spread: float = 0.12
) -> History:
    """240 firms in four industries over 38 periods; the city's growth swings from month to month.

    `signal`: electricity follows output, else it swings by itself; `respond`: share of firms with returns on
    the third day after the month; the rest comes on the ninth.
    """
    random = np.random.default_rng(seed)
    periods = tuple(Period.from_index(index) for index in range(FIRST.index, TARGET.index + 1))
    count = len(periods)
    size = np.exp(random.normal(8, 1, FIRMS))
    swings = {key: random.normal(0.05, growth_spread, (DIVISIONS, count)) for key in ("output", "other")}
    division = np.arange(FIRMS) % DIVISIONS

    def levels(swing):
        level = np.zeros((DIVISIONS, count))
        for column in range(count):
            back = level[:, column - PERIODS_PER_YEAR] if column >= PERIODS_PER_YEAR else 0.0
            level[:, column] = back + swing[:, column]
        return np.exp(level)

    noise = np.exp(random.normal(0, 0.03, (FIRMS, count)))
    value = size[:, None] * levels(swings["output"])[division] * noise
    moved = levels(swings["output"] if signal else swings["other"])[division]
    kwh = size[:, None] * moved * np.exp(random.normal(0, 0.03, (FIRMS, count)))
    months = {}
    for column, period in enumerate(periods):
        for key in months_of(period):
            months[key] = np.repeat(kwh[:, column : column + 1], days_in(key), axis=1)
    early = random.random((FIRMS, count)) < respond
    arrived = np.zeros((FIRMS, count))
    for column, period in enumerate(periods):
        end = dt.datetime.combine(last_day(period), dt.time(0), CHINA)
        days = np.where(early[:, column], 3, 9)
        arrived[:, column] = [(end + dt.timedelta(days=int(day))).timestamp() for day in days]
    firms = np.arange(1, FIRMS + 1)
    so_far = [
        Filed(int(firm), TARGET.key, dt.datetime.fromtimestamp(arrived[row, -1], CHINA), value[row, -1],
              None, is_approved=False, is_sent_back=False)
        for row, firm in enumerate(firms)
    ]  # fmt: skip
    shape = (FIRMS, count)
    zeros = np.zeros(shape, np.int64)
    return History(
        firms=firms,
        periods=periods,
        value=np.where(np.arange(count) == count - 1, np.nan, value),
        base=np.full(shape, np.nan),
        on_roster=np.ones(shape, np.bool_),
        arrived=np.where(np.arange(count) == count - 1, np.inf, arrived),
        untimed=np.zeros(shape, np.bool_),
        dimensions={
            "industry_division": zeros + division[:, None],
            "size": zeros + (np.arange(FIRMS) % 3)[:, None],
            "unit": zeros + (np.arange(FIRMS) % 2)[:, None],
            "region": zeros,
            "park": zeros,
        },
        names={
            "industry_division": ("13", "20", "26", "31"),
            "size": ("L", "M", "S"),
            "unit": ("u1", "u2"),
            "region": ("999901",),
            "park": ("",),
        },
        corrected=[],
        so_far=so_far,
        power=Power(tuple(str(firm) for firm in firms), months),
        grid=Power(("13", "20", "26", "31"), {}),
    )


def truth(history: History) -> float:
    """What the target period will turn out to be."""
    return sum(each.value or 0.0 for each in history.so_far)


def day_after(days: int) -> dt.datetime:
    """A moment so many days after the end of the target period."""
    return dt.datetime.combine(last_day(TARGET), dt.time(12), CHINA) + dt.timedelta(days=days)
