"""What answers the sheet while people type: saving edits, checking what is not saved yet."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from gongmai.core.access.types import NotAllowed
from gongmai.core.period.types import Period
from gongmai.core.review.types import Refused
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.drafts import check_open, save_edits
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.returns import find_return
from gongmai.monitor.filing.queries.working import check_content, working_draft
from gongmai.monitor.filing.rules.audits import unexplained
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.merging import Conflict, apply_edits, flatten, names
from gongmai.monitor.filing.types import Content, FilingError, Finding, Severity
from gongmai.monitor.filing.views import sheet
from gongmai.monitor.filing.views.findings import finding_rows
from gongmai.monitor.filing.views.posted import read_edits
from gongmai.monitor.filing.views.words import in_words

View = Callable[..., HttpResponse]


def answers_json(view: View) -> View:
    """Word a refusal as JSON: 403 no right, 404 no such return, 409 the page is of another time, 422 else."""

    @wraps(view)
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except NotAllowed:
            return JsonResponse({"code": "not_allowed"}, status=403)
        except (FilingError, Refused) as error:
            status = {"no_such_return": 404, "not_open": 409, "another_person": 409}.get(error.code, 422)
            return JsonResponse({"code": error.code, "message": in_words(error)}, status=status)

    return answer


@require_POST
@answers_json
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge edits into the draft and say what stands there now, and what was found in it."""
    asked = _read(request, pk)
    before = asked["revision"]
    saved = save_edits(request.actor, pk, asked["edits"])  # type: ignore[attr-defined]
    answer = _answer(saved.filing, saved.draft, saved.conflicts)
    if before not in {saved.draft.revision, saved.draft.revision - 1} or saved.conflicts:
        answer |= _standing(saved.filing, saved.draft)
    return JsonResponse(answer)


@require_POST
@answers_json
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be found if these edits were saved; nothing is changed."""
    asked = _read(request, pk)
    filing = find_return(request.actor, pk, "return.file")  # type: ignore[attr-defined]
    check_open(filing)
    draft = working_draft(filing)
    form, period = get_form(filing.form), Period.from_key(filing.period)
    conflicts, _changed = apply_edits(form, period, draft, asked["edits"], open_boxes(filing))
    return JsonResponse(_answer(filing, draft, conflicts))


def _read(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The body; FilingError `another_person` when somebody else signed in while the page was open."""
    actor = request.actor  # type: ignore[attr-defined]
    find_return(actor, pk, "return.file")
    try:
        body = request.body
    except RawPostDataException:  # a form was posted where JSON belongs
        raise FilingError("not_readable") from None
    asked = read_edits(body)
    if asked["person"] and asked["person"] != str(actor.user_id):
        raise FilingError("another_person")
    return asked


def _answer(filing: Return, draft: Draft, conflicts: Sequence[Conflict]) -> dict[str, Any]:
    content, findings = check_content(filing, draft)
    found = findings_of(filing, draft, findings)
    return {
        "revision": draft.revision,
        "saved_at": saved_at(filing),
        "computed": computed_of(filing, content),
        "conflicts": [_conflict(each) for each in conflicts],
        "findings": [
            {
                "key": row["key"],
                "place": row["cell"],
                "severity": row["severity"],
                "text": row["text"],
                "suggestion": row["suggestion"],
                "html": render_to_string(
                    "filing/finding.html", {"finding": row | {"explanation": ""}, "editable": True}
                ),
            }
            for row in found
        ],
        **state_of(findings, draft),
    }


def _standing(filing: Return, draft: Draft) -> dict[str, Any]:
    """All that stands in the draft, for a page that has not seen it."""
    form = get_form(filing.form)
    return {
        "values": values_of(filing, draft),
        "lines": {table.code: names(table, draft) for table in form.tables},
        "prefilled": list(draft.prefilled),
    }


def values_of(filing: Return, draft: Draft) -> dict[str, str]:
    """Address -> text of every box that is not empty."""
    return {key: sheet.show(value) for key, value in flatten(get_form(filing.form), draft).items()}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    kind, _dot, rest = conflict.address.partition(".")
    return {
        "address": conflict.address,
        "why": conflict.why,
        "base": _text(conflict.base),
        "mine": _text(conflict.mine),
        "theirs": _text(conflict.theirs),
        "label": messages.box_label(rest) if kind in {"c", "k"} else rest,
    }


def _text(value: Any) -> Any:
    """A value as the page writes it; of a line, each of its boxes."""
    if isinstance(value, dict):
        return {key: sheet.show(each) for key, each in value.items()}
    return sheet.show(value)


def findings_of(filing: Return, draft: Draft, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as the sheet shows them, each at the box of its line."""
    called = {table.code: names(table, draft) for table in get_form(filing.form).tables}
    return finding_rows(findings, draft.content.explanations, called)


def state_of(findings: Sequence[Finding], draft: Draft) -> dict[str, Any]:
    """How far the draft is from being submitted."""
    blocking = sum(each.severity is Severity.BLOCKING for each in findings)
    to_explain = len(unexplained(findings, draft.content.explanations))
    return {
        "blocking": blocking,
        "to_explain": to_explain,
        "to_confirm": len(draft.prefilled),
        "ready": not blocking and not to_explain,
    }


def computed_of(filing: Return, content: Content) -> dict[str, str]:
    """The computed cells as texts."""
    return {cell: sheet.show_total(content, cell) for cell in get_form(filing.form).computed_cells}


def saved_at(filing: Return) -> str:
    """When the draft was saved last, in the city's time."""
    return timezone.localtime(filing.draft_saved_at).strftime("%H:%M:%S") if filing.draft_saved_at else ""
