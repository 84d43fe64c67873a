"""Writing beside the figures: remarks, marks, verdicts on explanations; the list of a person's marks."""

from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.period.types import Period
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Refused, State
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.adjudicating import adjudicate
from gongmai.monitor.filing.actions.remarks import flag, note_look, remark, resolve
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.remarks import is_firm, my_flags, threads_of
from gongmai.monitor.filing.queries.returns import find_return, get_return
from gongmai.monitor.filing.types import FilingError, Verdicts
from gongmai.monitor.filing.views.fill import period_words
from gongmai.monitor.filing.views.marks import thread_rows
from gongmai.monitor.filing.views.show import announce_change, back_to, in_drawer, render_return
from gongmai.monitor.filing.views.words import in_words as words
from gongmai.ui.reading import whole_number


@require_safe
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is said about a return, for the firm and for officers; also as a part of a page."""
    return _talk(request, pk)


def _talk(request: HttpRequest, pk: int, problem: str = "", typed: str = "") -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        filing = find_return(actor, pk)
    except FilingError as error:
        raise Http404 from error
    form = forms()[filing.form]
    context = {
        "filing": filing,
        "threads": thread_rows(threads_of(actor, filing)),
        "boxes": [(cell.key, messages.cell_label(cell.key)) for cell in form.cells],
        "firm": is_firm(actor),
        "problem": problem,
        "typed": typed,
        "title": f"{messages.label_of(form.label)} {period_words(Period.from_key(filing.period))}",
        "back": reverse("filing:fill" if is_firm(actor) else "filing:show", args=[pk]),
    }
    note_look(actor, pk)
    part = request.htmx and request.htmx.target == "talk"  # type: ignore[attr-defined]
    template = "filing/talk_part.html" if part else "filing/talk.html"
    return render(request, template, context, status=422 if problem else 200)


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a remark; what was typed is kept after a refusal."""
    post = request.POST
    actor = request.actor  # type: ignore[attr-defined]
    try:
        remark(
            actor,
            pk,
            post.get("text", ""),
            box=post.get("box", "")[:120],
            internal=post.get("internal") == "1",
        )
    except FilingError as error:
        if error.code == "no_such_return":
            raise Http404 from error
        return _talk(request, pk, words(error), post.get("text", ""))
    return _after(request, pk, _("Written."))


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a thread is settled, or take that back."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        number = whole_number(request.POST.get("thread")) or 0
        thread = resolve(actor, pk, number, done=request.POST.get("done") != "0")
    except FilingError as error:
        if error.code == "no_such_return":
            raise Http404 from error
        notes.error(request, words(error))
        return _after(request, pk, "")
    return _after(request, thread.filing_id, _("Settled.") if thread.resolved_at else _("Open again."))


@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a box for following up, or take the mark away."""
    actor, post = request.actor, request.POST  # type: ignore[attr-defined]
    try:
        find_return(actor, pk)
        flag(actor, pk, post.get("box", "")[:120], on=post.get("on") != "0")
    except FilingError as error:
        if error.code == "no_such_return":
            raise Http404 from error
        notes.error(request, words(error))
    return _after(request, pk, "")


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge an explanation: accepted, doubtful or wrong."""
    actor, post = request.actor, request.POST  # type: ignore[attr-defined]
    try:
        verdict = Verdicts(post.get("verdict", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        find_return(actor, pk)
        given = adjudicate(
            actor,
            pk,
            post.get("finding", ""),
            verdict,
            post.get("note", ""),
            whole_number(post.get("version")),
        )
    except (FilingError, Refused) as error:
        if isinstance(error, FilingError) and error.code == "no_such_return":
            raise Http404 from error
        seen = get_return(actor, pk)
        typed: dict[str, Any] = {
            "boxes": {}, "reason": "", "move": "", "answer_by": "", "revision": None,
            "note": post.get("note", ""), "finding": post.get("finding", ""),
        }  # fmt: skip
        return render_return(request, seen, problem=words(error), typed=typed)
    return _after(request, pk, str(messages.VERDICT_LABELS[Verdicts(given.verdict)]))


def _after(request: HttpRequest, pk: int, said: str) -> HttpResponse:
    """Back to where the writer was: the part of the page, the drawer, or the page."""
    if request.htmx and request.htmx.target == "talk":  # type: ignore[attr-defined]
        return _talk(request, pk)
    if in_drawer(request):
        seen = get_return(request.actor, pk)  # type: ignore[attr-defined]
        return announce_change(render_return(request, seen), said)
    if said:
        notes.success(request, said)
    if request.POST.get("next"):
        return redirect(back_to(request, pk))
    return redirect(
        reverse("filing:talk" if is_firm(request.actor) else "filing:show", args=[pk])  # type: ignore[attr-defined]
    )


@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """The reader's marks, and what they hang on."""
    rows: list[dict[str, Any]] = [
        {
            "flag": each,
            "filing": each.filing,
            "label": messages.box_label(each.box) if each.box else _("The whole return"),
            "form": messages.label_of(forms()[each.filing.form].label),
            "period": period_words(Period.from_key(each.filing.period)),
            "state_words": review_messages.STATE_LABELS[State(each.filing.state)],
        }
        for each in my_flags(request.actor)  # type: ignore[attr-defined]
    ]
    return render(request, "filing/flags.html", {"rows": rows})
