"""A missing return and its firm: whom to call, what was said before, noting a call, extending."""

from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.queries import check_may, check_reach
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import labeller
from gongmai.monitor.chase.actions.calls import CallNote, note_call, settle_contact
from gongmai.monitor.chase.forms import CallForm, ExtendForm
from gongmai.monitor.chase.messages import form_words, word
from gongmai.monitor.chase.queries.calls import call_rows, calls_of_firm, may_settle, suggestions
from gongmai.monitor.chase.queries.chasing import choose_returns, describe
from gongmai.monitor.chase.types import ChaseError
from gongmai.monitor.filing.queries.extensions import last_day


@require_http_methods(["GET", "HEAD", "POST"])
def firm(request: HttpRequest, pk: int) -> HttpResponse:
    """The return with its firm's contact and calls; a POST notes a call."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.chase")
    row = choose_returns([pk]).first()
    if row is None:
        raise Http404
    check_reach(actor, "return.chase", row.enterprise)
    today = clock.today()
    if request.method == "POST":
        form = CallForm(request.POST, today=today)
        if form.is_valid():
            try:
                note_call(actor, pk, CallNote(**form.cleaned_data))
            except ChaseError as error:
                form.add_error(None, word(error))
            else:
                toasts.success(request, _("The call was noted."))
                return redirect("chase:firm", pk=pk)
    else:
        form = CallForm(
            initial={"spoke_with": row.enterprise.contact, "phone": row.enterprise.contact_phone}, today=today
        )
    period = Period.from_key(row.period)
    last = last_day(actor, row.form, period, today)
    context: dict[str, Any] = {
        "filing": row,
        "firm": row.enterprise,
        "unit": labeller()("unit", row.enterprise.unit),
        "form_label": form_words(row.form),
        "period": period,
        "missing": describe([row])[0],
        "calls": call_rows(calls_of_firm(actor, row.enterprise)),
        "call_form": form,
        "extend": ExtendForm(initial={"until": last}),
        "last_day": last,
        "may_extend": not row.versions_count,
        "reminders": row.reminders.order_by("-at", "-pk").select_related("round")[:10],
    }
    return render(request, "chase/firm.html", context, status=422 if form.errors else 200)


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """The contacts that calls suggested."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = suggestions(actor)[:200]
    return render(request, "chase/contacts.html", {"rows": rows, "may_settle": may_settle(actor)})


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a suggested contact over into the register, or drop it."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        settle_contact(actor, pk, take=request.POST.get("take") == "1")
        toasts.success(request, _("Saved."))
    except ChaseError as error:
        toasts.error(request, word(error))
    return redirect("chase:contacts")
