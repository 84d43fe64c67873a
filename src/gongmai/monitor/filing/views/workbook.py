"""The return as a workbook: take it away filled in beforehand, bring it back, see what was found."""

from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.document.actions import received_file, send_workbook
from gongmai.core.document.messages import word_refusal
from gongmai.core.document.types import FileRefused
from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.workbook import take_workbook
from gongmai.monitor.filing.messages import advise, cell_label, word_error
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.workbook import (
    content_for,
    find_return,
    label_language,
    may_file,
    remarks_of,
    workbook_of,
)
from gongmai.monitor.filing.rules.workbook.layout import label_of
from gongmai.monitor.filing.types import KIND, FilingError, Finding, Severity
from gongmai.ui.reading import whole_number


@require_http_methods(["GET", "HEAD", "POST"])
def show_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the page with both ways. POST: the answer to an upload, beside the file field."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filing = find_return(actor, "return.file", pk)
    context = {"filing": filing, "title": _title(filing), "period": Period.from_key(filing.period)}
    status = 200
    if request.method == "POST":
        answer, status = _take(request, actor, filing)
        context |= answer
        if request.headers.get("HX-Request"):
            return render(request, "filing/workbook_answer.html", context, status=status)
    return render(request, "filing/workbook.html", context, status=status)


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


def _take(request: HttpRequest, actor: Actor, filing: Return) -> tuple[dict[str, Any], int]:
    """The template's answer and the status: 200 for what was read, 422 for what was refused."""
    try:
        upload = received_file(request, "workbook")
        seen = whole_number(request.POST.get("revision"))
        taken = take_workbook(actor, filing, upload.name or "", upload, seen)
    except FileRefused as refusal:
        return {"refused": word_refusal(refusal)}, 422
    except FilingError as error:
        return {"refused": word_error(error), "advice": advise(error.code, error.params)}, 422
    filing.draft_revision = taken.revision
    return {"taken": taken, "findings": _shown(taken.findings), **_counts(taken.findings)}, 200


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
