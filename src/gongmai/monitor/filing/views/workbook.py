"""The return as a workbook: take it away filled in beforehand, bring it back, see what was found."""

from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.document.actions import received_file, send_workbook
from gongmai.core.document.messages import word_refusal
from gongmai.core.document.types import FileRefused
from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.held import drop
from gongmai.monitor.filing.actions.workbook import Choice, hold_workbook, take_workbook
from gongmai.monitor.filing.messages import advise, cell_label, word, word_error
from gongmai.monitor.filing.models import HeldUpload, Return
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.held import find_held, waiting_upload
from gongmai.monitor.filing.queries.preview import Preview, annotated, preview
from gongmai.monitor.filing.queries.workbook import (
    content_for,
    find_return,
    label_language,
    may_file,
    remarks_of,
    workbook_of,
)
from gongmai.monitor.filing.queries.working import check_content, working_draft
from gongmai.monitor.filing.rules.workbook.layout import label_of
from gongmai.monitor.filing.types import KIND, Change, FilingError, Finding, Form, Severity
from gongmai.ui.reading import whole_number

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def show_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the page with both ways, and what was uploaded and waits. POST: what a file would change."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filing = find_return(actor, "return.file", pk)
    period = Period.from_key(filing.period)
    context = {"filing": filing, "title": _title(filing), "period": period}
    status = 200
    if request.method == "POST":
        answer, status = _hold(request, actor, filing)
        context |= answer
        if request.headers.get("HX-Request"):
            return render(request, "filing/workbook_answer.html", context, status=status)
    elif (held := waiting_upload(actor, filing.form, period, filing)) is not None:
        context |= _preview(held, filing)
    return render(request, "filing/workbook.html", context, status=status)


@require_POST
def confirm_workbook(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Take what was uploaded as its sender chose, or forget it; a second click gets the same answer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filing = find_return(actor, "return.file", pk)
    context: dict[str, Any] = {"filing": filing, "title": _title(filing)}
    status = 200
    try:
        held = find_held(actor, token, filing)
        if request.POST.get("choice") == "drop":
            drop(held)
            context["dropped"] = True
        else:
            choice = Choice.GOOD if request.POST.get("choice") == Choice.GOOD else Choice.ALL
            taken = take_workbook(actor, held, choice, whole_number(request.POST.get("revision")))
            filing.refresh_from_db()
            _, findings = check_content(filing, working_draft(filing))
            context |= {"taken": taken, "held": held, "findings": _shown(tuple(findings))}
            context |= _counts(tuple(findings))
    except FileRefused as refusal:
        context, status = context | {"refused": word_refusal(refusal)}, 422
    except FilingError as error:
        answer = {"refused": word_error(error), "advice": advise(error.code, error.params)}
        context, status = context | answer, 409 if error.code == "stale_draft" else 422
    name = "workbook_answer" if request.headers.get("HX-Request") else "workbook"
    return render(request, f"filing/{name}.html", context, status=status)


@require_safe
def download_marked(request: HttpRequest, pk: int, token: str) -> HttpResponseBase:
    """The uploaded file itself, with everything that was found in it written into its cells."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filing = find_return(actor, "return.file", pk)
    try:
        held = find_held(actor, token, filing)
        data = annotated(filing, held.name, bytes(held.content))
    except FileRefused as refusal:
        return _refuse(request, filing, word_refusal(refusal))
    except FilingError as error:
        return _refuse(request, filing, word_error(error), advise(error.code, error.params))
    stem = held.name.rsplit(".", 1)[0]
    return send_workbook(data, f"{stem} {pgettext('return form', 'Findings')}")


@require_safe
def download_workbook(request: HttpRequest, pk: int) -> FileResponse:
    """The return in the official layout: the firm's draft filled in beforehand, or what was submitted."""
    return _send(request, pk, annotate=False)


@require_safe
def download_annotated(request: HttpRequest, pk: int) -> FileResponse:
    """The same with everything that was found written into the cells, and on a sheet of its own."""
    return _send(request, pk, annotate=True)


def _send(request: HttpRequest, pk: int, *, annotate: bool) -> FileResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filing = find_return(actor, "return.view", pk)
    content, remarks = content_for(actor, filing, annotate=annotate)
    data = workbook_of(filing, content, remarks)
    if not may_file(actor, filing):
        with transaction.atomic():
            record(actor=actor, action="return.download", kind=KIND, object_id=filing.pk)
    ending = pgettext("return form", "Findings") if annotate else pgettext("return form", "Return form")
    return send_workbook(data, f"{_title(filing)} {filing.enterprise.name} {ending}")


def _refuse(request: HttpRequest, filing: Return, refused: str, advice: str = "") -> HttpResponse:
    """The page with why there is no file."""
    period = Period.from_key(filing.period)
    context = {"filing": filing, "title": _title(filing), "period": period}
    return render(
        request, "filing/workbook.html", context | {"refused": refused, "advice": advice}, status=422
    )


def _hold(request: HttpRequest, actor: Actor, filing: Return) -> tuple[dict[str, Any], int]:
    """The template's answer and the status: 200 for what was read, 422 for what was refused."""
    try:
        upload = received_file(request, "workbook")
        held, seen = hold_workbook(actor, filing, upload.name or "", upload)
    except FileRefused as refusal:
        return {"refused": word_refusal(refusal)}, 422
    except FilingError as error:
        return {"refused": word_error(error), "advice": advise(error.code, error.params)}, 422
    return _as_context(held, seen), 200


def _preview(held: HeldUpload, filing: Return) -> dict[str, Any]:
    """What waits, seen against the draft as it is now; nothing when it cannot be read against it any more."""
    try:
        return _as_context(held, preview(filing, held.name, bytes(held.content)))
    except (FileRefused, FilingError):
        return {}


def _as_context(held: HeldUpload, seen: Preview) -> dict[str, Any]:
    form = get_form(held.form)
    changes = seen.changes[:SHOWN]
    return {
        "held": held,
        "seen": seen,
        "changes": [_change_row(form, change) for change in changes],
        "more": len(seen.changes) - len(changes),
        "wrong": _shown(tuple(seen.wrong)),
        "notes": [word(note.code, note.params) for note in seen.notes],
        "after": _counts(seen.found),
        "after_found": _shown(seen.found),
    }


def _change_row(form: Form, change: Change) -> dict[str, Any]:
    label = cell_label(change.cell, change.table)
    if change.table:
        label = f"{label_of(form.table(change.table).label, label_language())} {change.line} · {label}"
    return {"label": label, "old": change.old, "new": change.new}


def _shown(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Findings as the shared template lists them."""
    return [
        {
            "severity": "blocking" if remark.severity is Severity.BLOCKING else "explain",
            "text": remark.text,
            "advice": remark.advice,
            "code": remark.rule,
            "values": [(cell_label(remark.cell, remark.table), "" if remark.value is None else remark.value)]
            if remark.cell
            else [],
        }
        for remark in remarks_of(findings)
    ]


def _counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    blocking = sum(finding.severity is Severity.BLOCKING for finding in findings)
    return {"blocking": blocking, "explanatory": len(findings) - blocking}


def _title(filing: Return) -> str:
    form = get_form(filing.form)
    return f"{label_of(form.label, label_language())} {Period.from_key(filing.period)}"
