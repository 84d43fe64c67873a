"""Finds the actor of each request, guards the session, and words a refusal as a page."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from gongmai.core.access.actions.sessions import close_session, touch_session
from gongmai.core.access.models import User
from gongmai.core.access.queries import actor_of, sign_in_rules
from gongmai.core.access.rules import kind_of_session
from gongmai.core.access.types import NOBODY, Actor, NotAllowed
from gongmai.core.period import clock

NUL = "\x00"
SEEN_EVERY = timedelta(seconds=60)
_ALWAYS_OPEN = frozenset(
    {"access:password", "access:sign-out", "access:sign-in", "access:sign-in-code", "set_language"}
)
_OPEN_TO_ENROL = frozenset({"access:second-factor", "access:confirm-factor"})


class LenientSessionMiddleware(SessionMiddleware):
    """Lets whoever only reads go on where the session cannot be written: a full disk, a held lock."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session."""
        try:
            return super().process_response(request, response)
        except OperationalError:
            if request.method not in {"GET", "HEAD"}:
                raise
            return response


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it says otherwise; the API answers for itself (401)."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """None lets the view answer."""
        match = request.resolver_match
        if match and (match.namespace == "api" or match.view_name == "set_language"):
            return None
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return to_whole_page(request, answer) if answer else None


class PlainTextMiddleware:
    """Answers 400 to an address or a form that holds a NUL: no text does, and PostgreSQL stores none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the address before anything reads it."""
        if NUL in request.path or _holds_nul(request.GET):
            raise BadRequest("NUL in the address")
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Any,  # noqa: ARG002 - Django's signature
        view_args: Any,  # noqa: ARG002
        view_kwargs: Any,  # noqa: ARG002
    ) -> None:
        """Look at the fields of a form, which the check of its token has read already."""
        if request.method == "POST" and _holds_nul(request.POST):
            raise BadRequest("NUL in a field")


def _holds_nul(fields: QueryDict) -> bool:
    return any(NUL in text for name, texts in fields.lists() for text in (name, *texts))


class CallerAddressMiddleware:
    """Behind a proxy that the settings trust, the caller's address is the last one that is no trusted proxy.

    Without trusted proxies the header is not looked at: anybody can write it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the caller's address where everything looks for it."""
        trusted = set(settings.GONGMAI_PROXIES)
        if request.META.get("REMOTE_ADDR") in trusted:
            chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
            for part in reversed(chain):
                if part in trusted:
                    continue
                with suppress(ValueError):
                    request.META["REMOTE_ADDR"] = str(ip_address(part))
                break
        return self.get_response(request)


class ActorMiddleware:
    """Sets ``request.actor``; ends idle sessions; a NotAllowed raised by a view becomes a 403 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the actor at hand."""
        if request.user.is_authenticated and (reason := _why_over(request)):
            if "row" in request.session:
                close_session(request.session["row"], reason)
            logout(request)
        request.actor = SimpleLazyObject(lambda: find_actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Any,  # noqa: ARG002 - Django's signature
        view_args: Any,  # noqa: ARG002
        view_kwargs: Any,  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Send whoever has a temporary password, or lacks a second factor, to see to that first."""
        match = request.resolver_match
        is_closed = match and match.namespace != "api" and match.view_name not in _ALWAYS_OPEN
        if is_closed and getattr(request.user, "must_change_password", False):
            return to_whole_page(request, redirect("access:password"))
        if (
            match
            and is_closed
            and request.session.get("must_enrol")
            and match.view_name not in _OPEN_TO_ENROL
        ):
            return to_whole_page(request, redirect("access:second-factor"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 403 in the reader's words when an action or a row was refused."""
        if isinstance(exception, NotAllowed):
            return render(request, "access/refused.html", {"action": exception.action}, status=403)
        return None


def find_actor(request: HttpRequest) -> Actor:
    """The actor of the signed-in user, or nobody."""
    user = request.user
    return actor_of(user) if isinstance(user, User) else NOBODY


def to_whole_page(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Let a redirect that answers a part of a page (htmx) move the whole page, back to where it is now."""
    if not request.headers.get("HX-Request"):
        return answer
    moved = HttpResponse(status=204)
    moved["HX-Redirect"] = answer.headers.get("Location", reverse("access:sign-in"))
    return moved


def _why_over(request: HttpRequest) -> str:
    """Why the session is over (left alone too long, lasted too long); notes the visit once a minute."""
    now, how = clock.now(), sign_in_rules()
    kind = request.session.get("kind", "officer")
    stored, started = request.session.get("seen"), request.session.get("started")
    away = now - datetime.fromisoformat(stored) if stored else timedelta(0)
    if away > how.idle[kind]:
        return "idle"
    if started and now - datetime.fromisoformat(started) > how.longest[kind]:
        return "too_long"
    if stored is None or abs(away) > SEEN_EVERY:
        request.session["kind"] = kind_of_session(find_actor(request).roles)
        request.session["seen"] = now.isoformat()
        if "row" in request.session:
            with suppress(OperationalError):  # whoever only reads goes on, on a full disk too
                touch_session(request.session["row"], request.session.session_key or "")
    return ""
