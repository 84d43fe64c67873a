"""Writing a version: the editor with its live checks and completion, and the value of a parameter."""

from datetime import date
from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.formula.queries import RuleVersion
from gongmai.core.formula.rules.versions import first_open_day
from gongmai.core.formula.types import Finding, VersionRefused
from gongmai.core.period import clock
from gongmai.monitor.filing.messages import label_of, shown_label
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.rule import messages
from gongmai.monitor.rule.actions import save_rule, save_value
from gongmai.monitor.rule.queries import catalogue as rules
from gongmai.monitor.rule.queries.checking import check_rule, check_value, known_cells, words_of
from gongmai.monitor.rule.queries.completion import offers
from gongmai.monitor.rule.rules.entry import BadExamples, to_boxes, to_entry
from gongmai.monitor.rule.views.words import form_label
from gongmai.ui.reading import whole_number

MAX_BOX = 9000


def read_day(text: str) -> date | None:
    """A date of the page, None for none or a wrong one."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _boxes(request: HttpRequest) -> dict[str, str]:
    return {key: str(value)[:MAX_BOX] for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}


@require_POST
def check_typed(request: HttpRequest) -> JsonResponse:
    """What is wrong with what stands in the editor now, and the formula in words."""
    check_may(request.actor, "formula.edit")  # type: ignore[attr-defined]
    boxes = _boxes(request)
    code = boxes.pop("code", "")
    present = rules.present_entry(code, clock.today())
    if present is None:
        raise Http404
    found, words = _judge(code, boxes, present)
    return JsonResponse({"findings": [messages.as_shown(each) for each in found], "words": words})


def _judge(code: str, boxes: dict[str, str], present: dict[str, Any]) -> tuple[list[Finding], Any]:
    """Findings of the checks with those of the examples, and the words of the formula."""
    words = words_of(boxes.get("formula", ""), present.get("table") or "")
    try:
        entry = to_entry({**boxes, "form": present["form"], "table": present.get("table") or ""}, present)
    except BadExamples as error:
        return [Finding(error.code, code, {"detail": error.detail})], words
    return check_rule(code, entry, read_day(boxes.get("valid_from", ""))), words


@require_safe
def offered(request: HttpRequest) -> JsonResponse:
    """What completion offers, for formulas of a table's lines or of the head."""
    check_may(request.actor, "formula.edit")  # type: ignore[attr-defined]
    return JsonResponse({"offers": offers(request.GET.get("table", "")[:40])})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The editor: a new version of a rule from the present one, a former one, or one's own draft."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "formula.edit")
    present = rules.present_entry(code, clock.today())
    if present is None:
        raise Http404
    draft = _draft(request, code, "formula")
    boxes = to_boxes(_start(request, code, present, draft))
    boxes["valid_from"] = str((draft.valid_from if draft else None) or first_open_day(clock.today()))
    boxes["reason"] = draft.reason if draft else ""
    problems: list[str] = []
    checked: list[Finding] | None = None
    if request.method == "POST":
        boxes |= _boxes(request)
        if "check" in request.POST:
            checked, _words = _judge(code, boxes, present)
        else:
            answer = _save(request, code, boxes, present, draft)
            if isinstance(answer, HttpResponse):
                return answer
            problems.append(answer)
    form, table = present["form"], present.get("table") or ""
    context = {
        "code": code,
        "label": label_of(present["label"]),
        "form": form_label(form),
        "table": table,
        "boxes": boxes,
        "draft": draft,
        "problems": problems,
        "checked": None if checked is None else [_shown(each) for each in checked],
        "words": words_of(boxes["formula"], table),
        "severities": messages.SEVERITIES.items(),
        "cells": sorted(
            {(cell, shown_label(cell, table)) for cell in _cells(form, table, present)},
            key=lambda pair: pair[1],
        ),
        "earliest": str(first_open_day(clock.today())),
        "fields": messages.FIELDS,
    }
    return render(request, "rule/edit.html", context, status=422 if problems else 200)


def _cells(form: str, table: str, present: dict[str, Any]) -> set[str]:
    mine = {cell.key for cell in forms()[form].cells} | {each.code for each in forms()[form].tables}
    if table:
        mine = {cell.key for each in forms()[form].tables if each.code == table for cell in each.cells}
    return (mine & known_cells(form, table)) | {present["cell"]}


