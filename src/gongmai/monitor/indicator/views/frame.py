"""What all indicator screens share: tabs, the bar of choices, the path of the drill-down, downloads."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import yaml
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongmai.core.access.queries import check_may, may
from gongmai.core.access.types import Actor
from gongmai.core.panel.queries.items import items_by_code
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import city, code_list
from gongmai.monitor.indicator import messages
from gongmai.monitor.indicator.forms import BASES, VIEWS, Selection, read_selection
from gongmai.monitor.indicator.queries.cuts import GROUP_PREFIX, codes_of, list_cuts
from gongmai.monitor.indicator.queries.kept import remember
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL
from gongmai.monitor.indicator.types import Cut as CutType
from gongmai.monitor.indicator.types import IndicatorError
from gongmai.monitor.indicator.views import published, reading, words
from gongmai.monitor.indicator.views.once import once, one_page

_SCREENS = Path(__file__).parent.parent / "data" / "screens.yaml"
INDUSTRIES = ("industry_section", "industry_division", "industry_group", "industry_class")
# digits of the codes of a level where one list holds several
WIDTHS = {"industry_section": 1, "industry_division": 2, "region": 6}
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Cut:
    """A way of grouping firms, worded; `next` is where the drill-down leads."""

    code: str
    label: str
    next: str
    in_filter: bool = True


@lru_cache(maxsize=1)
def screens() -> dict[str, Any]:
    """The catalogue of the screens."""
    return cast("dict[str, Any]", yaml.safe_load(_SCREENS.read_text(encoding="utf-8")))


def cuts() -> dict[str, Cut]:
    """Every cut that is offered, in order, the city's display groups last."""
    return once("cuts", _cuts)


def _cuts() -> dict[str, Cut]:
    known = {cut.code: cut for cut in list_cuts()}
    offered = {
        entry["code"]: Cut(
            entry["code"], words.word(known[entry["code"]].label), entry["next"], entry.get("in_filter", True)
        )
        for entry in screens()["cuts"]
        if entry["code"] in known
    }
    groups = {
        code: Cut(code, words.word(cut.label), screens()["after_group"])
        for code, cut in known.items()
        if code.startswith(GROUP_PREFIX)
    }
    return {**offered, **groups}


def for_readers(view: View) -> View:
    """Let in only people who may see indicators; others see the sign-in page or a refusal."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_may(actor_of_request(request), "indicator.view")
        try:
            with one_page():
                return view(request, *args, **kwargs)
        except (NotPublished, IndicatorError) as error:
            return _cannot(request, error)

    return guarded


def _cannot(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """A page that says why there is no answer, with the bar of choices still there."""
    selection = read_selection(request.GET, latest=published.newest_period(), cuts=cuts())
    known = published.periods(selection.vintage)
    if isinstance(error, IndicatorError):
        reason = messages.word_error(error)
    elif not published.periods():
        reason = ""
    elif selection.period not in known:
        reason = _("The period %(period)s is not part of this vintage.") % {"period": selection.period}
    else:
        reason = _("Vintage %(number)s does not exist.") % {"number": selection.vintage}
    return show(request, "indicator/empty.html", selection, {"reason": reason}, status=404)


def actor_of_request(request: HttpRequest) -> Actor:
    """The person who asks."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]


def select(
    request: HttpRequest,
    *,
    by: tuple[str, ...] = (),
    extra: Mapping[str, tuple[str, ...] | None] | None = None,
) -> Selection:
    """The state of a screen out of its address."""
    newest = published.newest_period()
    if "period" not in request.GET and published.periods():
        newest = published.default_period(actor_of_request(request))
    items = [code for code in screens()["items"] if code in items_by_code()]
    return read_selection(request.GET, latest=newest, cuts=cuts(), items=items, by=by, extra=extra)


def effective_view(selection: Selection) -> str:
    """The view that can be computed: neither January-February nor the finance form has a month of its own."""
    return "month" if selection.view == "month" and has_month(selection) else "cumulative"


def has_month(selection: Selection) -> bool:
    """Whether the selection has figures for the month alone."""
    return not selection.period.is_merged and words.has_month(selection.item)


def word_hidden(reason: str) -> str:
    """Why a number is not shown to readers who may not see firms."""
    return str(messages.HIDDEN[reason])


def refuse_if_hidden(request: HttpRequest, selection: Selection) -> HttpResponseBase | None:
    """The page that stands in for a selection which as a whole is hidden from the reader."""
    hidden = reading.read_groups(actor_of_request(request), selection).total.hidden
    if hidden not in CONFIDENTIAL:
        return None
    return show(request, "indicator/empty.html", selection, {"reason": word_hidden(hidden)})


def drawer_base(selection: Selection) -> str:
    """The address at which the numbers of a selection open, to be completed by `drawer_url`."""
    return f"{reverse('indicator:number')}{selection.query(screen=False)}"


def drawer_url(base: str, code: str, group: Mapping[str, str] | None = None) -> str:
    """Where a number opens: the selection, the indicator, and the group within the selection."""
    return f"{base}&code={code}" + "".join(
        f"&g={quote(f'{cut}:{value}', safe=':')}" for cut, value in (group or {}).items()
    )


def changed(selection: Selection, **changes: Any) -> Selection:
    """The same state with some of its parts changed."""
    return replace(selection, **changes)


def view_label(view: str) -> str:
    """The name of a view."""
    return {"month": _("This month"), "cumulative": _("Cumulative")}[view]


