"""The forecast page: history, fan of what is to come, the record of such forecasts, Excel."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.registry.queries import list_enterprises
from gongmai.core.registry.types import EnterpriseFilter
from gongmai.monitor.indicator.queries.catalogue import DEFAULT_ITEM
from gongmai.monitor.outlook.queries import forecast_vintages as kept
from gongmai.monitor.outlook.queries.forecast_reading import (
    Outlook,
    levels_for,
    read_outlook,
    visible_keys,
)
from gongmai.monitor.outlook.types import Level
from gongmai.monitor.outlook.views import forecast_board
from gongmai.monitor.outlook.views import forecast_words as words
from gongmai.monitor.outlook.views.forecast_words import key_label, level_label

HORIZONS = (18, 12, 6, 3)
MOST_FIRMS = 30


@login_required
@require_GET
def forecast(request: HttpRequest) -> HttpResponseBase:
    """Level, key, item and horizon live in the address."""
    actor = cast("Actor", request.actor)  # type: ignore[attr-defined]
    levels = levels_for(actor)
    items = [code for code in kept.settings_of_city()["items"] if code in items_by_code()]
    item = request.GET.get("item", DEFAULT_ITEM)
    item = item if item in items else items[0]
    asked = request.GET.get("level", "")
    level = Level(asked) if asked in set(Level) and Level(asked) in levels else levels[0]
    horizon = _horizon(request)
    context: dict[str, Any] = {
        "items": [(code, words.item_label(code), code == item) for code in items],
        "item": item,
        "item_label": words.item_label(item),
        "levels": [(each.value, level_label(each), each is level) for each in levels],
        "level": level.value,
        "is_firms": level is Level.ENTERPRISE,
        "search": request.GET.get("q", ""),
        "horizons": [(each, each == horizon) for each in HORIZONS],
        "horizon": horizon,
    }
    try:
        file = kept.newest(item)
    except kept.NoForecast:
        return render(request, "outlook/forecast.html", context | {"missing": "none"})
    keys = _offered(actor, file, level, request.GET.get("q", ""))
    asked = request.GET.get("key", "")
    if asked not in {code for code, _label in keys} and level is not Level.ENTERPRISE:
        asked = ""
    key, outlook = _first(actor, item, level, [asked] if asked else [code for code, _label in keys])
    context["keys"] = [(code, label, code == key) for code, label in keys]
    context["key"] = key
    if outlook is None:
        status = 404 if asked else 200
        return render(request, "outlook/forecast.html", context | {"missing": "key"}, status=status)
    name = key_label(actor, level, key)
    title = f"{name} · {words.item_label(item)}"
    if (wanted := wanted_format(request)) is not None:
        tables = forecast_board.tables(outlook, title, horizon)
        return table_response(request, tables, f"{title} {_('Forecast')} {outlook.file.last}", wanted)
    return render(request, "outlook/forecast.html", context | _shown(outlook, title, horizon))


def _first(actor: Actor, item: str, level: Level, keys: Sequence[str]) -> tuple[str, Outlook | None]:
    """The first of the series that has a forecast: firms new on the roster have none."""
    for key in keys:
        try:
            return key, read_outlook(actor, item, level, key)
        except (kept.NoForecast, NotAllowed):
            continue
    return (keys[0] if keys else ""), None


def _horizon(request: HttpRequest) -> int:
    text = request.GET.get("horizon", "")
    return int(text) if text in {str(each) for each in HORIZONS} else 12


def _offered(actor: Actor, file: kept.ForecastFile, level: Level, search: str) -> list[tuple[str, str]]:
    """The keys that may be chosen, worded; of firms the first that match the search."""
    if level is Level.ENTERPRISE:
        page = list_enterprises(actor, EnterpriseFilter(text=search, roster="on"), size=MOST_FIRMS)
        return [(str(firm.pk), firm.name) for firm in page.rows]
    return [(key, key_label(actor, level, key)) for key in visible_keys(actor, file, level)]


def _shown(outlook: Outlook, title: str, horizon: int) -> dict[str, Any]:
    unit = words.item_unit(outlook.file.item)
    return {
        "title": title,
        "unit": unit,
        "made_at": timezone.localtime(outlook.file.made_at),
        "vintage": outlook.file.vintage,
        "last": words.period_option(outlook.file.last),
        "chart": forecast_board.fan_chart(outlook, horizon),
        "chart_table": forecast_board.fan_table(outlook, horizon),
        "rows": forecast_board.rows(outlook, horizon),
        "record": forecast_board.record_of(outlook.record),
        "level_record": forecast_board.record_of(outlook.level_record),
        "trial_chart": forecast_board.trial_chart(outlook),
        "trial_rows": forecast_board.trial_rows(outlook),
    }
