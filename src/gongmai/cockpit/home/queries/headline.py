"""The city's headline numbers and the order of its counties, for the landing page."""

from dataclasses import dataclass

from django.utils.translation import get_language

from gongmai.cockpit.home.queries.menu import link
from gongmai.core.access.queries import may
from gongmai.core.access.types import Actor
from gongmai.core.formula.types import View
from gongmai.core.panel.queries.vintages import NotPublished, published_periods
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.trend import last_periods, trend
from gongmai.monitor.indicator.types import IndicatorError, Request, Row, Table, Trend

BESIDE = ("va_growth", "growth_breadth", "reported")
# a period that was just opened would show a few firms as the city
COMPLETE_ENOUGH = 0.9
TREND = 18
FEW = 3
LEAGUE = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A county or an industry in the league: its growth, and what it adds to the whole's, as fractions."""

    label: str
    growth: float | None
    pull: float | None


@dataclass(frozen=True, slots=True)
class Headline:
    """The latest published period, cumulative: values by indicator."""

    period: Period
    vintage: int
    total: Row
    league_cut: str
    league: tuple[Place, ...]
    overview_url: str
    league_url: str


def headline(actor: Actor) -> Headline | None:
    """The headline over the firms within reach; None where none is published or the actor may not see it."""
    if not may(actor, "indicator.view"):
        return None
    table = _latest_table(actor)
    if table is None:
        return None
    period = table.request.period
    cut = "region"
    ranked = table
    if len(table.rows) < FEW:
        # an officer of one county compares its industries, not the county with itself
        cut = "industry_division"
        ranked = compute(actor, Request(period=period, view=View.CUMULATIVE, by=(cut,)))
    by_level = sorted(ranked.rows, key=lambda row: -(row["level"] or 0))[:LEAGUE]
    rows = sorted(by_level, key=lambda row: -(row["growth"] if row["growth"] is not None else -9))
    league = tuple(
        Place(ranked.label(cut, row.codes[cut], _language()), row["growth"], row["pull"]) for row in rows
    )
    return Headline(
        period=period,
        vintage=table.vintage,
        total=table.total,
        league_cut=cut,
        league=league,
        overview_url=link("indicator:overview", f"period={period}"),
        league_url=link("indicator:league", f"period={period}&by={cut}"),
    )


def growth_trend(actor: Actor, period: Period) -> Trend | None:
    """Cumulative growth of the last periods up to `period`."""
    try:
        request = Request(period=period, view=View.CUMULATIVE)
        return trend(actor, request, last_periods(period, TREND))
    except (NotPublished, IndicatorError):
        return None


def _latest_table(actor: Actor) -> Table | None:
    """The newest period of which nearly all is approved, else the one before the newest."""
    tables = []
    for key in reversed(published_periods()[-2:]):
        request = Request(
            period=Period.from_key(key), view=View.CUMULATIVE, by=("region",), indicators=BESIDE
        )
        try:
            table = compute(actor, request)
        except (NotPublished, IndicatorError):
            continue
        if (table.total["reported"] or 0) >= (table.total["firms"] or 0) * COMPLETE_ENOUGH:
            return table
        tables.append(table)
    return tables[-1] if tables else None


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"
