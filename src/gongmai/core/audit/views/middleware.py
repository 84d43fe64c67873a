"""Notes in the log of readings which firms a request opened, before its answer goes out."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gongmai.core.access.queries import opened_firms
from gongmai.core.access.types import NOBODY, Actor
from gongmai.core.audit.actions import note_reads

REFUSED = 400


class ReadingsMiddleware:
    """One row for each firm and minute; what cannot be logged is not shown (503)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, having noted who saw whose data."""
        with opened_firms() as opened:
            answer = self.get_response(request)
        actor: Actor = getattr(request, "actor", NOBODY)
        if not opened or answer.status_code >= REFUSED or actor.user_id is None:
            return answer
        match = request.resolver_match
        if match is None:
            return answer
        name = match.view_name if match.namespace != "api" else f"{request.method} /{match.route}"
        what = f"{name} {request.GET['format']}" if request.GET.get("format") else name
        try:
            note_reads(actor, opened, what, "/".join(str(value) for value in match.kwargs.values()))
        except DatabaseError:
            refusal = HttpResponse(
                _("The log of readings cannot be written; nothing is shown until it can."),
                status=503,
                content_type="text/plain; charset=utf-8",
            )
            refusal["Retry-After"] = "5"
            return refusal
        return answer
