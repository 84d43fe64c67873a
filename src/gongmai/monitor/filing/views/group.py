"""Returns of many firms in one workbook: take it away, bring it back, see firm by firm what would happen."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.types import Actor
from gongmai.core.document.actions import received_file, send_workbook
from gongmai.core.document.messages import word_refusal
from gongmai.core.document.types import FileRefused
from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.files import Unexplained, verdict_of
from gongmai.monitor.filing.actions.group import check_group, hold_group, mark_of, take_group
from gongmai.monitor.filing.actions.held import drop
from gongmai.monitor.filing.actions.workbook import Choice
from gongmai.monitor.filing.messages import advise, cell_label, label_of, word, word_error
from gongmai.monitor.filing.models import HeldUpload
from gongmai.monitor.filing.ports import FileFinding
from gongmai.monitor.filing.queries.filecheck import CheckedFile
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.group import annotated_group, group_tasks, group_workbook, own_firms
from gongmai.monitor.filing.queries.held import find_held, waiting_upload
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.filing.views.fill import period_words

SHOWN = 20


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """The forms and periods of the firms that the reader files for."""
    rows = [
        {"task": task, "form": label_of(task.form.label), "period": period_words(task.period)}
        for task in group_tasks(_actor(request))
    ]
    return render(request, "filing/group_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, form: str, period: str) -> HttpResponse:
    """GET: both ways, and what was uploaded and waits. POST: what a file would do, firm by firm."""
    actor, (code, when) = _actor(request), _which(form, period)
    own_firms(actor)
    context, status = _base(code, when), 200
    try:
        if request.method == "POST":
            upload = received_file(request, "workbook")
            held, checked = hold_group(actor, upload.name or "", upload, code, when)
            context |= _preview(actor, held, checked)
        elif (waiting := waiting_upload(actor, code, when)) is not None:
            checked = check_group(actor, waiting.name, bytes(waiting.content), code, when)
            context |= _preview(actor, waiting, checked)
    except (FileRefused, FilingError) as error:
        context, status = context | _refusal(error), 422
    return render(request, "filing/group.html", context, status=status)


@require_POST
def confirm_group(request: HttpRequest, form: str, period: str, token: str) -> HttpResponse:
    """Take a file as its sender chose, or forget it."""
    actor, (code, when) = _actor(request), _which(form, period)
    own_firms(actor)
    context, status = _base(code, when), 200
    post = request.POST
    try:
        held = _held(actor, token, code, when)
        if post.get("choice") == "drop":
            drop(held)
            return render(request, "filing/group.html", context | {"dropped": True})
        choice = Choice.GOOD if post.get("choice") == Choice.GOOD else Choice.ALL
        unexplained = Unexplained.REFUSE if post.get("unexplained") == "refuse" else Unexplained.DRAFT
        outcome = take_group(actor, held, choice, unexplained, post.get("seen", ""))
        counts = {key: list(outcome.values()).count(key) for key in ("submitted", "draft", "refused")}
        firms = [(firm, outcome_words()[verdict]) for firm, verdict in sorted(outcome.items())]
        context |= {"done": counts, "firms_done": firms, "held": held}
    except (FileRefused, FilingError) as error:
        is_stale = isinstance(error, FilingError) and error.code == "stale_draft"
        context, status = context | _refusal(error), 409 if is_stale else 422
    return render(request, "filing/group.html", context, status=status)


@require_safe
def download_group(request: HttpRequest, form: str, period: str) -> HttpResponseBase:
    """The workbook with the returns of all the reader's firms."""
    code, when = _which(form, period)
    try:
        data = group_workbook(_actor(request), code, when)
    except FilingError as error:
        raise Http404 from error
    ending = _("group file")
    return send_workbook(data, f"{label_of(get_form(code).label)} {when} {ending}")


@require_safe
def group_marked(request: HttpRequest, form: str, period: str, token: str) -> HttpResponseBase:
    """The uploaded file with everything that was found written into its cells."""
    actor, (code, when) = _actor(request), _which(form, period)
    own_firms(actor)
    try:
        held = _held(actor, token, code, when)
        content = bytes(held.content)
        checked = check_group(actor, held.name, content, code, when)
        data = annotated_group(held.name, content, get_form(code), when, checked)
    except (FileRefused, FilingError) as error:
        return render(request, "filing/group.html", _base(code, when) | _refusal(error), status=422)
    ending = _("findings")
    return send_workbook(data, f"{held.name.rsplit('.', 1)[0]} {ending}")


def outcome_words() -> dict[str, str]:
    """What became of a firm, in words."""
    return {"submitted": _("submitted"), "draft": _("kept as draft"), "refused": _("left out")}


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _which(form: str, period: str) -> tuple[str, Period]:
    try:
        return get_form(form).code, Period.parse(period)
    except (FilingError, ValueError) as error:
        raise Http404 from error


def _held(actor: Actor, token: str, form: str, period: Period) -> HeldUpload:
    held = find_held(actor, token)
    if (held.form, held.period) != (form, period.key):
        raise FilingError("upload_gone")
    return held


def _base(form: str, period: Period) -> dict[str, Any]:
    return {
        "form": form,
        "period": str(period),
        "form_words": label_of(get_form(form).label),
        "period_words": period_words(period),
    }


def _refusal(error: FileRefused | FilingError) -> dict[str, str]:
    if isinstance(error, FileRefused):
        return {"refused": word_refusal(error)}
    return {"refused": word_error(error), "advice": advise(error.code, error.params)}


def _preview(actor: Actor, held: HeldUpload, checked: CheckedFile) -> dict[str, Any]:
    plans = checked.plans
    verdicts = [verdict_of(plan, Unexplained.DRAFT) for plan in plans]
    lost = sum(finding.severity == "blocking" for finding in checked.loose)
    return {
        "held": held,
        "seen": mark_of(held.form, Period.from_key(held.period), sorted(own_firms(actor))),
        "firms": [
            {"plan": plan, "verdict": verdict, "findings": _shown(plan.findings)}
            for plan, verdict in zip(plans, verdicts, strict=True)
        ],
        "loose": _shown(checked.loose),
        "ready": verdicts.count("submitted"),
        "to_explain": verdicts.count("draft"),
        "wrong": verdicts.count("refused") + lost,
        "good": verdicts.count("submitted") + verdicts.count("draft"),
    }


def _shown(findings: list[FileFinding]) -> list[dict[str, Any]]:
    rows = []
    for finding in findings[:SHOWN]:
        params = {"text": finding.value, **finding.params}
        value = "" if finding.value is None else finding.value
        rows.append(
            {
                "severity": "blocking" if finding.severity == "blocking" else "explain",
                "text": word(finding.rule, params),
                "advice": advise(finding.rule, params),
                "code": finding.rule,
                "values": [(cell_label(finding.cell, finding.table), value)] if finding.cell else [],
            }
        )
    return rows
