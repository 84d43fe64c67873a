"""What is answered when the database or the disk is in trouble, and the words for whom is not served."""

import errno
import json
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.defaults import bad_request as plain_bad_request
from django.views.defaults import server_error as plain_error

from gongmai.core.admission.messages import TROUBLE

RETRY_SECONDS = 3
RETRY_FULL_SECONDS = 60
FULL_CODES = frozenset({"53100"})  # PostgreSQL: disk_full
FULL_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# what SQLite says when the file cannot grow
FULL_WORDS = ("database or disk is full", "disk i/o error")
STORAGE, DATABASE = (507, "storage_full"), (503, "database_away")
_PAGES: dict[tuple[str, str], bytes] = {}


def server_error(request: HttpRequest) -> HttpResponse:
    """What failed without anybody having seen it coming: trouble of the database or the disk is said as such.

    Django calls this inside the handling of the exception.
    """
    seen = find_trouble(sys.exc_info()[1])
    if seen is None:
        return plain_error(request)
    status, code = seen
    chosen, accepted = request.COOKIES.get("gongmai_language", ""), request.headers.get("Accept-Language", "")
    body, kind = word(code, request.path, chosen, accepted)
    answer = HttpResponse(body, content_type=kind, status=status)
    answer["Retry-After"] = str(RETRY_FULL_SECONDS if seen == STORAGE else RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be read at all, such as a NUL, or is too long: a system gets JSON, a person the page."""
    too_long = isinstance(exception, RequestDataTooBig)
    if not too_long and not request.path.startswith("/api/"):
        return plain_bad_request(request, exception)
    chosen, accepted = request.COOKIES.get("gongmai_language", ""), request.headers.get("Accept-Language", "")
    body, kind = word("too_long" if too_long else "unreadable", request.path, chosen, accepted)
    return HttpResponse(body, content_type=kind, status=413 if too_long else 400)


def find_trouble(error: BaseException | None) -> tuple[int, str] | None:
    """The status and the code where the database or the disk is the cause; None for our own mistakes."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__
    if any(_is_full(each) for each in chain):
        return STORAGE
    if any(isinstance(each, OperationalError | InterfaceError) for each in chain):
        return DATABASE
    return None


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL_ERRORS
    if getattr(error, "sqlstate", None) in FULL_CODES:
        return True
    return isinstance(error, Error) and any(words in str(error).lower() for words in FULL_WORDS)


def word(code: str, path: str, chosen: str, accepted: str) -> tuple[bytes, str]:
    """The text for a person or a system, and its type. Chinese unless English is asked for."""
    language = chosen or ("en" if accepted[:2].lower() == "en" else "zh-hans")
    language = "en" if language == "en" else "zh-hans"
    heading, text = TROUBLE[code]
    with translation.override(language):
        if path.startswith("/api/"):
            problem = {"code": code, "message": f"{heading}: {text}", "cell": "", "findings": []}
            return json.dumps(problem, ensure_ascii=False).encode(), "application/json"
        if (code, language) not in _PAGES:
            page = render_to_string("admission/trouble.html", {"heading": heading, "text": text})
            _PAGES[code, language] = page.encode()
        return _PAGES[code, language], "text/html; charset=utf-8"
