"""The target watch: table by level, paths of one row, firms behind the change, what-if levers."""

from typing import Any, cast

from django.contrib import messages as toasts
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongmai.core.access.queries import check_may, may
from gongmai.core.access.types import Actor
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.panel.queries.vintages import NotPublished, current_vintage
from gongmai.core.period.types import LAST_MONTH
from gongmai.core.registry.queries import labeller
from gongmai.monitor.indicator.queries.disclosure import sees_firms
from gongmai.monitor.outlook.actions.targets import EDIT, FIRST_YEAR, LAST_YEAR, set_target
from gongmai.monitor.outlook.forms import LeverForm, TargetForm, month_choices
from gongmai.monitor.outlook.messages import NO_FACTS, say
from gongmai.monitor.outlook.queries.target_facts import (
    VIEW_ACTION,
    NoFacts,
    watched_items,
    watched_period,
)
from gongmai.monitor.outlook.queries.target_watch import Watch, watch_targets
from gongmai.monitor.outlook.queries.targets import LEVELS, years_with_targets
from gongmai.monitor.outlook.rules.targets import Levers
from gongmai.monitor.outlook.views import target_board
from gongmai.ui.reading import whole_number

ITEM = "output"


@login_required
@require_GET
def target(request: HttpRequest) -> HttpResponseBase:
    """The watch of a year; year, item, level, the row drawn and the levers live in the address."""
    actor = cast("Actor", request.actor)  # type: ignore[attr-defined]
    check_may(actor, VIEW_ACTION)
    item = request.GET.get("item", ITEM)
    item = item if item in watched_items() else ITEM
    level = request.GET.get("level", "county")
    level = level if level in LEVELS else "county"
    context: dict[str, Any] = {
        "item": item,
        "items": [(code, say(items_by_code()[code].label)) for code in watched_items()],
        "level": level,
        "may_edit": may(actor, EDIT),
        "levels": [(code, target_board.level_label(code)) for code in LEVELS],
    }
    try:
        newest = watched_period(current_vintage())
        year = _year(request, newest.year)
        context |= {"year": year, "years": sorted({newest.year, *years_with_targets(item)}, reverse=True)}
        form, watch = _watch(request, actor, year, item, level)
    except NotPublished:
        return _empty(request, context, "no_period")
    except NoFacts as error:
        return _empty(request, context, error.code)
    board = target_board.make_board(watch, labeller())
    if (wanted := wanted_format(request)) is not None:
        tables = target_board.tables(actor, watch, board)
        return table_response(request, tables, f"{_('Target watch')} {year} {watch.period}", wanted)
    context |= target_board.context(actor, watch, board, request)
    context |= {
        "levers": form,
        "pulled": watch.levers.is_pulled,
        "download": f"?{_query(request)}&format=xlsx",
    }
    if context["may_edit"]:
        context["target_form"] = TargetForm(None, groups=_groups(watch))
    return render(
        request, "outlook/target.html", context, status=422 if form.is_bound and form.errors else 200
    )


@login_required
@require_POST
def edit(request: HttpRequest) -> HttpResponseBase:
    """Set one target of a year."""
    actor = cast("Actor", request.actor)  # type: ignore[attr-defined]
    check_may(actor, EDIT)
    year, item = whole_number(request.POST.get("year")), request.POST.get("item", ITEM)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR or item not in watched_items():
        toasts.error(request, _("Name the year and the item of the target."))
        return redirect("outlook:target")
    level, _sep, code = request.POST.get("group", "").partition(":")
    form = TargetForm(request.POST, groups=[(request.POST.get("group", ""), "")])
    back = f"{reverse('outlook:target')}?year={year}&item={item}" + (
        f"&level={level}" if level in {"county", "industry"} else ""
    )
    if not form.is_valid():
        wrong = "; ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())
        toasts.error(request, wrong)
        return redirect(back)
    data = form.cleaned_data
    try:
        set_target(
            actor, year=year, item=item, level=level, code=code, value=data["value"], source=data["source"]
        )
    except ValueError:
        toasts.error(request, _("There is no such county or industry."))
        return redirect(back)
    toasts.success(request, _("The target was set."))
    return redirect(back)


def _year(request: HttpRequest, newest: int) -> int:
    year = whole_number(request.GET.get("year"))
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else newest


def _watch(request: HttpRequest, actor: Actor, year: int, item: str, level: str) -> tuple[LeverForm, Watch]:
    kind, _sep, code = request.GET.get("of", "").partition(":")
    period = watched_period(current_vintage(), year)
    left = list(range(period.month + 1, LAST_MONTH + 1)) if period.year == year else []
    pulled = [name for name in ("stop", "project", "fall") if request.GET.get(name)]
    counties, industries = target_board.codes_of("county"), target_board.codes_of("industry")
    form = LeverForm(
        request.GET if pulled else None,
        months=month_choices(left),
        counties=counties,
        industries=industries,
        may_stop=sees_firms(actor),
    )
    levers = form.levers() if pulled and form.is_valid() else Levers()
    watch = watch_targets(actor, year, item=item, level=level, chart_of=(kind, code), levers=levers)
    if watch.stop_unknown:
        form.add_error("stop", _("No firm of the period has this credit code."))
    return form, watch


def _groups(watch: Watch) -> list[tuple[str, str]]:
    names = labeller()
    return [
        (f"{row.level}:{row.code}", target_board.name_of(row.level, row.code, names)) for row in watch.rows
    ]


def _query(request: HttpRequest) -> str:
    given = request.GET.copy()
    given.pop("format", None)
    return given.urlencode()


def _empty(request: HttpRequest, context: dict[str, Any], code: str) -> HttpResponseBase:
    return render(request, "outlook/target_empty.html", context | {"reason": NO_FACTS[code]}, status=404)
