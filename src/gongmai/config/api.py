"""The JSON API: routers by module; OpenAPI at /api/v1/openapi.json."""

from ninja import NinjaAPI

api = NinjaAPI(title="Gongmai", version="1", urls_namespace="api", docs_url=None)
