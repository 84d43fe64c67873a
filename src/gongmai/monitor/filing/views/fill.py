"""The return that an enterprise fills in."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Refused, State
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.bases import request_base_revision
from gongmai.monitor.filing.actions.drafts import OPEN, Saved, save_edits
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import BaseRevision, Return
from gongmai.monitor.filing.queries.context import Context, load_context
from gongmai.monitor.filing.queries.forms import get_form, items, reasons
from gongmai.monitor.filing.queries.openness import box_reasons, open_boxes
from gongmai.monitor.filing.queries.returns import changes_between, find_return, get_return
from gongmai.monitor.filing.queries.series import last_lines, lines_filed, series_of
from gongmai.monitor.filing.queries.working import check_content, working_draft
from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.rules.locks import prefilled_bases
from gongmai.monitor.filing.rules.merging import flatten
from gongmai.monitor.filing.types import FilingError, Finding
from gongmai.monitor.filing.views import live, sheet
from gongmai.monitor.filing.views.findings import finding_rows
from gongmai.monitor.filing.views.posted import read_form
from gongmai.monitor.filing.views.words import in_words, sheet_words
from gongmai.ui.reading import whole_number


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
        "sign_in_url": resolve_url(settings.LOGIN_URL),
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
    previous = context.row(period.previous())
    openness = sheet.READ_ONLY
    filed: Any = {}
    if editable:
        openness = sheet.Openness(True, open_boxes(filing), box_reasons(filing))
        filed = lines_filed(filing)
    return {
        "sections": sheet.build_sections(
            form, period, content, typed=draft.typed if editable else {}, locked=locked, previous=previous,
            prefilled=draft.prefilled if editable else (), changes=changes, grouped=not editable,
            openness=openness,
        ),
        "tables": sheet.build_tables(
            form, period, content, draft=draft if editable else None, last=last_lines(form, period, filed),
            changes=changes, openness=openness,
        ),
        "pickers": sheet.pickers_of(form) if editable else {},
        "editable": editable,
        "base_cells": [(key, messages.cell_label(key)) for key in locked],
        "asked": [(box, messages.box_label(box), why) for box, why in openness.asked.items()],
        "data": _sheet_data(filing, draft, context, filed) if editable else None,
        "base": json.dumps(live.values_of(filing, draft)) if editable else "",
    }  # fmt: skip


def _sheet_data(filing: Return, draft: Draft, context: Context, filed: Any) -> dict[str, Any]:
    """What the sheet's script needs to know; all of it is on the page already in some form."""
    form, period = get_form(filing.form), Period.from_key(filing.period)
    before = {} if period.is_merged else context.row(period.previous())
    return {
        "filing": filing.pk,
        "revision": filing.draft_revision,
        "saved_at": live.saved_at(filing),
        "flows": {
            column.code: {
                "decimals": column.decimals,
                "before": before.get(f"{column.code}__ytd"),
                "before_base": before.get(f"{column.code}__ytd_base"),
            }
            for column in form.columns
            if column.kind == "flow"
        },
        "totals": sheet.total_rules(form),
        "series": series_of(filing, context, filed),
        "prefilled": list(draft.prefilled),
        "reasons": [messages.label_of(reason["label"]) for reason in reasons()],
        "words": sheet_words(),
    }


def _panel_context(
    filing: Return, draft: Draft, findings: list[Finding], *, editable: bool
) -> dict[str, Any]:
    rows = live.findings_of(filing, draft, findings) if editable else None
    state = live.state_of(findings, draft)
    return {
        "filing": filing,
        "findings": finding_rows(findings, draft.content.explanations) if rows is None else rows,
        **state,
        "ready": editable and state["ready"],
        "revision": filing.draft_revision,
        "saved_at": filing.draft_saved_at,
        "editable": editable,
    }


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save edits: JSON from the sheet's script, or the whole form where there is none."""
    if request.content_type == "application/json":
        return live.save(request, pk)
    _own(request, pk)
    try:
        _tell_conflicts(request, _save_form(request, pk))
    except (FilingError, Refused) as error:
        notes.error(request, in_words(error))
    else:
        notes.success(request, _("The draft was saved."))
    return redirect("filing:fill", pk=pk)


def _save_form(request: HttpRequest, pk: int) -> Saved:
    actor = request.actor  # type: ignore[attr-defined]
    filing = find_return(actor, pk, "return.file")
    state = {
        address: sheet.show(value)
        for address, value in flatten(get_form(filing.form), working_draft(filing)).items()
    }
    return save_edits(actor, pk, read_form(request.POST, state, filing.draft_revision))


def _tell_conflicts(request: HttpRequest, saved: Saved) -> None:
    for each in saved.conflicts:
        text = _("%(box)s: “%(theirs)s” was saved elsewhere, you typed “%(mine)s”. Type again what holds.")
        values = {"theirs": sheet.show(each.theirs), "mine": sheet.show(each.mine)}
        notes.error(request, text % {"box": messages.box_label(each.address.partition(".")[2]), **values})


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit the draft; a page without script sends all its boxes, which are saved first."""
    _own(request, pk)
    revision = None
    try:
        if any(name.startswith("c.") for name in request.POST):
            saved = _save_form(request, pk)
            if saved.conflicts:
                _tell_conflicts(request, saved)
                return redirect("filing:fill", pk=pk)
        else:
            revision = whole_number(request.POST.get("revision"))
        receipt = submit_return(request.actor, pk, revision=revision)  # type: ignore[attr-defined]
    except (FilingError, Refused) as error:
        notes.error(request, in_words(error))
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
        notes.error(request, in_words(error))
    else:
        notes.success(request, _("The request was sent to the city."))
    return redirect("filing:fill", pk=pk)


def _own(request: HttpRequest, pk: int) -> Return:
    try:
        return find_return(request.actor, pk, "return.file")  # type: ignore[attr-defined]
    except FilingError as error:
        raise Http404 from error