def _shown(finding: Finding) -> dict[str, Any]:
    if finding.code.startswith("examples_"):
        detail = str(finding.params.get("detail", ""))
        return {"text": messages.word_examples(BadExamples(finding.code, detail)), "position": None}
    return messages.as_shown(finding)


def _draft(request: HttpRequest, code: str, kind: str) -> RuleVersion | None:
    pk = whole_number(request.GET.get("draft") or request.POST.get("draft"))
    row = rules.get_version(pk) if pk else None
    if row is None or (row.code, row.kind) != (code, kind):
        return None
    return row if row.author_id == request.actor.user_id else None  # type: ignore[attr-defined]


def _start(
    request: HttpRequest, code: str, present: dict[str, Any], draft: RuleVersion | None
) -> dict[str, Any]:
    """The entry that the editor begins with."""
    if draft is not None and draft.entry:
        return dict(draft.entry)
    wanted = request.GET.get("from", "")
    if wanted:
        former = [each for each in rules.rule_entries(code) if str(each.get("valid_from")) == wanted]
        return former[0] if former else present
    return present


def _save(
    request: HttpRequest, code: str, boxes: dict[str, str], present: dict[str, Any], draft: RuleVersion | None
) -> HttpResponse | str:
    """Save the draft and go to its page, or say why not."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        entry: dict[str, Any] = {}
        if "end" not in request.POST:
            fixed = {"form": present["form"], "table": present.get("table") or ""}
            entry = to_entry({**boxes, **fixed}, present)
            text = entry.get("formula", "")
            if len(text.encode()) > 2048:  # noqa: PLR2004 - the fence's limit, before anything is kept
                return messages.word_finding(Finding("too_long", code, {"limit": 2048}))
        row = save_rule(
            actor, code, entry, read_day(boxes.get("valid_from", "")), boxes.get("reason", ""),
            version=draft.pk if draft else None, revision=whole_number(request.POST.get("revision")),
        )  # fmt: skip
    except BadExamples as error:
        return messages.word_examples(error)
    except VersionRefused as error:
        return messages.word_refused(error)
    notes.success(request, _("The draft is saved. Nobody is judged by it yet."))
    return redirect("rule:version", pk=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_value(request: HttpRequest, code: str) -> HttpResponse:
    """A parameter with its values, and the box for the next one."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "formula.edit")
    param = rules.get_param(code)
    if param is None:
        raise Http404
    today = clock.today()
    draft = _draft(request, code, "param")
    present = next((v for v in reversed(param["values"]) if rules.in_force(v, today)), param["values"][-1])
    boxes = {
        "value": f"{(draft.entry if draft else present).get('value', 0):g}",
        "valid_from": str((draft.valid_from if draft else None) or first_open_day(today)),
        "reason": draft.reason if draft else "",
    }
    problem = ""
    if request.method == "POST":
        boxes |= {name: request.POST.get(name, "")[:2000] for name in boxes}
        value = _number(boxes["value"])
        findings = check_value(code, {"value": value})
        if findings:
            problem = messages.word_finding(findings[0])
        else:
            try:
                row = save_value(
                    actor, code, value, read_day(boxes["valid_from"]), boxes["reason"],
                    version=draft.pk if draft else None, revision=whole_number(request.POST.get("revision")),
                )  # fmt: skip
            except VersionRefused as error:
                problem = messages.word_refused(error)
            else:
                notes.success(request, _("The draft is saved. Nobody is judged by it yet."))
                return redirect("rule:version", pk=row.pk)
    context = {
        "param": param,
        "label": label_of(param["label"]),
        "values": [
            {"value": f"{v['value']:g}", "from": v["valid_from"], "to": v.get("valid_to")}
            for v in reversed(param["values"])
        ],
        "boxes": boxes,
        "draft": draft,
        "problem": problem,
        "rules": [
            (each, label_of(rules.rule_entries(each)[-1]["label"])) for each in rules.rules_reading(code)
        ],
        "earliest": str(first_open_day(today)),
        "written": rules.written_versions(code, "param"),
    }
    return render(request, "rule/value.html", context, status=422 if problem else 200)


def _number(text: str) -> float | None:
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None  # noqa: PLR2004
