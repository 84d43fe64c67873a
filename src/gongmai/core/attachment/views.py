"""Pages of attachments: a part that other pages take in, upload, download, removal."""

from typing import Any

from django.contrib import messages as notes
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may, names_of
from gongmai.core.access.types import Actor
from gongmai.core.attachment import actions, queries
from gongmai.core.attachment.messages import word_refusal
from gongmai.core.attachment.types import AttachmentRefused
from gongmai.core.period import clock

REFUSED = 422
MEGABYTE = 1024 * 1024


@require_safe
def show(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """The files on an object: a part for the page of the object, a page of its own otherwise."""
    return _list(request, kind, number)


@require_POST
def upload(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Attach the chosen or dropped files, each by itself; the answer is the list with what was refused."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "attachment.add")
    try:
        queries.owner_of(kind).place(actor, number)
    except LookupError as error:
        raise Http404 from error
    uploads = [each for each in request.FILES.getlist("file") if isinstance(each, UploadedFile)]
    problems = [] if uploads else [word_refusal(AttachmentRefused("no_file"))]
    for each in uploads:
        try:
            actions.attach(
                actor,
                kind,
                number,
                name=each.name or "",
                chunks=each.chunks(),
                topic=request.POST.get("topic", ""),
                note=request.POST.get("note", ""),
                is_shared=request.POST.get("private") is None,
            )
        except AttachmentRefused as refusal:
            problems.append(f"{each.name}: {word_refusal(refusal)}")
    return _answer(request, kind, number, problems)


@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a file off."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problems = []
    try:
        row = queries.get_attachment(actor, key)
        actions.remove(actor, key)
    except LookupError as error:
        raise Http404 from error
    except AttachmentRefused as refusal:
        problems.append(word_refusal(refusal))
    return _answer(request, row.kind, row.object_id, problems)


@require_safe
def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """The content as a download, never shown in the browser: it comes from a stranger."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        row = queries.get_attachment(actor, key)
        content = queries.content_path(row.digest).open("rb")
    except (LookupError, OSError) as error:
        raise Http404 from error
    actions.note_download(actor, row)
    response = FileResponse(
        content, as_attachment=True, filename=row.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _answer(request: HttpRequest, kind: str, number: int, problems: list[str]) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _list(request, kind, number, problems)
    for problem in problems:
        notes.error(request, problem)
    return redirect("attachment:list", kind=kind, number=number)


def _list(request: HttpRequest, kind: str, number: int, problems: list[str] | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        place, rows = queries.list_attachments(actor, kind, number)
    except LookupError as error:
        raise Http404 from error
    rules = queries.rules_on(clock.today())
    language = "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"
    labels = {each.code: each.label[language] for each in rules.kinds}
    people = names_of(row.uploaded_by for row in rows if row.uploaded_by)
    context: dict[str, Any] = {
        "kind": kind,
        "number": number,
        "place": place,
        "problems": problems or [],
        "files": [
            {
                "row": row,
                "label": labels.get(row.type, row.type),
                "topic": place.topics.get(row.topic, row.topic),
                "by": people.get(row.uploaded_by or 0, ""),
                "removable": row.is_office == place.is_office and not place.closed,
            }
            for row in rows
        ],
        "may_add": may(actor, "attachment.add") and not place.closed,
        "topics": place.topics.items(),
        "accept": ",".join(f".{suffix}" for each in rules.kinds for suffix in each.suffixes),
        "kinds": ", ".join(suffix for each in rules.kinds for suffix in each.suffixes),
        "megabytes": rules.allowance.file_bytes // MEGABYTE,
    }
    is_part = bool(request.headers.get("HX-Request"))
    # a refusal is shown in place: htmx swaps only what succeeds
    return render(request, "attachment/part.html" if is_part else "attachment/page.html", context)
