"""Options of the charts, as plain data for the chart component; every chart has its table beside it.

Colours are written as names of the theme (``--up``, ``--down``, ``--accent``): the page
resolves them, so that red and green follow the reader's convention.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

MINUS = "\u2212"
UP, DOWN, ACCENT, MUTED = "var(--up)", "var(--down)", "var(--accent)", "var(--ink-3)"
Points = Sequence[float | None]


def _percent(values: Points, digits: int = 2) -> list[float | None]:
    return [None if value is None else round(value * 100, digits) for value in values]


def _scaled(values: Points, divisor: float, digits: int = 2) -> list[float | None]:
    return [None if value is None else round(value / divisor, digits) for value in values]


def line_chart(
    periods: Sequence[str], series: Mapping[str, Points], *, kind: str, zero: bool = False
) -> dict[str, Any]:
    """Lines over periods; an unknown value leaves a gap. `kind` as in `cells`: growth, share, yi, decimal."""
    fraction = kind in {"growth", "share", "points"}
    data = {
        name: _percent(values)
        if fraction
        else _scaled(values, 100_000.0 if kind == "yi" else 10.0 if kind == "wan" else 1.0)
        for name, values in series.items()
    }
    unit = "%" if kind in {"growth", "share"} else _("points") if kind == "points" else ""
    unit = _("100 million yuan") if kind == "yi" else _("10,000 yuan") if kind == "wan" else unit
    first = next(iter(data), None)
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": list(periods),
            "boundaryGap": False,
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "name": unit, "scale": not zero},
        "series": [
            {
                "name": name,
                "type": "line",
                "data": values,
                "connectNulls": False,
                "showSymbol": True,
                "symbolSize": 5,
                "lineStyle": {"width": 2},
                **(
                    {
                        "markLine": {
                            "silent": True,
                            "symbol": "none",
                            "label": {"show": False},
                            "data": [{"yAxis": 0}],
                            "lineStyle": {"color": MUTED, "type": "solid"},
                        }
                    }
                    if name == first and fraction
                    else {}
                ),
            }
            for name, values in data.items()
        ],
    }


def bar_chart(names: Sequence[str], values: Points, *, name: str, digits: int = 2) -> dict[str, Any]:
    """Horizontal bars to both sides of zero, in percentage points, the largest on top."""
    shown = _percent(values, digits)
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "grid": {"left": 12, "right": 48, "top": 8, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "value",
            "min": _room_for_labels(shown),
            "splitLine": {"show": False},
            "axisLabel": {"show": False},
        },
        "media": [{"query": {"maxWidth": 420}, "option": {"yAxis": {"axisLabel": {"width": 112}}}}],
        "yAxis": {
            "type": "category",
            "data": list(names),
            "inverse": True,
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "axisLabel": {"width": 148, "overflow": "truncate"},
        },
        "series": [
            {
                "name": name,
                "type": "bar",
                "barMaxWidth": 16,
                "data": [
                    {
                        "value": value,
                        "itemStyle": {"color": UP if (value or 0) >= 0 else DOWN},
                        "label": {
                            "position": "right" if (value or 0) >= 0 else "left",
                            "formatter": f"{value:+.2f}".replace("-", MINUS),
                        },
                    }
                    for value in shown
                    if value is not None
                ],
                "label": {"show": True, "fontSize": 11},
            }
        ],
    }


def waterfall_chart(steps: Sequence[tuple[str, float, bool]], divisor: float = 100_000.0) -> dict[str, Any]:
    """Steps (label, amount, whether it is a level): levels stand on zero, changes float between them."""
    names, floor, rise, fall, level = [], [], [], [], []
    running = 0.0
    for label, amount, is_level in steps:
        names.append(label)
        start = 0.0 if is_level else running
        end = amount if is_level else running + amount
        low = min(start, end)
        floor.append(round(low / divisor, 2) if not is_level else 0)
        level.append(round(end / divisor, 2) if is_level else None)
        rise.append(round(amount / divisor, 2) if not is_level and amount >= 0 else None)
        fall.append(round(-amount / divisor, 2) if not is_level and amount < 0 else None)
        running = end
    bars = (
        (_("Level"), level, ACCENT, ""),
        (_("Increase"), rise, UP, "+"),
        (_("Decrease"), fall, DOWN, MINUS),
    )
    lows = [value for value in floor if value] + [value for value in level if value]
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "grid": {"left": 8, "right": 16, "top": 28, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": names,
            "axisLabel": {"interval": 0, "width": 108, "overflow": "break"},
        },
        # on a phone the labels would run into each other
        "media": [
            {
                "query": {"maxWidth": 620},
                "option": {"xAxis": {"axisLabel": {"rotate": 40, "width": 92, "overflow": "truncate"}}},
            }
        ],
        # the changes are small beside the levels: the axis starts below the lowest step, and says so
        "yAxis": {"type": "value", "name": _("100 million yuan"), "min": _axis_floor(lows)},
        "series": [
            {
                "name": "",
                "type": "bar",
                "stack": "all",
                "data": floor,
                "itemStyle": {"color": "transparent"},
                "tooltip": {"show": False},
                "silent": True,
            },
            *(
                {
                    "name": name,
                    "type": "bar",
                    "stack": "all",
                    "barMaxWidth": 44,
                    "data": [
                        None
                        if value is None
                        else {"value": value, "label": {"formatter": f"{sign}{value:,.1f}"}}
                        for value in values
                    ],
                    "itemStyle": {"color": colour},
                    "label": {"show": True, "position": "top", "fontSize": 11},
                }
                for name, values, colour, sign in bars
            ),
        ],
    }


def _room_for_labels(values: Points) -> float | None:
    """Where the axis of bars starts: left of the lowest negative bar, so that its label has room."""
    known = [value for value in values if value is not None]
    if not known or min(known) >= 0:
        return None
    return round(min(known) - (max(*known, 0.0) - min(known)) * 0.2, 2)


def _axis_floor(lows: Sequence[float]) -> float:
    """A round number somewhat under the lowest step, zero where the steps are large."""
    if not lows:
        return 0
    low, high = min(lows), max(lows)
    if high <= 0 or low < high * 0.5:
        return 0
    step = 10 ** max(len(str(int(high))) - 2, 0)
    return float(int((low - (high - low) * 0.6) / step) * step)
