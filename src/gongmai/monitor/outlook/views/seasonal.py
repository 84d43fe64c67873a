"""A series of the city without its season: picture, figures, how good it is, how it was revised."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.monitor.indicator.queries.cuts import get_cut, labels_of
from gongmai.monitor.outlook.messages import LEVEL_NAMES, describe_adjustment, say, word_error
from gongmai.monitor.outlook.queries.city_seasonal import (
    COMPARABLE,
    LEVELS,
    PUBLISHED,
    CitySeries,
    adjust_city_series,
    known_keys,
    read_level,
)
from gongmai.monitor.outlook.queries.panel_series import CUTS, JOINT
from gongmai.monitor.outlook.queries.seasonal import METHODS, STL, X11
from gongmai.monitor.outlook.queries.seasonal_rules import festival_dates, seasonal_rules
from gongmai.monitor.outlook.types import Adjustment, Level, PanelSeries, SeriesError
from gongmai.monitor.outlook.views.seasonal_charts import changes_chart, parts_chart
from gongmai.monitor.outlook.views.seasonal_tables import (
    figure,
    make_tables,
    period_label,
)
from gongmai.ui.templatetags.display import KCNY_PER_100M


@require_safe
def seasonal(request: HttpRequest) -> HttpResponseBase:
    """The page, or its tables as Excel; the whole state is in the address."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "indicator.view")
    rules = seasonal_rules()
    item = _one(request, "item", rules.items)
    level = Level(_one(request, "level", [each.value for each in LEVELS]))
    basis = _one(request, "basis", (COMPARABLE, PUBLISHED))
    method = _one(request, "method", METHODS)
    context: dict[str, Any] = {
        "items": [(code, say(items_by_code()[code].label)) for code in rules.items],
        "item": item,
        "levels": [(each.value, LEVEL_NAMES[each]) for each in LEVELS],
        "level": level.value,
        "bases": ((COMPARABLE, _("Comparable basis")), (PUBLISHED, _("Published levels"))),
        "basis": basis,
        "methods": ((X11, _("Regression and X-11 filters")), (STL, _("Regression and STL"))),
        "method": method,
    }
    try:
        series = read_level(actor, item, level)
        keys = known_keys(series)
        key = _one(request, "key", keys) if keys else ""
        names = _names(series, keys)
        context |= {"keys": [(each, names[each]) for each in keys] if level is not Level.CITY else []}
        found = adjust_city_series(series, key, basis=basis, method=method)
    except NotPublished:
        return render(request, "outlook/seasonal.html", {**context, "reason": _("Nothing is published yet.")})
    except SeriesError as error:
        return render(request, "outlook/seasonal.html", {**context, "reason": word_error(error)})
    title = f"{names[key]} · {say(items_by_code()[item].label)}"
    labels = [period_label(period) for period in found.made.periods]
    unit = items_by_code()[item].unit
    tables = make_tables(found, labels, unit, title)
    if (wanted := wanted_format(request)) is not None:
        return table_response(request, tables, _("Seasonal adjustment %(title)s") % {"title": title}, wanted)
    return render(
        request,
        "outlook/seasonal.html",
        {**context, "key": key, "title": title, **_shown(found, labels, unit)},
    )


def _shown(found: CitySeries, labels: Sequence[str], unit: str) -> dict[str, Any]:
    made = found.made
    money = unit == "kcny"
    divisor = KCNY_PER_100M if money else 1.0
    words = {
        "kcny": _("100 million yuan"),
        "mwh10": _("10,000 kWh"),
        "person": _("persons"),
    }.get(unit, "")
    return {
        "made": made,
        "vintage": found.vintage,
        "published": found.basis == PUBLISHED,
        "chart": parts_chart(made, labels, words, divisor, festival_dates()),
        "changes": changes_chart(made, labels) if made.relative else None,
        "unit": words,
        "lines": describe_adjustment(made, filled=found.filled),
        "grades": _grades(made),
        "rows": [
            {
                "label": labels[at],
                "filed": figure(made.filed[at], unit),
                "adjusted": figure(made.adjusted[at], unit),
                "trend": figure(made.trend[at], unit),
                "change": made.change[at],
                "amount": figure(made.change[at], unit),
            }
            for at in reversed(range(len(labels)))
        ],
        "revisions": [
            {
                "label": period_label(each.period),
                "first": figure(each.first, unit),
                "now": figure(each.now, unit),
                "moved": each.now / each.first - 1 if made.relative and each.first > 0 else None,
                "first_change": each.first_change,
                "change": each.change,
            }
            for each in reversed(made.revisions)
        ],
    }


def _grades(made: Adjustment) -> list[dict[str, Any]]:
    if made.quality is None:
        return []
    names = seasonal_rules().quality
    return [
        {"code": code, "label": say(names[code]), "value": value, "bad": value > 1}
        for code, value in made.quality.grades.items()
    ]


def _one(request: HttpRequest, name: str, offered: Sequence[str]) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in offered else offered[0]


def _names(series: PanelSeries, keys: Sequence[str]) -> dict[str, str]:
    cuts = [get_cut(code) for code in CUTS[series.level]]
    if not cuts:
        return dict.fromkeys(keys, _("Whole city"))
    labels = labels_of(cuts)
    found = {}
    for key in keys:
        parts = [
            say(labels[cut.code][code]) if code in labels[cut.code] else code or _("Not stated")
            for cut, code in zip(cuts, key.split(JOINT), strict=True)
        ]
        found[key] = " · ".join(parts)
    return found
