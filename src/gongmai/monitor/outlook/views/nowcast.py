"""The nowcast: this month's output before the returns are in, its inputs and record, who works again."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import current_period, labeller
from gongmai.monitor.outlook.messages import say
from gongmai.monitor.outlook.queries import nowcast_tables as tables
from gongmai.monitor.outlook.queries.nowcast import VIEW_ACTION, Nowcast, path_of, target_options
from gongmai.monitor.outlook.queries.nowcast import nowcast as read_nowcast
from gongmai.monitor.outlook.queries.nowcast_rules import inputs, parameters
from gongmai.monitor.outlook.queries.resumption import rates


@require_GET
def nowcast(request: HttpRequest) -> HttpResponseBase:
    """The page, its workbook and its CSV file."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, VIEW_ACTION)
    options = target_options()
    period = _period(request.GET.get("period", ""), options)
    level = request.GET.get("level", "county")
    level = level if level in {"county", "industry"} else "county"
    asof = _day(request.GET.get("asof", ""))
    choices: dict[str, Any] = {
        "period": period,
        "periods": options,
        "level": level,
        "asof": request.GET.get("asof", "") if asof else "",
        "today": clock.today(),
    }
    try:
        found = read_nowcast(actor, period, level=level, asof=asof)
        again = rates(actor, period, asof=asof)
        steps = () if found.whole.hidden else path_of(actor, period, asof=asof)
    except NotPublished:
        return render(request, "outlook/nowcast.html", choices | {"found": None})
    label = tables.group_labels(level, labeller())
    if (wanted := wanted_format(request)) is not None:
        title = _("Nowcast of output %(period)s") % {"period": period}
        sheets = [
            tables.group_table(found, label, level),
            tables.input_table(found),
            tables.record_table(found),
            tables.path_table(steps),
        ]
        if again is not None:
            sheets.append(tables.rates_table(again, labeller()))
        return table_response(request, sheets if wanted == "xlsx" else sheets[0], title, wanted)
    return render(request, "outlook/nowcast.html", choices | _context(found, again, steps, label, actor))


def _context(found: Nowcast, again: Any, steps: Any, label: Any, actor: Any) -> dict[str, Any]:
    words = labeller()
    kinds = {each.code: each for each in inputs()}
    context = {
        "found": found,
        "interval": parameters(clock.today())["interval"],
        "rows": [
            {"group": each, "label": label(each.code)}
            for each in sorted(found.groups, key=lambda one: -one.estimate)
        ],
        "inputs": [
            {"row": row, "label": say(kinds[row.code].label), "about": say(kinds[row.code].about)}
            for row in found.inputs
        ],
        "record": found.record[::-1],
        "input_labels": [say(each.label) for each in inputs()],
        "chart": tables.path_chart(steps),
        "chart_table": tables.path_shown(steps),
        "rates": again,
        "may_firms": may(actor, "indicator.firms"),
    }
    if again is not None:
        context |= {
            "about_rates": say(again.definition.about),
            "rates_chart": tables.rates_chart(again),
            "rates_by": [
                (name, [(words(kind, code), one) for code, one in again.groups[cut].items()])
                for cut, kind, name in (
                    ("unit", "unit", _("By county")),
                    ("industry_division", "industry", _("By industry")),
                )
            ],
        }
    return context


def _period(text: str, options: list[Period]) -> Period:
    try:
        period = Period.parse(text)
    except ValueError:
        period = current_period()
    return period if period in options else current_period()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= clock.today() else None
