"""My sessions and devices: what is signed in under my name, and ending it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gongmai.core.access import queries
from gongmai.core.access.actions import sessions as actions
from gongmai.core.access.messages import CLOSED, OUTCOMES, word_agent
from gongmai.core.access.models import Device, Session

RECENT = 10


@never_cache
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions that are open, the devices known, the latest sign-ins."""
    actor = request.actor  # type: ignore[attr-defined]
    here = request.session.get("row")
    own = list(queries.own_sessions(actor))
    rows = [{"row": row, "agent": word_agent(row.agent), "current": row.pk == here} for row in own]
    current = next((row.device_id for row in own if row.pk == here), None)
    devices = [
        {"row": row, "agent": word_agent(row.agent), "current": row.pk == current}
        for row in queries.own_devices(actor)
    ]
    recent = [
        {"row": row, "label": OUTCOMES.get(row.outcome, row.outcome), "agent": word_agent(row.agent)}
        for row in queries.own_sign_ins(actor)[:RECENT]
    ]
    return render(
        request,
        "access/sessions.html",
        {
            "sessions": rows,
            "devices": devices,
            "recent": recent,
            "last": request.session.get("last_sign_in"),
        },
    )


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End one of my sessions; the present one is a sign-out."""
    try:
        actions.end_own(actor=request.actor, session_id=number)  # type: ignore[attr-defined]
    except Session.DoesNotExist as error:
        raise Http404 from error
    if number == request.session.get("row"):
        logout(request)
        return redirect("access:sign-in")
    messages.success(request, _("The session has ended."))
    return redirect("access:sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    count = actions.end_own(actor=request.actor, keep=request.session.get("row"))  # type: ignore[attr-defined]
    text = ngettext("%(count)d other session ended.", "%(count)d other sessions ended.", count)
    messages.success(request, text % {"count": count})
    return redirect("access:sessions")


@never_cache
@require_POST
def disown(request: HttpRequest, number: int) -> HttpResponse:
    """That was not me: end everything and close the name until the administrator opens it."""
    try:
        actions.disown(actor=request.actor, device_id=number)  # type: ignore[attr-defined]
    except Device.DoesNotExist as error:
        raise Http404 from error
    logout(request)
    return render(request, "access/closed.html", {"reason": CLOSED["disowned"]})
