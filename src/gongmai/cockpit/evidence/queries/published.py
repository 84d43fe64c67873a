"""Where a figure went: the vintages that hold it with their values, the indicators that contain it."""

from datetime import date
from typing import Any

from django.utils.translation import get_language

from gongmai.cockpit.evidence.types import Container, Publication
from gongmai.core.access.queries import may
from gongmai.core.access.types import Actor
from gongmai.core.formula.types import View
from gongmai.core.panel.queries import engine, vintages
from gongmai.core.panel.queries.items import columns
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries.catalogue import get_column, get_item, list_indicators, views_of
from gongmai.monitor.indicator.types import IndicatorError


def publications(enterprise_id: int, period: Period, cell: str) -> list[Publication]:
    """The values of the figure in the vintages that wrote its period, equal neighbours as one.

    The caller has checked the reach over the firm.
    """
    if cell not in {column.name for column in columns()}:
        return []
    found: list[Publication] = []
    for vintage, path in vintages.publications_of(period.key):
        rows = engine.engine().query(
            f"SELECT {cell} AS v FROM panel WHERE enterprise_id = ? AND period = ?",
            [enterprise_id, period.key],
            sources={engine.RELATION: (path,)},
        )
        values = rows.column("v").to_pylist()
        value: Any = values[0] if values else None
        last = found[-1] if found else None
        if last is not None and (last.value, last.is_present) == (value, bool(values)):
            continue
        if last is not None:
            found[-1] = Publication(
                last.first, vintage.number - 1, last.at, last.reason, last.value, last.is_present
            )
        found.append(
            Publication(vintage.number, None, vintage.published_at, vintage.reason, value, bool(values))
        )
    return [each for each in found if each.is_present or each is not found[0]]


def containers(actor: Actor, period: Period, cell: str) -> list[Container]:
    """The indicators in force whose formula reads the figure; none for whoever may not see indicators."""
    if not may(actor, "indicator.view"):
        return []
    item = cell.partition("__")[0]
    try:
        get_item(item)
    except IndicatorError:
        return []
    language = "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"
    found: dict[str, Container] = {}
    for indicator in list_indicators(date(period.year, period.month, 1)):
        asked = item if indicator.per_item else "output"
        for view in sorted(views_of(asked) & indicator.views):
            try:
                checked = get_column(indicator.code, asked, period).checked
            except IndicatorError:
                continue
            if cell in checked.columns(view) and indicator.code not in found:
                found[indicator.code] = Container(
                    indicator.code,
                    indicator.label[language],
                    "month" if view is not View.CUMULATIVE else "",
                    asked if asked != "output" else "",
                    str(period),
                )
    return list(found.values())
