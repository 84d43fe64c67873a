"""Who calls the API: a firm's system with a key, or a signed-in page with its session."""

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from gongmai.core.access.actions.people import touch_token
from gongmai.core.access.models import User
from gongmai.core.access.queries import actor_of, find_token, may
from gongmai.core.access.types import Actor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenOrSession(AuthBase):
    """``Authorization: Bearer KEY``, else the session, whose unsafe calls need the CSRF token.

    Sets ``request.user`` and ``request.actor``; the actor is also what ``request.auth`` holds.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor, or None (answered 401). A wrong key is refused even where a session would do."""
        header = request.headers.get("Authorization", "")
        return self._by_key(request, header) if header else self._by_session(request)

    def _by_key(self, request: HttpRequest, header: str) -> Actor | None:
        scheme, _, key = header.partition(" ")
        token = find_token(key.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            return None
        actor = self._enter(request, token.user)
        if not may(actor, "token.own"):  # the person has another role now: a firm's key must not carry it
            return None
        touch_token(token)
        return actor

    def _by_session(self, request: HttpRequest) -> Actor | None:
        if not isinstance(request.user, User) or request.user.must_change_password:
            return None
        if request.session.get("must_enrol"):
            return None
        if request.method not in SAFE_METHODS and check_csrf(request):
            raise HttpError(403, "CSRF token missing or incorrect")
        return self._enter(request, request.user)

    def _enter(self, request: HttpRequest, user: User) -> Actor:
        actor = actor_of(user)
        request.user = user
        request.actor = actor  # type: ignore[attr-defined]
        return actor
