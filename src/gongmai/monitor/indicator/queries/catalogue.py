"""The catalogue of indicators, checked against the item dictionary, and filled for an item on request."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from gongmai.core.formula.queries import build_vocabulary, load_catalogue
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.types import Checked, Formula, FormulaError, Item, Kind, View, Vocabulary
from gongmai.core.panel.queries.items import entries
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.rules.relation import cell
from gongmai.monitor.indicator.types import ITEM_MARK, Column, Indicator, IndicatorError

FILE = Path(__file__).parent.parent / "data" / "indicators.yaml"
DEFAULT_ITEM = "output"
# formulas of other aggregates, or that read joined parameters, have no meaning on the nominal basis
_NOMINAL_AGGREGATES = frozenset({"sum"})
_AGGREGATES = frozenset({"sum", "avg", "min", "max", "median", "count_where", "sum_where", "firms"})
_CELLS = frozenset({Kind.FLOW, Kind.CUMULATIVE, Kind.STOCK})
_COUNTABLE = frozenset({Kind.FLOW, Kind.CUMULATIVE, Kind.STOCK, Kind.LEVEL})


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """What an indicator may name: the items of the panel, the attributes of firms, the calendar."""
    return build_vocabulary(entries(), params=load_catalogue(FILE).params)


@lru_cache(maxsize=1)
def indicators() -> tuple[Indicator, ...]:
    """Every version of every indicator, in the catalogue's order; raises FormulaError on a wrong one."""
    return tuple(_indicator(formula) for formula in load_catalogue(FILE).formulas)


def list_indicators(on: date | None = None) -> list[Indicator]:
    """The indicators in force on a day, all versions without one."""
    return [entry for entry in indicators() if on is None or entry.formula.in_force(on)]


def get_indicator(code: str, period: Period) -> Indicator:
    """The version in force in a period; IndicatorError when there is none."""
    day = date(period.year, period.month, 1)
    for entry in indicators():
        if entry.code == code and entry.formula.in_force(day):
            return entry
    raise IndicatorError("unknown_indicator", indicator=code, period=str(period))


def get_item(code: str) -> Item:
    """An item that can be added up over firms; IndicatorError for any other."""
    item = vocabulary().items.get(code)
    if item is None or item.kind not in _COUNTABLE:
        raise IndicatorError("unknown_item", item=code)
    return item


@lru_cache(maxsize=1024)
def get_column(code: str, item: str, period: Period) -> Column:
    """An indicator filled for an item and checked."""
    get_item(item)
    indicator = get_indicator(code, period)
    return Column(indicator, _fill(indicator.formula, item))


def views_of(item: str) -> frozenset[View]:
    """The views that an item has: a cumulative item has no month of its own."""
    return frozenset({View.CUMULATIVE}) if get_item(item).kind is Kind.CUMULATIVE else frozenset(View)


def cell_of(item: str, view: View, *, base: bool = False) -> str:
    """The cell of an item in a view, or its base; IndicatorError for an unknown item."""
    return cell(item, get_item(item).kind, view, base=base)


def _indicator(formula: Formula) -> Indicator:
    checked = _fill(formula, DEFAULT_ITEM)
    extra = formula.extra
    wanted = extra.get("views")
    return Indicator(
        formula=formula,
        views=frozenset(View(view) for view in wanted) if wanted else checked.views,
        shape=extra["shape"],
        about=extra["about"],
        per_item=ITEM_MARK in formula.text,
        nominal=formula.code == "firms" or _is_nominal(checked),
    )


def _fill(formula: Formula, item: str) -> Checked:
    try:
        return check(replace(formula, text=formula.text.replace(ITEM_MARK, item)), vocabulary())
    except FormulaError as error:
        raise IndicatorError("not_for_item", indicator=formula.code, item=item, reason=error.code) from error


def _is_nominal(checked: Checked) -> bool:
    used = {node.op for node in checked.tree.walk()} & _AGGREGATES
    kinds = {ref.item.kind for ref in checked.refs}
    return used <= _NOMINAL_AGGREGATES and kinds <= _CELLS and not checked.lookback