def basis_label(basis: str) -> str:
    """The name of a basis of comparison."""
    return {
        "comparable": _("Comparable basis"),
        "same_sample": _("Same firms"),
        "nominal": _("Nominal"),
    }[basis]


def basis_hint(basis: str) -> str:
    """What a basis compares, in one sentence."""
    return {
        "comparable": _(
            "Base reported on the same form by the current roster; this is the published growth."
        ),
        "same_sample": _("Only firms that produced in both periods."),
        "nominal": _("Against last year's published level, whatever the roster was then."),
    }[basis]


def _tabs(request: HttpRequest, selection: Selection) -> list[dict[str, Any]]:
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [
        ("overview", _("Overview")),
        ("league", _("League table")),
        ("trend", _("Trends")),
        ("cross", _("Crosstab")),
        ("firms", _("Firm list")),
        ("vintages", _("Vintages")),
        ("catalogue", _("Indicator catalogue")),
    ]
    allowed = may(actor_of_request(request), "indicator.firms")
    return [
        {
            "label": label,
            "url": reverse(f"indicator:{name}") + selection.query(screen=False),
            "current": name == here,
        }
        for name, label in tabs
        if name != "firms" or allowed
    ]


def crumbs_of(actor: Actor, selection: Selection, league: str) -> list[dict[str, str]]:
    """The path from the city to where the reader is; each step leads back to it."""
    crumbs = []
    narrowed = changed(selection, filters=(), by=(), extra=())
    crumbs.append({"label": words.scope_label(actor), "url": league + narrowed.query()})
    for cut, codes in selection.filters:
        names = [words.group_label(cut, code) for code in codes[:3]]
        narrowed = narrowed.with_filter(cut, codes)
        label = ", ".join(names) + (f" +{len(codes) - 3}" if len(codes) > 3 else "")  # noqa: PLR2004
        without = selection.with_filter(cut, ())
        crumbs.append(
            {
                "label": label,
                "url": league + narrowed.query(),
                "cut": cuts()[cut].label,
                "drop": without.query(),
            }
        )
    return crumbs


def _filter_boxes(selection: Selection) -> list[dict[str, Any]]:
    boxes = []
    for cut in cuts().values():
        if not cut.in_filter:
            continue
        chosen = set(selection.filter(cut.code))
        options = [
            {"code": code, "label": words.group_label(cut.code, code), "chosen": code in chosen}
            for code in filter_codes(cut.code, selection.period)
        ]
        if options:
            boxes.append({"code": cut.code, "label": cut.label, "options": options, "count": len(chosen)})
    return boxes


def filter_codes(cut: str, period: Period) -> list[str]:
    """The codes of a cut that a filter offers: of its own level, and in force in the period."""
    return remember(("filter", cut, period), lambda: _filter_codes(words.cut_of(cut), period))


def _filter_codes(cut: CutType, period: Period) -> list[str]:
    codes = codes_of(cut)
    if cut.codes:
        last_day = date(period.year, period.month, monthrange(period.year, period.month)[1])
        here = city()
        valid = {row.code for row in code_list(cut.codes, last_day)} - {here.code if here else ""}
        codes = [code for code in codes if code in valid]
    return [code for code in codes if len(code) == WIDTHS[cut.code]] if cut.code in WIDTHS else codes


def _choices(selection: Selection) -> dict[str, Any]:
    """The bar above every screen."""
    hidden = [("by", cut) for cut in selection.by] + list(selection.extra)
    boxed = {cut.code for cut in cuts().values() if cut.in_filter}
    kept = [(n, code) for n, codes in selection.filters if n not in boxed for code in codes]
    return {
        "periods": [
            (str(period), words.period_option(period)) for period in published.periods(selection.vintage)
        ],
        "period": str(selection.period),
        "views": [(code, view_label(code), code == effective_view(selection)) for code in VIEWS],
        "has_month": has_month(selection),
        "items": [
            (code, words.item_label(code), code == selection.item)
            for code in screens()["items"]
            if code in items_by_code()
        ],
        "bases": [(code, basis_label(code), code == selection.basis, basis_hint(code)) for code in BASES],
        "vintages": published.vintage_options(),
        "vintage": selection.vintage,
        "layers": [
            ("reported", _("As reported"), selection.layer == "reported"),
            ("adjusted", _("As adjusted"), selection.layer == "adjusted"),
        ],
        "layer": selection.layer,
        "filters": _filter_boxes(selection),
        "hidden": hidden,
        "path": [(name, code) for name, codes in selection.filters for code in codes],
        "unboxed": kept,
        "filtered": sum(len(codes) for _name, codes in selection.filters),
        "clear": changed(selection, filters=()).query(),
    }


def show(
    request: HttpRequest,
    template: str,
    selection: Selection,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponseBase:
    """Render a screen with what all screens share."""
    league = reverse("indicator:league")
    actor = actor_of_request(request)
    shared = {
        "selection": selection,
        "tabs": _tabs(request, selection),
        "choices": _choices(selection),
        "crumbs": crumbs_of(actor, selection, league),
        "here": request.path,
        "item_label": words.item_label(selection.item),
        "scope_label": words.period_label(selection.period, effective_view(selection)),
        "basis_label": basis_label(selection.basis),
        "stamp": published.stamp(selection.vintage),
        "may_firms": may(actor, "indicator.firms"),
        "download": request.path + _add_format(selection),
    }
    return render(request, template, {**shared, **context}, status=status)


def _add_format(selection: Selection) -> str:
    return selection.query() + "&format="
