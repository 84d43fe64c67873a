"""How a person wants to be told: channels by kind, quiet hours, address, webhook."""

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import may
from gongmai.core.notify.actions import preferences
from gongmai.core.notify.forms import AddressForm, CodeForm, HookForm, HoursForm
from gongmai.core.notify.messages import CHANNELS, ROBOTS, say, word
from gongmai.core.notify.queries.catalogue import kinds
from gongmai.core.notify.queries.preferences import HOOK_RIGHT, has_email, own_hook, own_preference, quiet_of
from gongmai.core.notify.types import Channel, NotifyError, Quiet, Robot
from gongmai.core.period import clock


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The settings as they stand."""
    return render(request, "notify/settings.html", _context(request))


@require_POST
def save_channels(request: HttpRequest) -> HttpResponse:
    """Set quiet hours, digest and the channels of each kind."""
    actor = request.actor  # type: ignore[attr-defined]
    own_preference(actor)
    form = HoursForm(request.POST)
    if not form.is_valid():
        return render(request, "notify/settings.html", _context(request, hours=form), status=422)
    chosen = {code: request.POST.getlist(f"kind-{code}") for code in kinds()}
    data = form.cleaned_data
    quiet = Quiet(data["quiet_start"], data["quiet_end"], data["digest_at"])
    preferences.save_preference(actor, quiet=quiet, channels=chosen)
    toasts.success(request, _("Saved."))
    return redirect("notify:settings")


@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Set, prove or drop the address for mail."""
    actor = request.actor  # type: ignore[attr-defined]
    own_preference(actor)
    what = request.POST.get("what", "")
    try:
        if what == "drop":
            preferences.drop_address(actor)
        elif what == "confirm":
            code = CodeForm(request.POST)
            preferences.confirm_code(actor, code.cleaned_data["code"] if code.is_valid() else "")
            toasts.success(request, _("The address is proven; mail goes there from now on."))
        else:
            form = AddressForm(request.POST)
            if not form.is_valid():
                return render(request, "notify/settings.html", _context(request, address=form), status=422)
            preferences.ask_code(actor, form.cleaned_data["email"])
            toasts.info(request, _("A code was sent to the address; type it below."))
    except NotifyError as error:
        toasts.error(request, word(error))
    return redirect("notify:settings")


@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Set, try or drop the webhook."""
    actor = request.actor  # type: ignore[attr-defined]
    what = request.POST.get("what", "")
    try:
        if what == "drop":
            preferences.drop_hook(actor)
        elif what == "try":
            preferences.try_hook(actor)
            toasts.success(request, _("The test message was taken."))
        else:
            form = HookForm(request.POST)
            if not form.is_valid():
                return render(request, "notify/settings.html", _context(request, hook_form=form), status=422)
            data = form.cleaned_data
            preferences.save_hook(actor, robot=Robot(data["robot"]), url=data["url"], secret=data["secret"])
            toasts.success(request, _("Saved."))
    except NotifyError as error:
        toasts.error(request, word(error))
    return redirect("notify:settings")


def _context(
    request: HttpRequest,
    *,
    hours: HoursForm | None = None,
    address: AddressForm | None = None,
    hook_form: HookForm | None = None,
) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    preference, hook = own_preference(actor), own_hook(actor)
    quiet = quiet_of(preference, clock.today())
    start = {"quiet_start": quiet.start, "quiet_end": quiet.end, "digest_at": quiet.digest_at}
    return {
        "preference": preference,
        "hook": hook,
        "robot": ROBOTS[Robot(hook.robot)] if hook else "",
        "may_hook": may(actor, HOOK_RIGHT),
        "has_email": has_email(),
        "hours": hours or HoursForm(initial=start),
        "address_form": address or AddressForm(initial={"email": preference.email}),
        "code_form": CodeForm(),
        "hook_form": hook_form or HookForm(),
        "channels": [(channel.value, CHANNELS[channel]) for channel in Channel],
        "kinds": [
            {
                "code": code,
                "label": say(kind.label),
                "group": say(kind.group),
                "boxes": [
                    {
                        "channel": channel.value,
                        "label": CHANNELS[channel],
                        "on": channel.value in preference.channels.get(code, kind.channels),
                    }
                    for channel in Channel
                ],
            }
            for code, kind in kinds().items()
            if not kind.roles or kind.roles & actor.roles
        ],
    }
