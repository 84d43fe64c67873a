"""Seasonally adjusted series of the city, out of the published panel, within the reach of who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gongmai.core.access.types import Actor
from gongmai.core.formula.types import Kind
from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.monitor.indicator.queries import catalogue
from gongmai.monitor.indicator.queries.kept import remember
from gongmai.monitor.outlook.queries.panel_series import read_series
from gongmai.monitor.outlook.queries.seasonal import adjust_series
from gongmai.monitor.outlook.rules.calendar import MONTHS, fill_gaps
from gongmai.monitor.outlook.rules.comparable import link_back
from gongmai.monitor.outlook.types import (
    Adjustment,
    Floats,
    Level,
    PanelSeries,
    SeriesError,
    SeriesSet,
    Style,
)

LEVELS = (Level.CITY, Level.COUNTY, Level.UNIT, Level.INDUSTRY, Level.COUNTY_INDUSTRY)
COMPARABLE, PUBLISHED = "comparable", "published"
MOST_UNKNOWN = 0.1


@dataclass(frozen=True, slots=True)
class CitySeries:
    """An adjusted series of the city. `basis`: the one used; `filled`: unknown figures that were filled."""

    made: Adjustment
    basis: str
    vintage: int
    filled: int


def adjust_city_series(series: PanelSeries, key: str, *, basis: str, method: str) -> CitySeries:
    """Adjust one of the series that `read_series` gave.

    `basis`: comparable links the levels back by the growth on the comparable base, where every base is known
    and above zero; else, and for stocks, the published levels are taken. Raises SeriesError, also
    unknown_months, which is also said of a key that is not there.
    """
    if key not in series.keys:
        raise SeriesError("unknown_months", gaps=len(series.periods), periods=len(series.periods))
    at = series.keys.index(key)
    values, start = _known_part(series.values[at])
    bases = series.bases[at][start:]
    flow = catalogue.get_item(series.item).kind is not Kind.STOCK
    linked = link_back(values, bases, PERIODS_PER_YEAR) if basis == COMPARABLE and flow else None
    taken = values if linked is None else linked
    gaps = int(np.isnan(taken).sum())
    if gaps > MOST_UNKNOWN * len(taken):
        raise SeriesError("unknown_months", gaps=gaps, periods=len(taken))
    filled = fill_gaps(taken, PERIODS_PER_YEAR)
    last = _number(series.periods[-1])
    one = SeriesSet((series.item,), (filled,), (last,), PERIODS_PER_YEAR, Style.MONTH)
    made: Adjustment = remember(
        ("seasonal", series.vintage, filled.tobytes(), last, method, flow),
        lambda: adjust_series(one, method=method, sums=flow),
    )
    return CitySeries(made, PUBLISHED if linked is None else COMPARABLE, series.vintage, gaps)


def read_level(actor: Actor, item: str, level: Level) -> PanelSeries:
    """The series of a level in the newest vintage, kept within it; those of which something is known."""
    return read_series(item, level, actor=actor)


def known_keys(series: PanelSeries) -> Sequence[str]:
    """The keys with enough known figures, the largest first."""
    known = np.isfinite(series.values).mean(axis=1) >= 1 - MOST_UNKNOWN
    size = np.nansum(np.abs(series.values[:, -PERIODS_PER_YEAR:]), axis=1)
    order = sorted(range(len(series.keys)), key=lambda at: (-size[at], series.keys[at]))
    return [series.keys[at] for at in order if known[at]]


def _known_part(values: Floats) -> tuple[Floats, int]:
    """Without the unknown figures before the first known one."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        raise SeriesError("unknown_months", gaps=len(values), periods=len(values))
    start = int(known[0])
    return values[start:], start


def _number(period: Period) -> int:
    return period.year * MONTHS + period.month - 1
