"""Moving a deadline in one click, and taking that back."""

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gongmai.core.access.queries import check_may
from gongmai.monitor.chase.forms import ExtendForm
from gongmai.monitor.chase.views.chase import address_of, chosen_place, chosen_returns
from gongmai.monitor.filing.actions.extending import extend_due, undo_extension
from gongmai.monitor.filing.messages import word_error
from gongmai.monitor.filing.queries.extensions import extendable
from gongmai.monitor.filing.types import FilingError


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Move the deadline of the chosen returns; with `scope` a whole county (`unit`), or all within reach."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.extend")
    form, period, _periods = chosen_place(request, actor)
    given = ExtendForm(request.POST)
    back = _back(request, address_of(form, period))
    if not given.is_valid():
        toasts.error(request, _("Give the new deadline, and a reason of at least 4 characters."))
        return redirect(back)
    if request.POST.get("scope") == "place":
        rows = extendable(actor, form, period)
        if unit := request.POST.get("unit"):
            rows = rows.filter(enterprise__unit=unit)
        ids = list(rows.values_list("pk", flat=True))
    else:
        ids = chosen_returns(request, actor)
    if not ids:
        toasts.error(request, _("Choose at least one firm."))
        return redirect(back)
    try:
        extend_due(actor, ids, until=given.cleaned_data["until"], reason=given.cleaned_data["reason"])
    except FilingError as error:
        toasts.error(request, word_error(error))
        return redirect(back)
    text = ngettext(
        "The deadline of %(n)d return was moved.", "The deadline of %(n)d returns was moved.", len(ids)
    )
    toasts.success(request, text % {"n": len(ids)})
    return redirect(back)


@require_POST
def undo(request: HttpRequest, batch: str) -> HttpResponse:
    """Take back what was granted in one move."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.extend")
    form, period, _periods = chosen_place(request, actor)
    try:
        count = undo_extension(actor, batch[:32])
        toasts.success(request, _("Taken back for %(n)d returns.") % {"n": count})
    except FilingError as error:
        toasts.error(request, word_error(error))
    return redirect(_back(request, address_of(form, period)))


def _back(request: HttpRequest, default: str) -> str:
    target = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_here else default
