"""The JSON API: routers by module; OpenAPI at /api/v1/openapi.json."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from gongmai.core.access.api import TokenOrSession
from gongmai.core.access.types import NotAllowed
from gongmai.core.registry.api import router as registry
from gongmai.monitor.filing.api.firm import router as returns
from gongmai.monitor.indicator.api import router as indicators

api = NinjaAPI(title="Gongmai", version="1", urls_namespace="api", docs_url=None, auth=TokenOrSession())
api.add_router("/registry", registry)
api.add_router("/returns", returns)
api.add_router("/indicators", indicators)


@api.exception_handler(NotAllowed)
def refuse(request: HttpRequest, refusal: NotAllowed) -> HttpResponse:
    """403 with the code of the right that is missing."""
    return api.create_response(request, {"detail": "not allowed", "action": refusal.action}, status=403)
