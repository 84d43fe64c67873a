"""Daily electricity of the demonstration's firms, adding up to the monthly electricity of their returns."""

from datetime import date, timedelta

import chinese_calendar
import numpy as np

from gongmai.core.access.types import SYSTEM
from gongmai.core.registry.queries import find_by_credit_codes
from gongmai.demo.firms import draw_firms
from gongmai.demo.flows import tell_story
from gongmai.demo.months import draw_shares
from gongmai.demo.names import christen
from gongmai.demo.places import settle
from gongmai.demo.sizes import solve_annual
from gongmai.demo.types import FIRST_YEAR, Firms, Floats, Ints, stream
from gongmai.demo.workers import draw_workers
from gongmai.monitor.outlook.actions.electricity import store_readings
from gongmai.monitor.outlook.rules.electricity import Months, days_in, empty_month

FIRST_MONTH, LAST_DAY = 202101, date(2023, 7, 5)
KWH_PER_HUNDREDTH = 100  # the returns hold hundredths of 10,000 kWh
STEADY = frozenset({"25", "26", "28", "30", "31", "32", "44"})  # furnaces and columns run through
FEW = 900


def play() -> None:
    """Draw the days of every firm and hand them to the product as one import."""
    firms, monthly = _monthly()
    known: dict[str, int] = {}
    codes = [str(code) for code in firms.credit_code]
    for start in range(0, len(codes), FEW):
        known.update(find_by_credit_codes(codes[start : start + FEW]))
    months: Months = {}
    count = 0
    for key, days in daily(firms, monthly).items():
        last = LAST_DAY.day if key == LAST_DAY.year * 100 + LAST_DAY.month else days.shape[1]
        for firm in np.flatnonzero(days.any(axis=1)):
            if codes[firm] in known:
                row = empty_month(key)
                row[:last] = days[firm, :last]
                months[str(known[codes[firm]]), key] = row
                count += last
    store_readings(SYSTEM, "enterprise", months, count, name="demonstration")


def _monthly() -> tuple[Firms, Ints]:
    """The firms and their electricity by period, as the returns of the demonstration have it, in kWh."""
    firms = draw_firms()
    settle(firms)
    christen(firms)
    shares = draw_shares(firms)
    annual = solve_annual(firms, shares)
    story = tell_story(firms, shares, annual, draw_workers(firms, annual))
    return firms, story.flows["electricity"] * KWH_PER_HUNDREDTH


def daily(firms: Firms, monthly: Ints) -> dict[int, Ints]:
    """Calendar month -> firms x days in whole kWh; the days of a period add up to it exactly."""
    random = stream("daily electricity")
    rest = np.where(np.isin(firms.division, sorted(STEADY)), 0.95, 0.72)
    holiday = np.where(np.isin(firms.division, sorted(STEADY)), 0.85, 0.35)
    festive = np.where(np.isin(firms.division, sorted(STEADY)), 0.6, random.uniform(0.06, 0.25, firms.count))
    found: dict[int, Ints] = {}
    for year in range(FIRST_MONTH // 100, LAST_DAY.year + 1):
        for part in range(monthly.shape[2]):
            keys = [year * 100 + 1, year * 100 + 2] if part == 0 else [year * 100 + part + 2]
            if keys[0] > LAST_DAY.year * 100 + LAST_DAY.month:
                break
            weights = np.concatenate([_weights(key, rest, holiday, festive) for key in keys], axis=1)
            weights *= np.exp(random.standard_normal(weights.shape) * 0.06)
            running = np.cumsum(weights, axis=1)
            running *= (monthly[year - FIRST_YEAR, :, part] / running[:, -1])[:, None]
            days: Ints = np.diff(np.round(running), axis=1, prepend=0.0).astype(np.int64)
            start = 0
            for key in keys:
                found[key] = days[:, start : start + days_in(key)]
                start += days_in(key)
    return found


def _weights(key: int, rest: Floats, holiday: Floats, festive: Floats) -> Floats:
    """How much of a usual workday each firm uses on each day of a month."""
    first = date(key // 100, key % 100, 1)
    columns = []
    for number in range(days_in(key)):
        day = first + timedelta(days=number)
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if name == "Spring Festival":
            columns.append(festive if is_off else np.ones_like(rest))
        elif is_off:
            columns.append(holiday if name else rest)
        else:
            columns.append(np.ones_like(rest))
    return np.stack(columns, axis=1)
