"""Monthly series of the city out of the published panel, within the reach of who asks.

Aggregates are the indicators' own: the same scope, the same hidden cells. Single firms are read by those
alone who may see firms.
"""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import pyarrow as pa

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.formula.types import Kind, View
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.period.types import Period, periods_between
from gongmai.monitor.indicator.queries import catalogue, cube, disclosure
from gongmai.monitor.indicator.queries.trend import trend
from gongmai.monitor.indicator.types import Request
from gongmai.monitor.outlook.types import Floats, Level, PanelSeries

CUTS = {
    Level.CITY: (),
    Level.UNIT: ("unit",),
    Level.COUNTY: ("region",),
    Level.INDUSTRY: ("industry_division",),
    Level.COUNTY_INDUSTRY: ("region", "industry_division"),
}
PLACES = {Level.COUNTY: "region", Level.UNIT: "unit", Level.INDUSTRY: "industry_division"}
JOINT = ":"
Pair = tuple[Floats, Floats]


def read_series(
    item: str,
    level: str,
    *,
    actor: Actor,
    until: Period | None = None,
    keys: Collection[str] | None = None,
    vintage: int | None = None,
) -> PanelSeries:
    """The monthly series of an item at a level, oldest first, of the newest vintage unless one is named.

    `until`: the last period wanted; None is the newest of which nearly all returns are in. `keys`: no others.
    A cumulative item (such as profit) is given by month: the difference of neighbouring cumulative figures.
    Raises NotAllowed, NotPublished, IndicatorError (unknown_item), ValueError for an unknown level.
    """
    wanted = Level(level)
    kind = catalogue.get_item(item).kind
    number = vintages.current_vintage() if vintage is None else vintage
    last = until or last_complete(number)
    held = [Period.from_key(key) for key in vintages.published_periods(number)]
    held = [period for period in held if period <= last]
    if not held:
        raise vintages.NotPublished(vintage=number, period=last.key)
    periods = tuple(periods_between(held[0], last))

    def by_view(view: View) -> dict[str, Pair]:
        return _aggregates(actor, item, wanted, view, periods, number)

    places: dict[Level, tuple[str, ...]] = {}
    if wanted is Level.ENTERPRISE:
        rows = _firm_rows(actor, item, kind, periods, number, keys)
        found = _monthly(
            kind, periods, lambda view: _firm_figures(rows, catalogue.cell_of(item, view), periods)
        )
        places = _places(rows, list(found))
    else:
        found = _monthly(kind, periods, by_view)
        if keys is not None:
            found = {key: pair for key, pair in found.items() if key in set(keys)}
    shape = (len(found), len(periods))
    return PanelSeries(
        item=item,
        level=wanted,
        vintage=number,
        periods=periods,
        keys=tuple(found),
        values=np.array([pair[0] for pair in found.values()]).reshape(shape),
        bases=np.array([pair[1] for pair in found.values()]).reshape(shape),
        places=places,
    )


def last_complete(vintage: int) -> Period:
    """The newest period of a vintage of which nearly all firms on the roster have reported."""
    years = sorted({key // 100 for key in vintages.published_periods(vintage)}, reverse=True)
    for year in years:
        try:
            return Period.from_key(max(cube.released(vintage, year)))
        except vintages.NotPublished:
            continue
    raise vintages.NotPublished(vintage=vintage)


def _monthly(
    kind: Kind, periods: Sequence[Period], by_view: Callable[[View], dict[str, Pair]]
) -> dict[str, Pair]:
    """By key, the figures of single periods: of a flow the month, of January-February its sum; a stock."""
    if kind is Kind.CUMULATIVE:
        first = np.array([period.is_merged for period in periods])
        return {
            key: (_differences(values, first), _differences(bases, first))
            for key, (values, bases) in by_view(View.CUMULATIVE).items()
        }
    if kind is not Kind.FLOW:
        return by_view(View.MONTH)
    merged = np.array([period.is_merged for period in periods])
    months, sums = by_view(View.MONTH), by_view(View.CUMULATIVE)
    return {
        key: (
            np.where(merged, sums[key][0], months[key][0]),
            np.where(merged, sums[key][1], months[key][1]),
        )
        for key in sums
        if key in months
    }


def _differences(sums: Floats, first: np.ndarray) -> Floats:
    """Single periods from cumulative figures; the first period of a year is its own sum."""
    before = np.concatenate(([np.nan], sums[:-1]))
    return np.where(first, sums, sums - before)


def _aggregates(
    actor: Actor, item: str, level: Level, view: View, periods: Sequence[Period], vintage: int
) -> dict[str, Pair]:
    current = vintage == vintages.current_vintage()
    request = Request(
        period=periods[-1], view=view, item=item, by=CUTS[level], vintage=None if current else vintage
    )
    found = trend(actor, request, periods)
    return {
        JOINT.join(series.codes[cut] for cut in CUTS[level]): (
            _known(series.values["level"]),
            _known(series.values["base"]),
        )
        for series in found.series
    }


def _known(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values])


def _firm_rows(
    actor: Actor,
    item: str,
    kind: Kind,
    periods: Sequence[Period],
    vintage: int,
    keys: Collection[str] | None,
) -> pa.Table:
    """The figures of the firms within reach, with where they are."""
    access.check_may(actor, disclosure.FIRMS_ACTION)
    scope, values = access.scope_sql(actor, disclosure.FIRMS_ACTION)
    cells = dict.fromkeys(
        catalogue.cell_of(item, view, base=base)
        for view in catalogue.views_of(item)
        for base in ((False, True) if kind is not Kind.LEVEL else (False,))
    )
    figures = ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in cells)
    chosen = ""
    if keys is not None:
        numbers = sorted({int(key) for key in keys})
        chosen = f" AND enterprise_id IN ({', '.join(map(str, numbers)) or 'NULL'})"
    return engine.ask(
        f"SELECT enterprise_id, period, {', '.join(PLACES.values())}, {figures} FROM {engine.RELATION} "
        f"WHERE {scope}{chosen} ORDER BY enterprise_id, period",
        tuple(values),
        vintage=vintage,
        periods=[period.key for period in periods],
    )


def _firm_figures(rows: pa.Table, name: str, periods: Sequence[Period]) -> dict[str, Pair]:
    """By firm, a cell and its base over the periods."""
    numbers = rows.column("enterprise_id").to_numpy()
    firms, row = np.unique(numbers, return_inverse=True)
    first = periods[0].index
    column = np.array([Period.from_key(key).index - first for key in rows.column("period").to_pylist()], int)
    figures = []
    for cell_name in (name, f"{name}_base" if name.endswith("__ytd") else f"{name}__base"):
        spread = np.full((len(firms), len(periods)), np.nan)
        if cell_name in rows.column_names:
            spread[row, column] = rows.column(cell_name).to_numpy(zero_copy_only=False)
        figures.append(spread)
    return {str(firm): (figures[0][n], figures[1][n]) for n, firm in enumerate(firms)}


def _places(rows: pa.Table, firms: Sequence[str]) -> dict[Level, tuple[str, ...]]:
    """Where each firm was when it last was on the roster."""
    numbers = rows.column("enterprise_id").to_pylist()
    newest = {str(number): place for place, number in enumerate(numbers)}
    found = {}
    for level, column in PLACES.items():
        codes = rows.column(column).to_pylist()
        found[level] = tuple(str(codes[newest[firm]] or "") for firm in firms)
    return found
