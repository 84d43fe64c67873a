"""What every page shows: the city, the actor, the menu."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from gongmai.cockpit.home.queries.menu import menu
from gongmai.core.access import queries as access
from gongmai.core.access.types import NOBODY, Actor, Role
from gongmai.core.notify.queries.inbox import unread_count
from gongmai.core.period import clock

TREND_COOKIE = "gongmai_trend"
TRENDS = ("red-up", "green-up")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for the base templates. Costly ones are computed only where a template uses them."""
    actor: Actor = getattr(request, "actor", NOBODY)
    trend = request.COOKIES.get(TREND_COOKIE, "")
    return {
        "actor": actor,
        "menu": SimpleLazyObject(lambda: menu(actor, request.path)),
        "shell_template": lambda: choose_shell(actor),
        "role_labels": SimpleLazyObject(lambda: access.role_labels(actor)),
        "city": SimpleLazyObject(_city),
        "inbox_url": reverse("notify:inbox") if access.may(actor, "inbox.own") else "",
        "unread_count": SimpleLazyObject(lambda: unread_count(actor)),
        "is_simulated": clock.is_simulated(),
        "today": SimpleLazyObject(clock.today),
        "trend_colours": trend if trend in TRENDS else TRENDS[0],
        "language_zh": get_language_info("zh-hans")["name_local"],
        "password_url": reverse("access:password"),
        "sessions_url": reverse("access:sessions"),
        "sign_out_url": reverse("access:sign-out"),
    }


def choose_shell(actor: Actor) -> str:
    """The base template for pages that firms and officers share: portal for firms, workbench for the rest."""
    return "ui/portal.html" if actor.roles == {Role.ENTERPRISE} else "ui/workbench.html"


def _city() -> dict[str, Any]:
    city = apps.get_model("registry", "City").objects.first()
    if city is None:
        return {}
    is_english = (get_language() or "").startswith("en")
    return {
        "label": city.label_en if is_english else city.label_zh,
        "bureau": city.bureau_en if is_english else city.bureau_zh,
        "is_synthetic": city.is_synthetic,
    }
