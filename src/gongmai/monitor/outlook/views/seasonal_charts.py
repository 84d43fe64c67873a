"""The pictures of an adjusted series, as plain data for the chart component."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gongmai.monitor.outlook.types import Adjustment

MUTED, ACCENT, WARM = "var(--ink-3)", "var(--accent)", "#c98a12"
UP, DOWN = "var(--up)", "var(--down)"
SHOWN = 24  # periods of the chart of changes
GRID = {"left": 8, "right": 28, "top": 44, "bottom": 4, "containLabel": True}


def parts_chart(
    made: Adjustment, labels: Sequence[str], unit: str, divisor: float, dates: Mapping[int, dt.date]
) -> dict[str, Any]:
    """Original, adjusted and trend, with a mark at each Spring Festival."""
    lines = (
        (_("Original (per month)"), made.original, {"color": MUTED, "width": 1.5, "type": "dotted"}),
        (_("Seasonally adjusted"), made.adjusted, {"color": ACCENT, "width": 2.5}),
        (_("Trend"), made.trend, {"color": WARM, "width": 1.5, "type": "dashed"}),
    )
    marks = []
    for period, label in zip(made.periods, labels, strict=True):
        year, month = divmod(period, 12)
        date = dates.get(year)
        if date and month == 1:
            marks.append({"xAxis": label, "name": f"{date.month}/{date.day}"})
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {**GRID, "top": 62},
        "xAxis": {
            "type": "category",
            "data": list(labels),
            "boundaryGap": False,
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "name": unit, "nameGap": 26, "scale": True},
        "series": [
            {
                "name": name,
                "type": "line",
                "showSymbol": False,
                "data": [round(float(value) / divisor, 4) for value in values],
                "lineStyle": style,
                "itemStyle": {"color": style["color"]},
                **({"markLine": _festivals(marks)} if place == 1 else {}),
            }
            for place, (name, values, style) in enumerate(lines)
        ],
    }


def _festivals(marks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "label": {"formatter": _("Festival") + " {b}", "fontSize": 11, "color": MUTED},
        "lineStyle": {"color": MUTED, "type": "dashed", "opacity": 0.6},
        "data": marks,
    }


def changes_chart(made: Adjustment, labels: Sequence[str]) -> dict[str, Any]:
    """Changes of the adjusted series on the month before, the newest two years."""
    values = [None if each is None else round(each * 100, 2) for each in made.change[-SHOWN:]]
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "grid": {**GRID, "top": 28},
        "xAxis": {"type": "category", "data": list(labels[-SHOWN:]), "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "name": "%"},
        "series": [
            {
                "name": _("On the month before, adjusted"),
                "type": "bar",
                "data": [
                    {"value": value, "itemStyle": {"color": UP if (value or 0) >= 0 else DOWN}}
                    for value in values
                ],
            }
        ],
    }
