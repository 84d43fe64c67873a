"""What readers who may not see firms are shown: nothing that rests on fewer than three firms.

One place for pages, downloads and the API. Applied after answers are kept: they are kept for all readers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.monitor.indicator.rules.printing import FEWEST_FIRMS, TOO_FEW, is_recognisable
from gongmai.monitor.indicator.types import Bridge, Request, Row, Series, Table, Trend

FIRMS_ACTION = "indicator.firms"
COUNTED = "reported"  # besides firms on the roster: three firms of which one reported would show that one


def sees_firms(actor: Actor) -> bool:
    """Whether the actor may see single firms."""
    return access.may(actor, FIRMS_ACTION)


def counting(actor: Actor, request: Request) -> Request:
    """The request with the count that `protect_table` and `protect_trend` need for this actor."""
    if sees_firms(actor) or COUNTED in request.indicators:
        return request
    return replace(request, indicators=(*request.indicators, COUNTED))


def protect_table(actor: Actor, table: Table) -> Table:
    """The table without the figures of small groups; how many firms a group has is no secret."""
    if sees_firms(actor):
        return table
    return replace(table, rows=tuple(_row(row) for row in table.rows), total=_row(table.total))


def protect_trend(actor: Actor, trend: Trend) -> Trend:
    """The trend without the figures of groups that were small in a period."""
    if sees_firms(actor):
        return trend
    return replace(trend, series=tuple(_series(series) for series in trend.series))


def protect_bridges(actor: Actor, bridges: Sequence[Bridge]) -> list[Bridge]:
    """The bridges that rest on three firms in both years; small steps are counted with the revisions."""
    if sees_firms(actor):
        return list(bridges)
    return [_steps(each) for each in bridges if each.firms["same"] >= FEWEST_FIRMS]


def _row(row: Row) -> Row:
    if row["firms"] and not is_recognisable(row["firms"], row.values.get(COUNTED)):
        return row
    return Row(row.codes, _only_firms(row.values), hidden=TOO_FEW)


def _only_firms(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {code: value if code == "firms" else None for code, value in values.items()}


def _series(series: Series) -> Series:
    firms, counted = series.values["firms"], series.values[COUNTED]
    small = [is_recognisable(*pair) for pair in zip(firms, counted, strict=True)]
    return Series(
        series.codes,
        {
            code: line
            if code == "firms"
            else tuple(None if hide else value for value, hide in zip(line, small, strict=True))
            for code, line in series.values.items()
        },
    )


def _steps(bridge: Bridge) -> Bridge:
    """The same sum; a step of one or two firms would be their figure."""
    names = {"entry": "entries", "exit": "exits", "move": "moves", "missing": "missing"}
    small = [kind for kind in names if is_recognisable(bridge.firms.get(kind, 0), None)]
    moved = sum(getattr(bridge, names[kind]) for kind in small)
    hidden: dict[str, Any] = {names[kind]: 0.0 for kind in small}
    hidden["firms"] = {kind: 0 if kind in small else count for kind, count in bridge.firms.items()}
    return replace(bridge, revisions=bridge.revisions + moved, **hidden)
