"""One's own second factor, and taking away another's with four eyes."""

from urllib.parse import quote

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gongmai.core.access import queries
from gongmai.core.access.actions import factor as actions
from gongmai.core.access.actions import sessions
from gongmai.core.access.forms import CodeForm, PresentPasswordForm
from gongmai.core.access.messages import REFUSALS
from gongmai.core.access.models import FactorReset, User
from gongmai.core.access.types import RefusedChange
from gongmai.core.access.views.entering import is_required


@never_cache
@sensitive_post_parameters("password")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The state of one's second factor; with the present password a new key is made."""
    person = _person(request)
    form = PresentPasswordForm(person, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.begin(actor=request.actor)  # type: ignore[attr-defined]
            except RefusedChange as refusal:
                form.add_error(None, str(REFUSALS[refusal.code]))
            else:
                return redirect("access:confirm-factor")
    return render(request, "access/factor.html", _state(request, person) | {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("code")
def confirm(request: HttpRequest) -> HttpResponse:
    """The key as a picture and as text; a code of it makes it count, and gives the recovery codes once."""
    person = _person(request)
    key = actions.pending_key(actor=request.actor)  # type: ignore[attr-defined]
    if not key:
        return redirect("access:second-factor")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                codes = actions.confirm(actor=request.actor, code=form.cleaned_data["code"])  # type: ignore[attr-defined]
            except RefusedChange as refusal:
                form.add_error("code", str(REFUSALS[refusal.code]))
            else:
                request.session.pop("must_enrol", None)
                return render(request, "access/recovery_codes.html", {"codes": codes})
    context = {"form": form, "key": key, "picture": _picture(person, key)}
    return render(request, "access/factor_confirm.html", context, status=status)


@never_cache
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes, against a code of the telephone."""
    person = _person(request)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = actions.renew_codes(actor=request.actor, code=form.cleaned_data["code"])  # type: ignore[attr-defined]
        except RefusedChange as refusal:
            form.add_error("code", str(REFUSALS[refusal.code]))
        else:
            return render(request, "access/recovery_codes.html", {"codes": codes})
    context = _state(request, person) | {"form": PresentPasswordForm(person), "code_form": form}
    return render(request, "access/factor.html", context, status=422)


@require_POST
def end_sessions(request: HttpRequest, number: int) -> HttpResponse:
    """End all sessions of a person, as the administrator."""
    count = sessions.end_of_person(actor=request.actor, person_id=_known(number))  # type: ignore[attr-defined]
    messages.success(request, _("%(count)d sessions ended.") % {"count": count})
    return redirect("access:person", number=number)


@require_POST
def ask_reset(request: HttpRequest, number: int) -> HttpResponse:
    """Ask that a person's second factor be taken away."""
    try:
        actions.ask_reset(
            actor=request.actor,  # type: ignore[attr-defined]
            person_id=_known(number),
            reason=request.POST.get("reason", "").strip(),
        )
    except RefusedChange as refusal:
        messages.error(request, str(REFUSALS[refusal.code]))
    else:
        messages.success(request, _("Asked. It counts once a second person agrees."))
    return redirect("access:person", number=number)


def resets(request: HttpRequest) -> HttpResponse:
    """The requests that wait for a second person."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.factor_resets(actor)
    may_decide = queries.may(actor, "factor.decide")
    context = {"rows": rows, "may_decide": may_decide, "me": actor.user_id}
    return render(request, "access/factor_resets.html", context)


@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Agree or refuse."""
    agreed = request.POST.get("agreed") == "1"
    try:
        actions.decide_reset(actor=request.actor, reset_id=number, agreed=agreed)  # type: ignore[attr-defined]
    except FactorReset.DoesNotExist as error:
        raise Http404 from error
    except RefusedChange as refusal:
        messages.error(request, str(REFUSALS[refusal.code]))
    else:
        messages.success(request, _("The second factor is gone.") if agreed else _("Refused."))
    return redirect("access:factor-resets")


def _state(request: HttpRequest, person: User) -> dict[str, object]:
    factor = queries.factor_of(person)
    return {
        "factor": factor,
        "code_form": CodeForm(),
        "codes_left": person.recovery_codes.filter(used_at=None).count(),
        "is_required": is_required(person),
        "must": bool(request.session.get("must_enrol")),
    }


def _picture(person: User, key: str) -> str:
    """The key as a QR code for the telephone: SVG of our own making, without styles."""
    issuer = quote("Gongmai")
    address = (
        f"otpauth://totp/{issuer}:{quote(person.username)}"
        f"?secret={key.replace(' ', '').rstrip('=')}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff")
    return mark_safe(drawn)  # noqa: S308 - drawn by the library from an encoded address


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _known(number: int) -> int:
    return get_object_or_404(User, pk=number).pk
