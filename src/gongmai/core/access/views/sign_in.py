"""Signing in and out, and one's own password."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gongmai.core.access import actions
from gongmai.core.access.forms import PasswordForm, SignInForm
from gongmai.core.access.models import SignIn, User
from gongmai.core.period import clock

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)
# wrong guesses from one address, whatever the names, before it has to wait: spraying one password over
# many accounts is slow, an office of many clerks behind one address is not stopped
ADDRESS_LIMIT = 60


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. A wrong name and a wrong password are answered alike."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request.POST or None)
    target = _safe_target(request)
    if request.method == "POST" and form.is_valid():
        if _is_throttled(request):
            return locked_out(request)
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            login(request, user)
            _note(request, form.cleaned_data["username"], "ok", user)
            return HttpResponseRedirect(target)
        if not getattr(request, "axes_locked_out", False):
            _note(request, form.cleaned_data["username"], "failed")
        form.add_error(None, _("The user name or the password is not right."))
    status = 200 if request.method == "GET" else 422
    return render(request, "access/sign_in.html", {"form": form, "next": target}, status=status)


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,  # noqa: ARG001 - the signature that axes calls
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page for too many wrong guesses; it says when to come back."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    _note(request, username, "locked")
    page = render(request, "access/locked.html", {"minutes": int(COOL_OFF.total_seconds() // 60)}, status=429)
    page["Retry-After"] = str(int(COOL_OFF.total_seconds()))
    return page


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        _note(request, request.user.username, "signed_out", request.user)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions of the person end."""
    person = request.user
    if not isinstance(person, User):
        return redirect(settings.LOGIN_URL)
    form = PasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.change_own_password(
            actor=request.actor,  # type: ignore[attr-defined]
            person=person,
            password=form.cleaned_data["new"],
        )
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password has been changed."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "is_first": person.must_change_password}
    return render(request, "access/password.html", context, status=status)


def _safe_target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _is_throttled(request: HttpRequest) -> bool:
    since = clock.now() - COOL_OFF
    address = request.META.get("REMOTE_ADDR")
    rows = SignIn.objects.filter(ip=address, outcome="failed", at__gte=since)
    return rows.count() >= ADDRESS_LIMIT


def _note(request: HttpRequest, username: str, outcome: str, user: User | None = None) -> None:
    actions.note_sign_in(
        username=username,
        user_id=user.pk if user else None,
        ip=request.META.get("REMOTE_ADDR") or None,
        agent=request.headers.get("User-Agent", ""),
        outcome=outcome,
    )
