"""The list of who has not filed, and reminding those who are chosen from it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.access.types import Actor
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list, current_period, labeller
from gongmai.monitor.chase.actions.reminding import MAX_NOTE, remind_now, sort_out, wording_of
from gongmai.monitor.chase.forms import ExtendForm
from gongmai.monitor.chase.messages import form_words, say, word
from gongmai.monitor.chase.queries.calls import outcomes, suggestions
from gongmai.monitor.chase.queries.chasing import (
    choose_returns,
    describe,
    filter_missing,
    list_missing,
    summary,
)
from gongmai.monitor.chase.types import ChaseError
from gongmai.monitor.filing.queries.extensions import last_day, list_extensions
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.returns import periods_of
from gongmai.ui.reading import whole_number

SHOW = {
    "": gettext_lazy("All"),
    "overdue": gettext_lazy("Overdue"),
    "uncalled": gettext_lazy("Not called yet"),
    "promised": gettext_lazy("Promised"),
    "broken": gettext_lazy("Promise broken"),
    "extended": gettext_lazy("Extended"),
}
BATCHES_SHOWN = 8


def chosen_place(request: HttpRequest, actor: Actor) -> tuple[str, Period, list[Period]]:
    """The form and period in the address or the form data, else the first form and the latest period."""
    given = request.POST if request.method == "POST" else request.GET
    periods = periods_of(actor)
    try:
        period = Period.parse(given.get("period", ""))
    except ValueError:
        period = periods[0] if periods else current_period()
    code = given.get("form", "")
    return (code if code in forms() else next(iter(forms()))), period, periods


def chosen_returns(request: HttpRequest, actor: Actor) -> list[int]:
    """The returns that a form names: the ticked ones, or all that its filters show."""
    if request.POST.get("all") == "1":
        form, period, _periods = chosen_place(request, actor)
        filters = {name: request.POST.get(name, "")[:60] for name in ("unit", "q", "show")}
        return list(filter_missing(actor, form, period, filters).values_list("pk", flat=True))
    return [number for text in request.POST.getlist("return") if (number := whole_number(text)) is not None]


def address_of(form: str, period: Period) -> str:
    """The list of a form and period."""
    return f"{reverse('chase:chase')}?{urlencode({'form': form, 'period': str(period)})}"


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """Who is missing within reach, with what was done about it."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.chase")
    form, period, periods = chosen_place(request, actor)
    filters = {name: request.GET.get(name, "")[:60] for name in ("unit", "q", "show")}
    if (wanted := wanted_format(request)) is not None:
        title = _("Missing returns %(form)s %(period)s") % {"form": form_words(form), "period": period}
        return table_response(request, _download(actor, form, period, filters, title), title, wanted)
    words = labeller()
    page = list_missing(actor, form, period, filters, whole_number(request.GET.get("page")) or 1)
    context: dict[str, Any] = {
        "page": page,
        "rows": [_row(row, words) for row in page.object_list],
        "filters": filters,
        "form": form,
        "period": period,
        "periods": [(str(each), str(each)) for each in periods],
        "forms": [(code, form_words(code)) for code in forms()],
        "units": [(entry.code, words("unit", entry.code)) for entry in code_list("unit")],
        "shows": SHOW.items(),
        "summary": summary(actor, form, period),
        "suggested": suggestions(actor).count(),
        "batches": _batches(actor, form, period),
        "extend": ExtendForm(initial={"until": last_day(actor, form, period, clock.today())}),
        "last_day": last_day(actor, form, period, clock.today()),
        "max_note": MAX_NOTE,
        "is_city": may(actor, "chase.plan"),
    }
    return render(request, "chase/chase.html", context)


