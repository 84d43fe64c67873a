"""Signing in and out, and one's own password."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gongmai.core.access.actions import factor as factor_actions
from gongmai.core.access.actions import people as actions
from gongmai.core.access.actions.sessions import close_session, end_own, touch_session
from gongmai.core.access.forms import CodeForm, PasswordForm, SignInForm
from gongmai.core.access.messages import CLOSED, REFUSALS
from gongmai.core.access.models import SignIn, User
from gongmai.core.access.queries import factor_of, guesses, sign_in_rules
from gongmai.core.access.types import RefusedChange
from gongmai.core.access.views.entering import address_of, known_device, let_in, note
from gongmai.core.period import clock

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)
# wrong guesses from one address, whatever the names, before it has to wait: spraying one password over
# many accounts is slow, an office of many clerks behind one address is not stopped
ADDRESS_LIMIT = 60
# between the right password and the code
CODE_WINDOW = timedelta(minutes=5)


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
        username = form.cleaned_data["username"]
        if _is_throttled(request, username):
            return locked_out(request)
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            return _next_step(request, user, target)
        if not getattr(request, "axes_locked_out", False):
            note(request, username, "failed")
        form.add_error(None, _("The user name or the password is not right."))
    status = 200 if request.method == "GET" else 422
    return render(request, "access/sign_in.html", {"form": form, "next": target}, status=status)


def _next_step(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """After the right password: a closed door, the code of the second factor, or in."""
    closed = "disowned" if user.disowned_at else "dormant" if actions.stop_dormant(user) else ""
    if closed:
        note(request, user.username, closed, user)
        return render(request, "access/closed.html", {"reason": CLOSED[closed]}, status=403)
    if factor_of(user) is None:
        return let_in(request, user, target)
    request.session.flush()
    request.session["pending"] = {"user": user.pk, "at": clock.now().isoformat(), "next": target}
    return redirect("access:sign-in-code")


@login_not_required
@never_cache
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in: the code of the telephone, or a recovery code."""
    pending = request.session.get("pending") or {}
    fresh = pending and clock.now() - datetime.fromisoformat(pending["at"]) <= CODE_WINDOW
    user = (
        User.objects.filter(pk=pending["user"], is_active=True, disowned_at=None).first() if fresh else None
    )
    if user is None:
        request.session.pop("pending", None)
        return redirect("access:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            how = factor_actions.check(user=user, code=form.cleaned_data["code"])
        except RefusedChange as refusal:
            note(request, user.username, "wrong_code", user)
            form.add_error("code", str(REFUSALS[refusal.code]))
        else:
            user.backend = "django.contrib.auth.backends.ModelBackend"
            if how == "recovery":
                left = user.recovery_codes.filter(used_at=None).count()
                messages.warning(request, _("A recovery code was used; %(left)d are left.") % {"left": left})
            return let_in(request, user, pending["next"])
    status = 422 if request.method == "POST" else 200
    return render(request, "access/sign_in_code.html", {"form": form}, status=status)


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,  # noqa: ARG001 - the signature that axes calls
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page for too many wrong guesses; it says when to come back."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    note(request, username, "locked")
    page = render(request, "access/locked.html", {"minutes": int(COOL_OFF.total_seconds() // 60)}, status=429)
    page["Retry-After"] = str(int(COOL_OFF.total_seconds()))
    return page


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        note(request, request.user.username, "signed_out", request.user)
        if "row" in request.session:
            close_session(request.session["row"], "signed_out")
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
        row = request.session.get("row")
        if row is not None:
            request.session.save()
            touch_session(row, request.session.session_key or "")
            end_own(actor=request.actor, keep=row)  # type: ignore[attr-defined]
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


def _is_throttled(request: HttpRequest, username: str) -> bool:
    """Too many guesses from this address, or for this name from devices that are not its owner's.

    The owner's own browser has a count of its own: others cannot lock them out.
    """
    since = clock.now() - COOL_OFF
    rows = SignIn.objects.filter(ip=address_of(request), outcome="failed", at__gte=since)
    if rows.count() >= ADDRESS_LIMIT:
        return True
    return guesses(username, known_device(request, username)) >= sign_in_rules().guesses
