"""One written version: what it changes, what history says, who decides."""

from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.formula.queries import RuleVersion
from gongmai.core.formula.types import VersionRefused, VersionState, VersionStep
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.messages import label_of
from gongmai.monitor.filing.queries.trial import history_periods
from gongmai.monitor.rule import messages
from gongmai.monitor.rule.actions import move
from gongmai.monitor.rule.queries import catalogue as rules
from gongmai.monitor.rule.queries.checking import check_version, words_of
from gongmai.monitor.rule.views.words import differences, version_words
from gongmai.ui.reading import whole_number

SPAN = 11  # a year is tried unless another span is chosen


def find(request: HttpRequest, pk: int) -> RuleVersion:
    """The version; 404 for none, and for a draft of somebody else."""
    check_may(request.actor, "rule.view")  # type: ignore[attr-defined]
    row = rules.get_version(pk)
    person = request.actor.user_id  # type: ignore[attr-defined]
    if row is None or (row.state == VersionState.DRAFT and row.author_id != person):
        raise Http404
    return row


@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """The version beside what is in force."""
    row = find(request, pk)
    actor = request.actor  # type: ignore[attr-defined]
    mine = row.author_id == actor.user_id
    findings = check_version(row) if row.state in {VersionState.DRAFT, VersionState.PROPOSED} else []
    context = {
        **version_words(row),
        "label": _label(row),
        "changes": _changes(row),
        "words": words_of(row.entry.get("formula", ""), row.entry.get("table") or ""),
        "findings": [messages.as_shown(each) for each in findings],
        "may_edit": mine and may(actor, "formula.edit") and row.state in {"draft", "rejected"},
        "may_propose": mine and row.state == VersionState.DRAFT,
        "may_withdraw": mine and row.state in {"draft", "proposed"},
        "may_decide": not mine and may(actor, "formula.approve") and row.state == VersionState.PROPOSED,
        "own_proposal": mine and row.state == VersionState.PROPOSED,
        "periods": [(key, str(Period.from_key(key))) for key in reversed(history_periods())],
        **chosen_span(request),
    }
    return render(request, "rule/version.html", context)


def chosen_span(request: HttpRequest) -> dict[str, Any]:
    """First and last period of a trial, from the address or the last year."""
    published = history_periods()
    first = whole_number(request.GET.get("from")) or (published[-SPAN:][0] if published else 0)
    last = whole_number(request.GET.get("to")) or (published[-1] if published else 0)
    return {"first": first, "last": last}


def _label(row: RuleVersion) -> str:
    if row.kind == "param":
        param = rules.get_param(row.code)
        return label_of(param["label"]) if param else row.code
    entry = row.entry or rules.present_entry(row.code, clock.today()) or {}
    return label_of(entry["label"]) if entry.get("label", {}).get("zh-Hans") else row.code


def _changes(row: RuleVersion) -> list[dict[str, Any]]:
    if row.kind == "param":
        param = rules.get_param(row.code)
        values = param["values"] if param else []
        before = [v for v in values if str(v.get("valid_from")) < str(row.valid_from)]
        old = f"{before[-1]['value']:g}" if before else ""
        return [{"field": messages.FIELDS["value"], "old": old, "new": f"{row.entry.get('value', 0):g}"}]
    if not row.entry:
        return []
    entries = [
        each for each in rules.rule_entries(row.code) if str(each.get("valid_from")) < str(row.valid_from)
    ]
    return differences(entries[-1] if entries else {}, row.entry)


@require_POST
def move_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose, withdraw, approve, reject."""
    row = find(request, pk)
    actor = request.actor  # type: ignore[attr-defined]
    try:
        step = VersionStep(request.POST.get("step", ""))
    except ValueError:
        raise Http404 from None
    if step is VersionStep.SAVE:
        raise Http404
    try:
        row = move(
            actor, pk, step, note=request.POST.get("note", "")[:2000],
            revision=whole_number(request.POST.get("revision")),
        )  # fmt: skip
    except VersionRefused as error:
        notes.error(request, messages.word_refused(error))
    else:
        notes.success(request, str(messages.STATES[row.state]))
    return redirect("rule:version", pk=pk)