@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """First show what would be sent to whom; with `go`, send it."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.chase")
    form, period, _periods = chosen_place(request, actor)
    note = request.POST.get("note", "").strip()[:MAX_NOTE]
    try:
        chosen = chosen_returns(request, actor)
        if request.POST.get("go") == "1":
            done = remind_now(actor, chosen, note)
            text = ngettext("%(n)d firm was reminded.", "%(n)d firms were reminded.", len(done.told)) % {
                "n": len(done.told)
            }
            if done.unreachable:
                text += " " + _("%(n)d have no account: call them.") % {"n": len(done.unreachable)}
            toasts.success(request, text)
            return redirect(address_of(form, period))
        found = sort_out(actor, chosen)
    except ChaseError as error:
        toasts.error(request, word(error))
        return redirect(address_of(form, period))
    rows = {
        row.pk: row
        for row in choose_returns([*found.told, *found.unreachable, *found.too_soon, *found.filed])
    }
    first = next(iter(found.told or found.unreachable), None)
    context = {
        "form": form,
        "period": period,
        "note": note,
        "max_note": MAX_NOTE,
        "groups": [
            (_("Will be told"), "ok", [rows[pk] for pk in found.told]),
            (_("No account: call them"), "warning", [rows[pk] for pk in found.unreachable]),
            (_("Reminded a short while ago"), "waiting", [rows[pk] for pk in found.too_soon]),
            (_("Filed meanwhile"), "done", [rows[pk] for pk in found.filed]),
        ],
        "chosen": [*found.told, *found.unreachable],
        "example": _example(rows[first], note) if first is not None else None,
    }
    return render(request, "chase/remind.html", context)


def _example(row: Any, note: str) -> dict[str, str]:
    """The reminder as its reader would see it, in the language of who sends it."""
    wording, language = wording_of(row, note, clock.now()), "en" if get_language() == "en" else "zh-Hans"
    return {"subject": wording.subject[language], "body": wording.body[language]}


def _row(row: Any, words: Any) -> dict[str, Any]:
    call = row.last_call
    return {
        "missing": row,
        "unit": words("unit", row.filing.enterprise.unit),
        "outcome": say(outcomes()[call.outcome].label) if call and call.outcome in outcomes() else "",
        "is_broken": bool(call and call.promised_on and call.promised_on < clock.today()),
    }


def _batches(actor: Actor, form: str, period: Period) -> list[dict[str, Any]]:
    """The latest extensions of this form and period, one line for each move."""
    found: dict[str, dict[str, Any]] = {}
    for row in list_extensions(actor, form, period).iterator(chunk_size=500):
        entry = found.get(row.batch)
        if entry is None:
            if len(found) == BATCHES_SHOWN:
                break
            may_undo = row.undone_at is None and (may(actor, "chase.plan") or not row.is_by_city)
            entry = found[row.batch] = {"first": row, "count": 0, "may_undo": may_undo}
        entry["count"] += 1
    return list(found.values())


def _download(actor: Actor, form: str, period: Period, filters: dict[str, str], title: str) -> Table:
    columns = (
        Column("credit_code", _("Credit code")),
        Column("name", _("Enterprise")),
        Column("unit", _("Management unit")),
        Column("contact", _("Contact person")),
        Column("phone", _("Telephone")),
        Column("due", _("Due")),
        Column("reminders", _("Reminders"), Kind.INTEGER),
        Column("call", _("Last call")),
        Column("promised", _("Promised by")),
    )
    words = labeller()
    lines = []
    for row in describe(list(filter_missing(actor, form, period, filters))):
        firm, call = row.filing.enterprise, row.last_call
        lines.append(
            {
                "credit_code": firm.credit_code,
                "name": firm.name,
                "unit": words("unit", firm.unit),
                "contact": firm.contact,
                "phone": firm.contact_phone,
                "due": f"{row.filing.due_at:%Y-%m-%d}" if row.filing.due_at else "",
                "reminders": row.reminders,
                "call": say(outcomes()[call.outcome].label) if call and call.outcome in outcomes() else "",
                "promised": f"{call.promised_on:%Y-%m-%d}" if call and call.promised_on else "",
            }
        )
    return Table(title, columns, lines, firm_level=True)
