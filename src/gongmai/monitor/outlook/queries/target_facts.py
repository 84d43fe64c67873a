"""What the target watch stands on: firms, their figures and last year's, in leaves of county and industry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.period.types import LAST_MONTH, Period
from gongmai.monitor.outlook.queries.panel_series import last_complete
from gongmai.monitor.outlook.rules.paths import Floats, Ints
from gongmai.monitor.outlook.rules.targets import MERGED, months_left

VIEW_ACTION = "indicator.view"
RECENT = 3  # months that stand in where a leaf has no base


class NoFacts(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """Nothing to watch. `code`: unknown_item, no_period, no_firms, too_short."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of an item as of a period: thousand yuan.

    Leaves: `counties`, `industries` (codes by leaf), `actual` and `base` (leaves x months up to the period,
    the base being what the same firms reported of last year), `ahead` (leaves x months to come: last year's
    figures of today's firms). Firms of the period: `codes` (credit codes), `leaf`, `month`, `month_base`,
    `ytd`, `ytd_base`, `firm_ahead`; `pace` is their growth of the last months. `last_year`: the whole of
    last year by county, industry and "" for all. `unfiled`: firms on the roster without a figure.
    """

    item: str
    vintage: int
    period: Period
    months: tuple[Period, ...]
    counties: tuple[str, ...]
    industries: tuple[str, ...]
    actual: Floats
    base: Floats
    ahead: Floats
    codes: tuple[str, ...]
    leaf: Ints
    month: Floats
    month_base: Floats
    ytd: Floats
    ytd_base: Floats
    firm_ahead: Floats
    pace: Floats
    last_year: Mapping[tuple[str, str], float]
    unfiled: int


def watched_items() -> list[str]:
    """The items that targets are set for: monthly flows of money."""
    return [code for code, item in items_by_code().items() if item.kind == "flow" and item.unit == "kcny"]


def watched_period(vintage: int, year: int | None = None) -> Period:
    """The newest period that nearly all firms have reported: of a year, or December before it.

    Raises NoFacts: no_period.
    """
    try:
        newest = last_complete(vintage)
    except vintages.NotPublished:
        raise NoFacts("no_period") from None
    if year is None or newest.year == year:
        return newest
    last = Period(year, LAST_MONTH)
    if newest < last:
        last = Period(year - 1, LAST_MONTH)
    if newest < last or last.key not in vintages.files_in_force(vintage):
        raise NoFacts("no_period")
    return last


def vintage_before(period: Period) -> int:
    """The vintage that was in force before a period was published; the present one where there is none."""
    current = vintages.current_vintage()
    for number in range(current - 1, 0, -1):
        held = vintages.files_in_force(number)
        if held and max(held) < period.key:
            return number if period.previous().key in held else current
    return current


def read_facts(actor: Actor, item: str, vintage: int, period: Period) -> Facts:
    """The facts within the actor's scope. Raises NotAllowed, NotPublished, NoFacts."""
    access.check_may(actor, VIEW_ACTION)
    if item not in watched_items():
        raise NoFacts("unknown_item")
    held = sorted(key for key in vintages.files_in_force(vintage) if key <= period.key)
    if not held or held[-1] != period.key:
        raise vintages.NotPublished(vintage=vintage, period=period.key)
    months = tuple(Period.from_key(key) for key in held)
    sql, values = access.scope_sql(actor, VIEW_ACTION)
    columns = engine.ask(
        f"SELECT enterprise_id, credit_code, period, region, industry_division, "
        f"CAST(CASE WHEN period % 100 = 2 THEN {item}__ytd ELSE {item} END AS DOUBLE) AS month, "
        f"CAST(CASE WHEN period % 100 = 2 THEN {item}__ytd_base ELSE {item}__base END AS DOUBLE) AS base, "
        f"CAST({item}__ytd AS DOUBLE) AS ytd, CAST({item}__ytd_base AS DOUBLE) AS ytd_base "
        f"FROM {engine.RELATION} WHERE on_roster AND {sql} ORDER BY period, enterprise_id",
        tuple(values),
        vintage=vintage,
        periods=held,
    )
    if not columns.num_rows:
        raise NoFacts("no_firms")
    return _Reading(columns, months).facts(item, vintage)


class _Reading:
    """The rows of a panel turned into arrays."""

    def __init__(self, columns: pa.Table, months: tuple[Period, ...]) -> None:
        self.months = months
        self.place = {period.key: number for number, period in enumerate(months)}
        keys = columns["period"].to_numpy()
        self.when = np.searchsorted(np.array([period.key for period in months]), keys)
        self.firm = columns["enterprise_id"].to_numpy().astype(np.int64)
        self.credit = columns["credit_code"].to_pylist()
        leaves = list(
            zip(columns["region"].to_pylist(), columns["industry_division"].to_pylist(), strict=True)
        )
        self.leaves = sorted(set(leaves))
        number = {leaf: place for place, leaf in enumerate(self.leaves)}
        self.leaf = np.array([number[leaf] for leaf in leaves])
        self.month, self.base, self.ytd, self.ytd_base = (
            columns[name].to_numpy().astype(np.float64)  # unknown: NaN
            for name in ("month", "base", "ytd", "ytd_base")
        )

    def facts(self, item: str, vintage: int) -> Facts:
        """The facts as of the last month."""
        period = self.months[-1]
        weights = np.array([MERGED if each.is_merged else 1 for each in self.months], dtype=np.float64)
        filed = ~np.isnan(self.month)
        actual = self._by_leaf(np.where(filed, self.month, 0.0))
        base = self._by_leaf(np.where(filed, np.nan_to_num(self.base), 0.0))
        base = _fill_base(actual, base, weights)
        now = self.when == len(self.months) - 1
        firms, leaf = self.firm[now], self.leaf[now]
        firm_ahead = self._ahead(firms, leaf, now, months_left(period))
        ahead = np.zeros((len(self.leaves), firm_ahead.shape[1]))
        np.add.at(ahead, leaf, firm_ahead)
        unfiled = int(np.isnan(self.ytd[now]).sum())
        return Facts(
            item=item,
            vintage=vintage,
            period=period,
            months=self.months,
            counties=tuple(region or "" for region, _ in self.leaves),
            industries=tuple(division or "" for _, division in self.leaves),
            actual=actual,
            base=base,
            ahead=ahead,
            codes=tuple(code for code, mine in zip(self.credit, now, strict=True) if mine),
            leaf=leaf,
            month=np.nan_to_num(self.month[now]),
            month_base=np.where(np.isnan(self.month[now]), 0.0, np.nan_to_num(self.base[now])),
            ytd=np.nan_to_num(self.ytd[now]),
            ytd_base=np.where(np.isnan(self.ytd[now]), 0.0, np.nan_to_num(self.ytd_base[now])),
            firm_ahead=firm_ahead,
            pace=self._pace(firms),
            last_year=self._last_year(period),
            unfiled=unfiled,
        )

    def _by_leaf(self, values: Floats) -> Floats:
        made = np.zeros((len(self.leaves), len(self.months)))
        np.add.at(made, (self.leaf, self.when), values)
        return made

    def _row_of(self, period: Period) -> dict[int, int]:
        place = self.place.get(period.key)
        if place is None:
            return {}
        rows = np.flatnonzero(self.when == place)
        return {int(self.firm[row]): int(row) for row in rows}

    def _ahead(self, firms: Ints, leaf: Ints, now: Any, left: tuple[Period, ...]) -> Floats:
        """Last year's figures of today's firms; of new ones in proportion to what they file."""
        made = np.full((len(firms), len(left)), np.nan)
        for step, period in enumerate(left):
            rows = self._row_of(period.year_ago())
            for place, firm in enumerate(firms):
                if (row := rows.get(int(firm))) is not None:
                    made[place, step] = self.month[row]
        sums = np.nan_to_num(self.ytd_base[now])
        for step in range(len(left)):
            known = ~np.isnan(made[:, step])
            whole = _ratio(made[known, step].sum(), sums[known].sum())
            size = len(self.leaves)
            up = np.bincount(leaf[known], made[known, step], size)
            down = np.bincount(leaf[known], sums[known], size)
            share = np.divide(up, down, out=np.full(size, whole), where=down > 0)
            made[:, step] = np.where(known, made[:, step], sums * share[leaf])
        ahead: Floats = np.nan_to_num(made)
        return ahead

    def _pace(self, firms: Ints) -> Floats:
        """The growth of each firm over its last months; 1 where it had no base."""
        recent = self.when >= len(self.months) - RECENT
        place = {int(firm): number for number, firm in enumerate(firms)}
        mine = np.array([place.get(int(firm), -1) for firm in self.firm])
        rows = recent & (mine >= 0) & ~np.isnan(self.month)
        up = np.bincount(mine[rows], self.month[rows], len(firms))
        down = np.bincount(mine[rows], np.nan_to_num(self.base[rows]), len(firms))
        pace: Floats = np.divide(up, down, out=np.ones(len(firms)), where=down > 0)
        return pace

    def _last_year(self, period: Period) -> dict[tuple[str, str], float]:
        totals: dict[tuple[str, str], float] = {}
        place = self.place.get(Period(period.year - 1, LAST_MONTH).key)
        if place is None:
            return totals
        for row in np.flatnonzero(self.when == place):
            county, industry = self.leaves[self.leaf[row]]
            for key in (("city", ""), ("county", county or ""), ("industry", industry or "")):
                totals[key] = totals.get(key, 0.0) + float(np.nan_to_num(self.ytd[row]))
        return totals


def _ratio(up: float, down: float) -> float:
    return float(up / down) if down > 0 else 0.0


def _fill_base(actual: Floats, base: Floats, weights: Floats) -> Floats:
    """Where a leaf has figures and no base, its own last months stand in, a merged month counted as two."""
    filled = base.copy()
    for month in range(1, actual.shape[1]):
        start = max(month - RECENT, 0)
        recent = actual[:, start:month].sum(axis=1) / weights[start:month].sum() * weights[month]
        filled[:, month] = np.where((base[:, month] <= 0) & (actual[:, month] > 0), recent, base[:, month])
    return filled
