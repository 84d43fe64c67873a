"""What a nowcast reads: the published panel, when returns arrived, the returns so far, daily electricity.

Read for the whole city without an actor's scope: weights and slopes are the city's. What leaves
queries/nowcast.py is cut to the reader's firms.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from gongmai.core.access.types import SYSTEM
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.queries import is_workday
from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.core.registry.queries import roster_snapshot
from gongmai.monitor.filing.queries.arrivals import (
    Filed,
    arrival_times,
    corrected_versions,
    deadlines,
    versions_of,
)
from gongmai.monitor.outlook.queries import electricity
from gongmai.monitor.outlook.queries.nowcast_rules import document
from gongmai.monitor.outlook.queries.seasonal_rules import festival_dates
from gongmai.monitor.outlook.rules.electricity import counted_days, workday_mean
from gongmai.monitor.outlook.rules.nowcasting import Bools, Ints
from gongmai.monitor.outlook.types import Floats

FORM, ITEM = "monthly", "output"
NEVER = np.inf
_DIMENSIONS = ("unit", "region", "park", "industry_division", "size")
_SQL = (
    "SELECT enterprise_id, period, unit, region, park, industry_division, size, "
    "CASE WHEN period % 100 = 2 THEN output__ytd ELSE output END AS value, "
    "CASE WHEN period % 100 = 2 THEN output__ytd_base ELSE output__base END AS base "
    "FROM panel WHERE on_roster"
)


@dataclass(slots=True)
class History:
    """Firms x periods up to the target. `names`: codes of each dimension by number.

    `value`, `base`: thousand yuan as published now; `arrived`: seconds since 1970 of the first submission;
    `untimed`: arrived at a time that nobody recorded, counted as the deadline. `corrected`: every version of
    returns with several; `so_far`: every version of the target period.
    """

    firms: Ints
    periods: tuple[Period, ...]
    value: Floats
    base: Floats
    on_roster: Bools
    arrived: Floats
    untimed: Bools
    dimensions: dict[str, Ints]
    names: dict[str, tuple[str, ...]]
    corrected: list[Filed]
    so_far: list[Filed]
    power: electricity.Power
    grid: electricity.Power
    means: dict[tuple[int, date | None], Floats] = field(default_factory=dict)
    kept: dict[tuple[object, ...], tuple[Floats, ...]] = field(default_factory=dict)

    def settled(self, column: int) -> float:
        """From when on (seconds since 1970) the figures of a period are what they are now."""
        times = self.arrived[np.isfinite(self.arrived[:, column]), column]
        key = self.periods[column].key
        corrected = [each.at.timestamp() for each in self.corrected if each.period == key]
        return max([float(times.max()) if len(times) else 0.0, *corrected])

    @property
    def target(self) -> int:
        """The place of the period that is estimated."""
        return len(self.periods) - 1

    def place(self, firm: int) -> int | None:
        """The row of an enterprise."""
        at = int(np.searchsorted(self.firms, firm))
        return at if at < len(self.firms) and self.firms[at] == firm else None

    def workday(self, column: int, until: date | None, least: int, *, grid: bool = False) -> Floats:
        """Electricity of a workday (kWh) by firm, or by division of the grid's file, up to a day."""
        key = (column * 2 + grid, until)
        if key not in self.means:
            self.means[key] = _mean(self.grid if grid else self.power, self.periods[column], until, least)
        return self.means[key]


def months_of(period: Period) -> tuple[int, ...]:
    """Calendar months of a period."""
    return (period.year * 100 + 1, period.key) if period.is_merged else (period.key,)


def last_day(period: Period) -> date:
    """The last day of a period."""
    return date(period.year, period.month, monthrange(period.year, period.month)[1])


