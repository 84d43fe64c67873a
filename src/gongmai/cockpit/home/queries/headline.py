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
from gongmai.monitor.indicator.types import IndicatorError, Request, Row

BESIDE = ("va_growth", "growth_breadth")
LEAGUE = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A county in the league: its growth and what it adds to the city's, as fractions."""

    label: str
    growth: float | None
    pull: float | None
    level: float | None
    url: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The latest published period, cumulative: values by indicator."""

    period: Period
    vintage: int
    total: Row
    league: tuple[Place, ...]
    overview_url: str


def headline(actor: Actor) -> Headline | None:
    """The headline over the firms within reach; None where nothing is published or the actor may not see it."""
    if not may(actor, "indicator.view"):
        return None
    periods = published_periods()
    if not periods:
        return None
    period = Period.from_key(periods[-1])
    try:
        table = compute(
            actor, Request(period=period, view=View.CUMULATIVE, by=("region",), indicators=BESIDE)
        )
    except (NotPublished, IndicatorError):
        return None
    language = "en" if (get_language() or "").startswith("en") else "zh-Hans"
    rows = sorted(table.rows, key=lambda row: -(row["growth"] if row["growth"] is not None else -9))
    league = tuple(
        Place(
            label=table.label("region", row.codes["region"], language),
            growth=row["growth"],
            pull=row["pull"],
            level=row["level"],
            url=link("indicator:league", f"period={period}&region={row.codes['region']}"),
        )
        for row in rows[:LEAGUE]
    )
    return Headline(
        period=period,
        vintage=table.vintage,
        total=table.total,
        league=league,
        overview_url=link("indicator:overview", f"period={period}"),
    )
