"""Where a person lands after signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.cockpit.home.queries import headline, returns, system
from gongmai.cockpit.home.views.shell import choose_shell
from gongmai.core.access.queries import may
from gongmai.core.access.types import Actor, Role
from gongmai.core.registry.queries import current_period
from gongmai.core.review.messages import STATE_LABELS
from gongmai.ui.templatetags.display import signed

TECHNICAL = frozenset({Role.SYSADMIN, Role.AUDITOR})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is due, what waits, where the city stands: whatever of it the person may see."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    state = headline.headline(actor)
    context: dict[str, Any] = {
        "home_shell": "ui/cockpit.html" if actor.roles == {Role.LEADER} else choose_shell(actor),
        "period": current_period(),
        "tasks": [{"task": task, "label": STATE_LABELS[task.state]} for task in returns.tasks(actor)],
        "is_reviewer": may(actor, "return.review_county") or may(actor, "return.review_city"),
        "is_firm": may(actor, "return.file"),
        "progress": returns.progress(actor) if may(actor, "completeness.view") else [],
        "headline": state,
        "system": system.system_state(actor) if actor.roles & TECHNICAL else None,
        "is_guest": not actor.roles or actor.roles <= {Role.BANK, Role.EXPERT},
    }
    if state is not None:
        context |= {
            "league_chart": _league_chart(state),
            "league_table": _league_table(state),
            "trend_chart": _trend_chart(actor, state),
        }
    return render(request, "home/home.html", context)


def _league_chart(state: headline.Headline) -> dict[str, Any]:
    """Growth by county as bars, the best on top; the city's own growth as a line."""
    places = [place for place in reversed(state.league) if place.growth is not None]
    city = state.total["growth"]
    return {
        "grid": {"left": 4, "right": 56, "top": 8, "bottom": 4, "containLabel": True},
        "tooltip": {"show": False},
        "xAxis": {"type": "value", "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "yAxis": {"type": "category", "data": [place.label for place in places]},
        "series": [
            {
                "type": "bar",
                "barWidth": "58%",
                "data": [
                    {
                        "value": round((place.growth or 0) * 100, 1),
                        "label": {
                            "show": True,
                            "position": "right",
                            "formatter": signed(place.growth),
                            "color": "var(--up)" if (place.growth or 0) >= 0 else "var(--down)",
                        },
                    }
                    for place in places
                ],
                "markLine": {
                    "symbol": "none",
                    "label": {"show": False},
                    "lineStyle": {"color": "var(--ink-3)"},
                    "data": [{"xAxis": round(city * 100, 1)}] if city is not None else [],
                },
            }
        ],
    }


def _league_table(state: headline.Headline) -> dict[str, Any]:
    return {
        "columns": ["", _("Growth"), _("Pull, points")],
        "rows": [
            [place.label, signed(place.growth), signed(place.pull, 2).rstrip("%")] for place in state.league
        ],
    }


def _trend_chart(actor: Actor, state: headline.Headline) -> dict[str, Any] | None:
    """Cumulative growth over the last periods, with its table."""
    found = headline.growth_trend(actor, state.period)
    if found is None or not found.series:
        return None
    values = found.series[0].values["growth"]
    periods = [str(period) for period in found.periods]
    option = {
        "grid": {"left": 4, "right": 52, "top": 20, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": periods, "boundaryGap": False},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%"}, "scale": True},
        "series": [
            {
                "type": "line",
                "name": _("Growth, cumulative"),
                "data": [None if value is None else round(value * 100, 1) for value in values],
                "areaStyle": {"opacity": 0.08},
                "endLabel": {"show": True, "formatter": "{c}%"},
            }
        ],
    }
    table = {
        "columns": [_("Period"), _("Growth, cumulative")],
        "rows": [[period, signed(value)] for period, value in zip(periods, values, strict=True)],
    }
    return {"option": option, "table": table}
