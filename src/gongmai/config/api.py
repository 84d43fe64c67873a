"""The JSON API: routers by module; OpenAPI at /api/v1/openapi.json.

Whatever can be answered to any call (not signed in, not allowed, not there, not understood, too many, in
trouble) is worded and described here once, in the shape of every refusal: {code, message, cell, findings}.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from gongmai.core.access.api import TokenOrSession
from gongmai.core.access.types import NotAllowed
from gongmai.core.notify.api import router as inbox
from gongmai.core.registry.api import router as registry
from gongmai.monitor.chase.api import router as chase
from gongmai.monitor.filing.api.files import router as files_of_firms
from gongmai.monitor.filing.api.firm import router as returns
from gongmai.monitor.filing.api.review import router as review
from gongmai.monitor.indicator.api import router as indicators
from gongmai.monitor.warning.api import router as warnings

REFUSAL = {
    "title": "Refusal",
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "title": "Code"},
        "message": {"type": "string", "title": "Message"},
        "cell": {"type": "string", "title": "Cell"},
        "findings": {"type": "array", "items": {"type": "object"}, "title": "Findings"},
    },
}
ALWAYS = {
    "400": "The call cannot be read",
    "401": "Not signed in, or the key is not valid",
    "403": "Not allowed",
    "404": "Nothing there, or beyond your reach",
    "413": "Longer than anything that is sent here",
    "422": "Not understood",
    "429": "Too many calls; see Retry-After",
    "503": "Too busy, or the database does not answer; see Retry-After",
    "507": "The disk is full",
}


class GongmaiAPI(NinjaAPI):
    """Describes with each operation the answers that any call may get."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The library's description, completed."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                answers = {str(status): answer for status, answer in operation["responses"].items()}
                for status, text in ALWAYS.items():
                    content = {"application/json": {"schema": REFUSAL}}
                    answers.setdefault(status, {"description": text, "content": content})
                operation["responses"] = answers
        return schema


api = GongmaiAPI(title="Gongmai", version="1", urls_namespace="api", docs_url=None, auth=TokenOrSession())
api.add_router("/registry", registry)
api.add_router("/returns", files_of_firms)
api.add_router("/returns", returns)
api.add_router("/review", review)
api.add_router("/indicators", indicators)
api.add_router("/inbox", inbox)
api.add_router("/chase", chase)
api.add_router("/warnings", warnings)


def _refusal(request: HttpRequest, status: int, code: str, message: str, **more: Any) -> HttpResponse:
    content = {"code": code, "message": message, "cell": "", "findings": [], **more}
    return api.create_response(request, content, status=status)


@api.exception_handler(NotAllowed)
def refuse(request: HttpRequest, refusal: NotAllowed) -> HttpResponse:
    """403 with the code of the right that is missing."""
    message = _("Your role does not allow this.")
    return _refusal(request, 403, "not_allowed", message, detail="not allowed", action=refusal.action)


@api.exception_handler(AuthenticationError)
def ask_who(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001 - the signature
    """401: no key, a wrong one, or no session."""
    return _refusal(request, 401, "not_signed_in", _("Sign in, or send a valid key."), detail="Unauthorized")


@api.exception_handler(ValidationError)
def refuse_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with what was not understood and where."""
    detail = [{name: found.get(name) for name in ("type", "loc", "msg")} for found in error.errors]
    places = ", ".join(".".join(map(str, found["loc"] or ())) for found in detail)
    message = _("The call was not understood: %(places)s.") % {"places": places}
    return _refusal(request, 422, "not_understood", message, detail=detail)


@api.exception_handler(Http404)
def refuse_place(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001 - the signature
    """404."""
    return _refusal(request, 404, "not_there", _("There is nothing at this address."), detail="Not Found")


@api.exception_handler(HttpError)
def refuse_call(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A refusal that a view or the library words itself."""
    return _refusal(
        request, error.status_code, f"http_{error.status_code}", error.message, detail=error.message
    )
