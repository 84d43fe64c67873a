"""Finds the actor of each request, and turns a refusal into a page that says so."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from gongmai.core.access.models import User
from gongmai.core.access.queries import actor_of
from gongmai.core.access.types import NOBODY, Actor, NotAllowed


class ActorMiddleware:
    """Sets ``request.actor``; a NotAllowed raised by a view becomes a 403 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the actor at hand."""
        request.actor = SimpleLazyObject(lambda: find_actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 403 in the reader's words when an action or a row was refused."""
        if isinstance(exception, NotAllowed):
            return render(request, "access/refused.html", {"action": exception.action}, status=403)
        return None


def find_actor(request: HttpRequest) -> Actor:
    """The actor of the signed-in user, or nobody."""
    user = request.user
    return actor_of(user) if isinstance(user, User) else NOBODY
