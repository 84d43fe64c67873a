"""What readers who may not see firms are shown: cells of the fixed cube that are not hidden.

One place for pages, downloads and the API. Applied after answers are kept: they are kept for all readers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.panel.queries import vintages
from gongmai.core.panel.types import Layer
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import catalogue, cube
from gongmai.monitor.indicator.rules import cubing
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL, TOO_FEW, is_recognisable
from gongmai.monitor.indicator.types import (
    Basis,
    Bridge,
    Column,
    IndicatorError,
    Request,
    Row,
    Series,
    Table,
    Trend,
)

FIRMS_ACTION = "indicator.firms"
VIEW_ACTION = "indicator.view"
COUNTED = "reported"  # besides firms on the roster: three firms of which one reported would show that one
COUNTS = frozenset({"firms", COUNTED})
_WHOLE = "overall"
_TAG = "tag"


def sees_firms(actor: Actor) -> bool:
    """Whether the actor may see single firms."""
    return access.may(actor, FIRMS_ACTION)


def counting(actor: Actor, request: Request) -> Request:
    """The request with the count that `protect_table` and `protect_trend` need for this actor."""
    if sees_firms(actor) or COUNTED in request.indicators:
        return request
    return replace(request, indicators=(*request.indicators, COUNTED))


def protect_table(actor: Actor, table: Table) -> Table:
    """The table without what is hidden; how many firms a group has is no secret.

    Where the whole that a share or a pull refers to is hidden, those are hidden in every row.
    """
    if sees_firms(actor):
        return table
    judge = _Judge(actor, table.request, table.vintage, table.columns)
    total = judge.row(table.total)
    rows = tuple(judge.row(row) for row in table.rows)
    if total.hidden in CONFIDENTIAL:
        related = {column.indicator.code for column in table.columns if _refers_to_whole(column)}
        rows = tuple(replace(row, values=_without(row.values, related)) for row in rows)
    return replace(table, rows=rows, total=total)


def protect_trend(actor: Actor, trend: Trend) -> Trend:
    """The trend without what is hidden in a period."""
    if sees_firms(actor):
        return trend
    judge = _Judge(actor, trend.request, trend.vintage, trend.columns)
    return replace(trend, series=tuple(judge.series(series, trend.periods) for series in trend.series))


def protect_bridges(actor: Actor, request: Request, vintage: int, bridges: Sequence[Bridge]) -> list[Bridge]:
    """The bridges of what is shown in both years; steps of groups, and small ones, are not told apart."""
    if sees_firms(actor):
        return list(bridges)
    judge = _Judge(actor, request, vintage, ())
    years = (request.period, request.period.year_ago())
    shown = [
        each
        for each in bridges
        if not any(judge.why(each.codes, period) for period in years)
        and not is_recognisable(each.firms["same"], None)
        and each.firms["same"]
    ]
    return [_steps(each, whole=not each.codes and not request.filters) for each in shown]


class _Judge:
    """Decides on the groups of one answer."""

    def __init__(self, actor: Actor, request: Request, vintage: int, columns: Sequence[Column]) -> None:
        self.request, self.vintage = request, vintage
        self.filters = (*request.filters, *([(_TAG, (request.tag,))] if request.tag else []))
        self.items = tuple(
            dict.fromkeys((request.item, *(item for each in columns for item in _items(each))))
        )
        self.lookback = max((column.checked.lookback for column in columns), default=0)
        self.is_outside = (
            request.basis is not Basis.COMPARABLE
            # with and without adjustments: the difference would be one firm's
            or request.layer is not Layer.REPORTED
            or vintage != vintages.current_vintage()
            or not access.scope(actor, VIEW_ACTION).everything
            or any(cut == _TAG and len(codes) > 1 for cut, codes in self.filters)
        )

    def row(self, row: Row) -> Row:
        """The row, or only its counts with the reason."""
        reason = self.why(row.codes, self.request.period)
        if not reason and (not row["firms"] or is_recognisable(row["firms"], row.values.get(COUNTED))):
            reason = TOO_FEW
        return replace(row, values=_only_counts(row.values), note="", hidden=reason) if reason else row

    def series(self, series: Series, periods: Sequence[Period]) -> Series:
        """The line with gaps where it is hidden."""
        firms, counted = series.values["firms"], series.values[COUNTED]
        gone = [
            bool(self.why(series.codes, period)) or is_recognisable(*pair)
            for period, pair in zip(periods, zip(firms, counted, strict=True), strict=True)
        ]
        return Series(
            series.codes,
            {
                code: line
                if code in COUNTS
                else tuple(None if hide else value for value, hide in zip(line, gone, strict=True))
                for code, line in series.values.items()
            },
        )

    def why(self, codes: Mapping[str, str], period: Period) -> str:
        """Why a group is not shown in a period; empty where it is."""
        if self.is_outside:
            return cubing.OUTSIDE
        try:
            released = cube.released(self.vintage, period.year)
        except vintages.NotPublished:
            released = []
        if period.key not in released:
            return cubing.NOT_RELEASED
        if not codes and not self.filters:
            return ""
        try:
            protected = self._protected(period)
        except cube.BeingPrepared:
            return cubing.PREPARING
        return cubing.why_hidden(cubing.cells_asked(codes, self.filters, protected.above), protected)

    def _protected(self, period: Period) -> cubing.Protected:
        """What may be seen of everything that the figures rest on: other items, and years looked back to."""
        years = {period.year}
        if self.lookback:
            years.add(Period.from_index(period.index - self.lookback).year)
        parts = []
        for year in sorted(years):
            try:
                cube.released(self.vintage, year)
            except vintages.NotPublished:
                continue
            parts += [cube.protected(item, year, self.vintage) for item in self.items]
        return cubing.merge(parts)


def _items(column: Column) -> list[str]:
    """The items that a column's figures rest on, those that are figures of a firm."""
    if column.indicator.code in COUNTS:
        return []
    found = []
    for ref in column.checked.refs:
        try:
            catalogue.get_item(ref.item.code)
        except IndicatorError:
            continue
        found.append(ref.item.code)
    return found


def _refers_to_whole(column: Column) -> bool:
    return any(node.op == _WHOLE for node in column.checked.tree.walk())


def _without(values: Mapping[str, float | None], codes: set[str]) -> dict[str, float | None]:
    return {code: None if code in codes else value for code, value in values.items()}


def _only_counts(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {code: value if code in COUNTS else None for code, value in values.items()}


def _steps(bridge: Bridge, *, whole: bool) -> Bridge:
    """The same sum; a step of one or two firms would be their figure, so would many a step of a group."""
    names = {"entry": "entries", "exit": "exits", "move": "moves", "missing": "missing"}
    small = [kind for kind in names if not whole or is_recognisable(bridge.firms.get(kind, 0), None)]
    moved = sum(getattr(bridge, names[kind]) for kind in small)
    hidden: dict[str, Any] = {names[kind]: 0.0 for kind in small}
    hidden["firms"] = {kind: 0 if kind in small else count for kind, count in bridge.firms.items()}
    return replace(bridge, revisions=bridge.revisions + moved, **hidden)
