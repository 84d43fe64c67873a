"""What every page shows: the city, the actor, the menu."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for the base templates."""
    return {"actor": getattr(request, "actor", None)}
