"""Completeness and timeliness as a league table."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.registry.queries import labeller
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.queries.completeness import CUTS, Completeness, completeness, total
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.returns import periods_of
from gongmai.monitor.filing.views.fill import period_words
from gongmai.monitor.filing.views.review import chosen_form, chosen_period

CUT_LABELS = {
    "unit": gettext_noop("Management unit"),
    "region": gettext_noop("Region"),
    "park": gettext_noop("Park"),
    "industry": gettext_noop("Industry"),
}


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The league of a form and period by unit, region, park or industry."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "completeness.view")
    periods = periods_of(actor)
    period, form = chosen_period(request, periods), chosen_form(request)
    cut = request.GET.get("by", "unit")
    cut = cut if cut in CUTS else "unit"
    rows = completeness(actor, form, period, cut)
    if (wanted := wanted_format(request)) is not None:
        title = _("Completeness of filing %(period)s") % {"period": period}
        return table_response(request, _download(rows, cut, title), title, wanted)
    words = labeller()
    context = {
        "rows": [{"row": row, "label": _label(cut, row.group, words)} for row in rows],
        "total": total(rows),
        "form": form,
        "period": period,
        "by": cut,
        "may_open": may(actor, "return.view"),
        "cuts": [(code, _(text)) for code, text in CUT_LABELS.items()],
        "periods": [(str(each), period_words(each)) for each in periods],
        "forms": [(code, messages.label_of(each.label)) for code, each in forms().items()],
    }
    return render(request, "filing/completeness.html", context)


def _label(cut: str, code: str, words: Callable[[str, str], str]) -> str:
    return words(cut, code) if code else _("(none)")


def _download(rows: list[Completeness], cut: str, title: str) -> Table:
    counts = (
        ("due", _("Due")),
        ("filed", _("Filed")),
        ("on_time", _("In time")),
        ("late", _("Late")),
        ("missing", _("Not filed")),
        ("extended", _("Extended")),
        ("county", _("With the county")),
        ("city", _("With the city")),
        ("returned", _("Sent back")),
        ("approved", _("Approved")),
    )
    columns = (
        Column("rank", _("Rank"), Kind.INTEGER),
        Column("label", _(CUT_LABELS[cut])),
        *(Column(key, text, Kind.INTEGER) for key, text in counts),
    )
    words = labeller()
    lines = [
        {
            "rank": row.rank,
            "label": _label(cut, row.group, words),
            **{key: getattr(row, key) for key, _text in counts},
        }
        for row in rows
    ]
    return Table(title, columns, lines)
