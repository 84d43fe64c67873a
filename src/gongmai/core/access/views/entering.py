"""Letting somebody in whose password (and code) was right: session, device, what is to be told and asked."""

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongmai.core.access import rules
from gongmai.core.access.actions import factor as factor_actions
from gongmai.core.access.actions import people, sessions
from gongmai.core.access.models import Device, SignIn, User
from gongmai.core.access.queries import (
    actor_of,
    digest_of,
    factor_of,
    is_owners_device,
    sign_in_rules,
)
from gongmai.core.period import clock
from gongmai.core.registry import queries as registry

COOKIE = "gongmai_device"
REQUIRED, OFFERED = "required", "offered"
_SALT = "gongmai.device"


def factor_mode() -> str:
    """Whether a second factor is required or only offered: the setting; a synthetic city only offers it."""
    if settings.GONGMAI_SECOND_FACTOR in {REQUIRED, OFFERED}:
        return str(settings.GONGMAI_SECOND_FACTOR)
    here = registry.city()
    return OFFERED if here and here.is_synthetic else REQUIRED


def is_required(user: User) -> bool:
    """Whether this person has to have a second factor here."""
    return factor_mode() == REQUIRED and rules.needs_factor(sign_in_rules(), actor_of(user).roles)


def device_key(request: HttpRequest) -> str:
    """What the browser's signed cookie says; empty where it has none, or one that is forged or too old."""
    try:
        age = sign_in_rules().device_age
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=age))
    except signing.BadSignature:
        return ""


def known_device(request: HttpRequest, username: str) -> str:
    """The digest of the browser where its owner has signed in from it before, else empty."""
    key = device_key(request)
    digest = digest_of(key) if key else ""
    return digest if is_owners_device(username, digest) else ""


def is_from_known_device(request: HttpRequest, credentials: dict[str, str] | None = None) -> bool:
    """For the lockout by address: the owner's own browser is counted apart, by name and device."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    return bool(known_device(request, username))


def address_of(request: HttpRequest) -> str | None:
    """The caller's address."""
    return request.META.get("REMOTE_ADDR") or None


def note(
    request: HttpRequest, username: str, outcome: str, user: User | None = None, device: str = ""
) -> None:
    """Write a line of the log of sign-ins; `device` where it is known from elsewhere than the cookie."""
    people.note_sign_in(
        username=username,
        user_id=user.pk if user else None,
        ip=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        outcome=outcome,
        device=device or known_device(request, username),
    )


def let_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Sign the person in: a new session, its device, what happened since, what is asked of them."""
    mine = SignIn.objects.filter(user=user, outcome="ok").order_by("-at", "-pk")
    last, here = mine.first(), mine.filter(device=known_device(request, user.username)).first()
    people.ask_new_password(user)
    login(request, user)
    key = device_key(request) or secrets.token_urlsafe(24)
    request.session.save()
    row, is_news = sessions.note_session(
        user=user,
        key=request.session.session_key or "",
        digest=digest_of(key),
        ip=address_of(request),
        agent=request.headers.get("User-Agent", ""),
    )
    request.session["row"] = row.pk
    request.session["started"] = clock.now().isoformat()
    note(request, user.username, "ok", user, digest_of(key))
    _tell(request, user, (last, here), row.device, is_news=is_news)
    _ask_factor(request, user)
    answer = HttpResponseRedirect(target)
    answer.set_cookie(
        COOKIE,
        signing.dumps(key, salt=_SALT),
        max_age=sign_in_rules().device_age,
        httponly=True,
        secure=settings.USE_HTTPS,
        samesite="Lax",
    )
    return answer


def _tell(
    request: HttpRequest,
    user: User,
    before: tuple[SignIn | None, SignIn | None],
    device: Device | None,
    *,
    is_news: bool,
) -> None:
    """The last sign-in, other devices that are new since then, and a factor that was taken away."""
    last, here = before
    if last is not None:
        request.session["last_sign_in"] = {"time": moment(last.at), "ip": last.ip or "-"}
    # told on a device that is known: the stranger need not read that the owner was told
    fresh = user.devices.filter(disowned_at=None, first_seen_at__gte=here.at) if here else user.devices.none()
    if not is_news and device and fresh.exclude(pk=device.pk).exists():
        messages.warning(
            request,
            _("A device that is new for this name signed in since. Look at your sessions and devices."),
        )
    for reset in factor_actions.take_news(user=user):
        told = {"asked": str(reset.asked_by.display_name), "time": moment(reset.decided_at)}
        messages.warning(
            request,
            _("Your second factor was taken away on %(time)s, asked for by %(asked)s. Set up a new one.")
            % told,
        )


def _ask_factor(request: HttpRequest, user: User) -> None:
    """Ask for a second factor where there is none: kindly for some days, then before anything else."""
    if not is_required(user) or factor_of(user) is not None:
        return
    now = clock.now()
    if user.factor_asked_at is None:
        User.objects.filter(pk=user.pk).update(factor_asked_at=now)
        user.factor_asked_at = now
    left = (user.factor_asked_at + sign_in_rules().grace - now).days
    if left < 0:
        request.session["must_enrol"] = True
    else:
        messages.warning(
            request,
            _("Your role needs a second factor: set it up within %(days)d days.") % {"days": left + 1},
        )


def moment(value: datetime | None) -> str:
    """A time as it is shown."""
    return localtime(value).strftime("%Y-%m-%d %H:%M") if value else "-"
