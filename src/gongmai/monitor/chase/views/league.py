"""The league of counties as a page, an Excel file and a print."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import current_period, labeller
from gongmai.monitor.chase.messages import form_words, say
from gongmai.monitor.chase.queries.league import SPANS, formula_in_force, is_still_open, league, total
from gongmai.monitor.chase.types import Place
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.returns import periods_of


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The league of a period, or of a year up to it, over one form or all."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "league.view")
    periods = periods_of(actor)
    try:
        period = Period.parse(request.GET.get("period", ""))
    except ValueError:
        period = periods[0] if periods else current_period()
    form = request.GET.get("form", "")
    form = form if form in forms() else ""
    span = SPANS[1] if request.GET.get("span") == "year" else SPANS[0]
    places = league(actor, period, form=form, span=span)
    if (wanted := wanted_format(request)) is not None:
        title = _("League of filing %(period)s") % {"period": period}
        return table_response(request, _download(places, title), title, wanted)
    words = labeller()
    formula = formula_in_force(clock.today()).formula
    context: dict[str, Any] = {
        "rows": [{"place": place, "label": words("unit", place.figures.unit)} for place in places],
        "total": total(places) if places else None,
        "period": period,
        "form": form,
        "span": "year" if span == SPANS[1] else "month",
        "periods": [str(each) for each in periods],
        "forms": [("", _("All forms")), *((code, form_words(code)) for code in forms())],
        "formula": formula,
        "is_open": is_still_open(form, period),
        "formula_label": say(formula.label),
        "about": say(formula.extra["about"]) if "about" in formula.extra else "",
    }
    return render(request, "chase/league.html", context)


def _download(places: list[Place], title: str) -> Table:
    columns = (
        Column("rank", _("Rank"), Kind.INTEGER),
        Column("unit", _("Management unit")),
        Column("score", _("Score"), Kind.DECIMAL),
        Column("moved", _("Places won"), Kind.INTEGER),
        Column("due", _("Due"), Kind.INTEGER),
        Column("on_time_share", _("Share in time"), Kind.PERCENT),
        Column("filed_share", _("Share filed"), Kind.PERCENT),
        Column("late", _("Late"), Kind.INTEGER),
        Column("extended", _("Extended"), Kind.INTEGER),
        Column("returned_share", _("Share sent back"), Kind.PERCENT),
        Column("corrected_share", _("Share corrected"), Kind.PERCENT),
        Column("review_days", _("Mean days to review"), Kind.DECIMAL),
    )
    words = labeller()
    lines = [
        {
            "rank": place.rank,
            "unit": words("unit", place.figures.unit),
            "score": place.score,
            "moved": place.moved,
            "due": place.figures.due,
            "on_time_share": place.on_time_share,
            "filed_share": place.filed_share,
            "late": place.figures.late,
            "extended": place.figures.extended,
            "returned_share": place.returned_share,
            "corrected_share": place.corrected_share,
            "review_days": place.figures.review_days,
        }
        for place in places
    ]
    return Table(title, columns, lines)
