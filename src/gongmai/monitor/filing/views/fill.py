"""What an enterprise sees: its tasks, and the return that it fills in."""

from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Refused, State
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.bases import request_base_revision
from gongmai.monitor.filing.actions.drafts import OPEN, save_draft
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import BaseRevision, Return
from gongmai.monitor.filing.queries.context import Context, load_context
from gongmai.monitor.filing.queries.forms import get_form, items
from gongmai.monitor.filing.queries.returns import changes_between, find_return, get_return, my_tasks
from gongmai.monitor.filing.queries.working import check_content, working_draft
from gongmai.monitor.filing.rules.audits import unexplained
from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.rules.locks import prefilled_bases
from gongmai.monitor.filing.types import FilingError, Finding, Severity
from gongmai.monitor.filing.views import sheet
from gongmai.ui.reading import whole_number


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What the firm has to file, and what it filed."""
    found = my_tasks(request.actor)  # type: ignore[attr-defined]
    waiting = [task for task in found if task.state in OPEN]
    done = [task for task in found if task.state not in OPEN]
    context = {
        "waiting": [_task_row(task) for task in waiting],
        "done": [_task_row(task) for task in done[:24]],
    }
    return render(request, "filing/tasks.html", context)


def _task_row(task: Any) -> dict[str, Any]:
    return {
        "task": task,
        "form": messages.label_of(task.form.label),
        "number": messages.label_of(task.form.header.table_number),
        "state": review_messages.STATE_LABELS[task.state],
        "period": period_words(task.period),
    }


def period_words(period: Any) -> str:
    """A period in words."""
    if period.is_merged:
        return _("January-February %(year)s") % {"year": period.year}
    return _("%(year)s-%(month)s") % {"year": period.year, "month": f"{period.month:02d}"}


@require_safe
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The return: boxes to fill in while it is with the firm, else what was submitted."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.file")
    try:
        seen = get_return(actor, pk)
    except FilingError as error:
        raise Http404 from error
    editable = seen.state in OPEN
    problem = ""
    try:
        check_in_force(seen.form, clock.today())
    except FilingError as error:
        editable, problem = False, messages.word_error(error)
    context = load_context(seen.filing)
    draft = working_draft(seen.filing, context)
    content, findings = check_content(seen.filing, draft, context)
    if not editable and seen.version is not None:
        content, findings = seen.content, seen.findings
    changes = []
    if seen.state is State.RETURNED and seen.version is not None:
        changes = list_changes(seen.form, seen.content, content)
    elif seen.filing.versions_count > 1:
        last = seen.filing.versions_count
        changes = changes_between(actor, pk, last - 1, last)
    page = _sheet_context(seen.filing, draft, content, context, changes, editable=editable)
    page |= _panel_context(seen.filing, draft, findings, editable=editable)
    page |= {
        "seen": seen,
        "problem": problem,
        "steps": steps_in_words(seen.steps),
        "reason": next((step for step in reversed(seen.steps) if step.reason), None),
        "revisions": BaseRevision.objects.filter(filing=seen.filing).order_by("-pk")[:20],
        "state_words": review_messages.STATE_LABELS[seen.state],
        "period_words": period_words(seen.period),
        "form_words": messages.label_of(seen.form.label),
        "header": {
            name: messages.label_of(getattr(seen.form.header, name))
            for name in ("table_number", "authority", "approved_by", "document_number")
        },
    }
    return render(request, "filing/fill.html", page)


def steps_in_words(steps: list[Any]) -> list[dict[str, Any]]:
    """The steps of a case as a time line shows them."""
    return [
        {
            "words": review_messages.MOVE_LABELS.get(step.move, step.move),
            "at": step.at,
            "actor": step.actor,
            "reason": step.reason,
            "state": step.state,
            "cells": [
                messages.box_label(box) for box in step.detail.get("boxes", step.detail.get("cells", []))
            ],
        }
        for step in steps
    ]


def _sheet_context(
    filing: Return, draft: Draft, content: Any, context: Context, changes: Any, *, editable: bool
) -> dict[str, Any]:
    form = get_form(filing.form)
    period = Period.from_key(filing.period)
    keys = [cell.key for cell in form.cells]
    locked = prefilled_bases(items().values(), keys, context.joined) if editable else {}
    previous = context.row(period.previous()) if not period.is_merged else {}
    return {
        "sections": sheet.build_sections(
            form, period, content, typed=draft.typed if editable else {}, locked=locked, previous=previous,
            changes=changes, grouped=not editable,
        ),
        "tables": sheet.build_tables(
            form, period, content, typed=draft.typed if editable else {}, changes=changes, editable=editable
        ),
        "options": sheet.options_of(form) if editable else {},
        "editable": editable,
        "base_cells": [(key, messages.cell_label(key)) for key in locked],
    }  # fmt: skip


def _panel_context(
    filing: Return, draft: Draft, findings: list[Finding], *, editable: bool
) -> dict[str, Any]:
    explanations = draft.content.explanations
    blocking = [each for each in findings if each.severity is Severity.BLOCKING]
    open_ones = unexplained(findings, explanations)
    return {
        "filing": filing,
        "findings": sheet.finding_rows(findings, explanations),
        "blocking": len(blocking),
        "to_explain": len(open_ones),
        "ready": editable and not blocking and not open_ones,
        "revision": filing.draft_revision,
        "saved_at": filing.draft_saved_at,
        "editable": editable,
    }


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was typed and answer with the panel of findings."""
    actor = request.actor  # type: ignore[attr-defined]
    filing = _own(request, pk)
    try:
        draft = _save(request, pk)
    except (FilingError, Refused) as error:
        return render(request, "filing/panel_problem.html", {"problem": words(error)}, status=422)
    filing = find_return(actor, pk, "return.file")
    _content, findings = check_content(filing, draft)
    return render(request, "filing/panel.html", _panel_context(filing, draft, findings, editable=True))


def _save(request: HttpRequest, pk: int) -> Draft:
    cells, lines, explanations = sheet.read_post(request.POST)
    return save_draft(
        request.actor,  # type: ignore[attr-defined]
        pk,
        cells=cells,
        lines=lines,
        explanations=explanations,
        revision=whole_number(request.POST.get("revision")),
    )


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what stands in the page and submit it."""
    _own(request, pk)
    try:
        if any(name.startswith("c.") for name in request.POST):
            _save(request, pk)
        receipt = submit_return(request.actor, pk)  # type: ignore[attr-defined]
    except (FilingError, Refused) as error:
        notes.error(request, words(error))
    else:
        text = _("Submitted as version %(version)s. Receipt: %(digest)s…")
        notes.success(request, text % {"version": receipt.version, "digest": receipt.digest[:16]})
    return redirect("filing:fill", pk=pk)


@require_POST
def ask_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the city to change a locked base."""
    _own(request, pk)
    post = request.POST
    try:
        request_base_revision(
            request.actor,  # type: ignore[attr-defined]
            pk,
            post.get("cell", ""),
            post.get("wanted", ""),
            post.get("reason", ""),
        )
    except (FilingError, Refused) as error:
        notes.error(request, words(error))
    else:
        notes.success(request, _("The request was sent to the city."))
    return redirect("filing:fill", pk=pk)


def _own(request: HttpRequest, pk: int) -> Return:
    try:
        return find_return(request.actor, pk, "return.file")  # type: ignore[attr-defined]
    except FilingError as error:
        raise Http404 from error


def words(error: FilingError | Refused) -> str:
    """A refusal in the reader's language."""
    return review_messages.word(error) if isinstance(error, Refused) else messages.word_error(error)