def read_history(target: Period, vintage: int) -> History:
    """Everything for one target period, out of a vintage and the returns as they are now."""
    known = [Period.from_key(key) for key in sorted(vintages.files_in_force(vintage)) if key <= target.key]
    first = known[0] if known else target
    periods = tuple(Period.from_index(index) for index in range(first.index, target.index + 1))
    places = {period.key: number for number, period in enumerate(periods)}
    table = engine.ask(_SQL, (), vintage=vintage, periods=[period.key for period in known])
    table = _with_target(table, target)
    firms = np.unique(table.column("enterprise_id").to_numpy()).astype(np.int64)
    rows = np.searchsorted(firms, table.column("enterprise_id").to_numpy())
    columns = np.array([places[key] for key in table.column("period").to_pylist()])
    shape = (len(firms), len(periods))
    value, base, on = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, np.bool_)
    value[rows, columns] = _floats(table, "value")
    base[rows, columns] = _floats(table, "base")
    on[rows, columns] = True
    dimensions, names = {}, {}
    for name in _DIMENSIONS:
        texts = np.array([text or "" for text in table.column(name).to_pylist()])
        codes, numbers = np.unique(texts, return_inverse=True)
        dimensions[name] = np.zeros(shape, np.int64)
        dimensions[name][rows, columns] = numbers
        names[name] = tuple(str(code) for code in codes)
    arrived, untimed = _arrivals(firms, periods, np.isfinite(value))
    start = periods[0].year * 100 + 1
    return History(
        firms=firms,
        periods=periods,
        value=value,
        base=base,
        on_roster=on,
        arrived=arrived,
        untimed=untimed,
        dimensions=dimensions,
        names=names,
        corrected=corrected_versions(SYSTEM, FORM, periods[0].key, periods[-1].key, ITEM),
        so_far=versions_of(SYSTEM, FORM, target.key, *_cells(target)),
        power=electricity.read_power("enterprise", [str(firm) for firm in firms], start),
        grid=electricity.read_power("industry", names["industry_division"], start),
    )


def _with_target(table: pa.Table, target: Period) -> pa.Table:
    """The panel's rows with the target's roster as the registry has it now, where none is published."""
    if target.key in set(table.column("period").unique().to_pylist()):
        return table
    roster = roster_snapshot(target.key)
    count = roster.num_rows
    extra = {name: roster.column(name) for name in ("enterprise_id", *_DIMENSIONS)}
    extra |= {
        "period": pa.array([target.key] * count, table.schema.field("period").type),
        "value": pa.nulls(count, table.schema.field("value").type),
        "base": pa.nulls(count, table.schema.field("base").type),
    }
    rows = pa.table({name: extra[name] for name in table.column_names}).cast(table.schema)
    return pa.concat_tables([table, rows])


def _floats(table: pa.Table, name: str) -> Floats:
    result: Floats = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return result


def _cells(period: Period) -> tuple[str, str]:
    return (f"{ITEM}__ytd", f"{ITEM}__ytd_base") if period.is_merged else (ITEM, f"{ITEM}__base")


def _arrivals(firms: Ints, periods: Sequence[Period], filed: Bools) -> tuple[Floats, Bools]:
    """First submissions; what carries no time counts as of the deadline (or the 10th) and is marked."""
    arrived = np.full(filed.shape, NEVER)
    due = deadlines(FORM, periods[0].key, periods[-1].key)
    untimed = filed.copy()
    places = {period.key: number for number, period in enumerate(periods)}
    for firm, key, at in arrival_times(SYSTEM, FORM, periods[0].key, periods[-1].key):
        row = int(np.searchsorted(firms, firm))
        if row < len(firms) and firms[row] == firm:
            arrived[row, places[key]] = at.timestamp()
            untimed[row, places[key]] = False
    for number, period in enumerate(periods):
        moment = due.get(period.key)
        stamp = moment.timestamp() if moment else datetime.fromisoformat(_tenth(period)).timestamp()
        arrived[untimed[:, number], number] = stamp
    return arrived, untimed


def _tenth(period: Period) -> str:
    year, month = (period.year + 1, 1) if period.month == 12 else (period.year, period.month + 1)  # noqa: PLR2004
    return f"{year}-{month:02d}-10T00:00:00+08:00"


def _mean(power: electricity.Power, period: Period, until: date | None, least: int) -> Floats:
    rule = document()["spring_festival"]
    festivals = [day for year, day in festival_dates().items() if abs(year - period.year) <= 1]
    parts, counted = [], []
    for key in months_of(period):
        if key not in power.months:
            continue
        use = counted_days(key, is_workday, festivals, rule["before"], rule["after"])
        if until is not None:
            use &= np.array([date(key // 100, key % 100, number + 1) <= until for number in range(len(use))])
        parts.append(power.months[key])
        counted.append(use)
    if not parts:
        return np.full(len(power.codes), np.nan)
    return workday_mean(parts, counted, least)


def lag_year(column: int) -> int:
    """The place of the same period of last year."""
    return column - PERIODS_PER_YEAR
