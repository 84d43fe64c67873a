"""One return as an officer reviews it: the page or the drawer, one of its boxes, and the moves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import may
from gongmai.core.period import clock
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Level, Move, Refused, Standing
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.remarks import note_look
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.queries.calendar import answer_day
from gongmai.monitor.filing.queries.lattice import standings
from gongmai.monitor.filing.queries.openness import box_reasons, open_boxes
from gongmai.monitor.filing.queries.remarks import flags_on, since_last_look, threads_of
from gongmai.monitor.filing.queries.returns import (
    ReturnView,
    cell_history,
    changes_between,
    find_return,
    get_return,
)
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.filing.views import sheet
from gongmai.monitor.filing.views.contradiction import contradiction_shown
from gongmai.monitor.filing.views.controls import controls_of, reopened_in
from gongmai.monitor.filing.views.fill import period_words, steps_in_words
from gongmai.monitor.filing.views.marks import (
    answer_rows,
    change_rows,
    judged_findings,
    mark_sections,
    mark_tables,
    marks_of,
    thread_rows,
)
from gongmai.monitor.filing.views.words import in_words as words
from gongmai.ui.reading import whole_number

MAX_BOXES = 60


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One return with all that a decision needs; in the drawer or as a page."""
    seen = _read(request, pk, whole_number(request.GET.get("version")))
    actor = request.actor  # type: ignore[attr-defined]
    if may(actor, "return.file") and not may(actor, "return.review_county"):
        return redirect("filing:fill", pk=pk)
    return render_return(request, seen)


def render_return(
    request: HttpRequest, seen: ReturnView, *, problem: str = "", typed: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page of a return; with a problem what was typed stands in it still."""
    context = build_context(request, seen) | {"problem": problem, "typed": typed or {}}
    if typed:
        context["overtaken"] = steps_in_words(_since(seen, typed.get("revision")))
        context["back_rows"] = [
            {"box": box, "label": messages.box_label(box), "reason": reason}
            for box, reason in typed["boxes"].items()
        ]
    template = "filing/show_part.html" if in_drawer(request) else "filing/show.html"
    return render(request, template, context, status=422 if problem else 200)


def build_context(request: HttpRequest, seen: ReturnView) -> dict[str, Any]:
    """What the page of a return shows."""
    actor = request.actor  # type: ignore[attr-defined]
    pk, number = seen.filing.pk, seen.version.number if seen.version else 0
    since = since_last_look(actor, seen.filing, number)
    before = since.version if not since.first and 0 < since.version < number else number - 1
    changes = changes_between(actor, pk, before, number) if number > 1 and before > 0 else []
    threads = threads_of(actor, seen.filing)
    marks = marks_of(threads, flags_on(actor, seen.filing), box_reasons(seen.filing))
    asked, until = boxes_asked(seen, number)
    findings = judged_findings(actor, seen)
    doubted = {row["cell_box"]: row["doubt"] for row in findings if row.get("doubt") and row["cell_box"]}
    return {
        "seen": seen,
        "sections": mark_sections(
            sheet.build_sections(seen.form, seen.period, seen.content, changes=changes, grouped=True), marks
        ),
        "tables": mark_tables(
            sheet.build_tables(seen.form, seen.period, seen.content, changes=changes), marks
        ),
        "changes": change_rows(changes),
        "before": before,
        "answer": answer_rows(seen, asked, changes_between(actor, pk, number - 1, number))
        if asked and number > 1
        else None,
        "awaited": until,
        "since": since,
        "findings": findings,
        "contradiction": contradiction_shown(actor, seen),
        "threads": thread_rows(threads),
        "flagged_whole": "" in flags_on(actor, seen.filing),
        "steps": reopened_in(steps_in_words(seen.steps), seen),
        "state_words": review_messages.STATE_LABELS[seen.state],
        "standings": [
            (review_messages.LEVEL_LABELS[level], where.value, _standing_words(level, where))
            for level, where in standings(seen.facts).items()
        ],
        "period_words": period_words(seen.period),
        "form_words": messages.label_of(seen.form.label),
        "in_drawer": in_drawer(request),
        "controls": controls_of(actor, seen),
        "back_rows": [
            {"box": box, "label": messages.box_label(box), "reason": reason}
            for box, reason in doubted.items()
        ],
        "whole_tables": [(f"{table.code}.*", messages.label_of(table.label)) for table in seen.form.tables],
        "open_boxes": [messages.box_label(box) for box in sorted(open_boxes(seen.filing) or ())],
        "asked": [
            {"label": messages.box_label(box), "reason": reason}
            for box, reason in box_reasons(seen.filing).items()
        ],
        "answer_day": answer_day(clock.today()).isoformat(),
        "first_answer_day": clock.today().isoformat(),
        "may_annotate": may(actor, "return.annotate"),
        "may_adjudicate": seen.version is not None and may(actor, "return.adjudicate"),
        "may_adjust": may(actor, "adjustment.edit") and seen.state.value == "approved",
        "panel": _panel(request, seen) if request.GET.get("box") else None,
    }


def _standing_words(level: Level, where: Standing) -> Any:
    """What a return is to a level; the firm files where officers review."""
    if level is Level.OWNER:
        return _("To be filed") if where is Standing.READY else _("Submitted")
    return review_messages.STANDING_LABELS[where]


def boxes_asked(seen: ReturnView, number: int) -> tuple[dict[str, str], str]:
    """The single boxes that version `number` answers, each with its reason, and until when it was awaited."""
    asked: dict[str, str] = {}
    until, submitted = "", 0
    for step in seen.steps:
        if step.move == Move.SUBMIT:
            submitted += 1
            if submitted == number:
                break
            asked, until = {}, ""
        elif step.detail.get("boxes"):
            asked |= step.detail["boxes"]
            until = step.detail.get("answer_by", "")
    return asked, until


def _since(seen: ReturnView, revision: int | None) -> list[Any]:
    """The steps that others took since the page was read."""
    newer = seen.facts.revision - (revision if revision is not None else seen.facts.revision)
    return seen.steps[-newer:] if newer > 0 else []


def in_drawer(request: HttpRequest) -> bool:
    """Whether the answer goes into the drawer."""
    return bool(request.htmx and request.htmx.target == "drawer")  # type: ignore[attr-defined]


def _read(request: HttpRequest, pk: int, version: int | None = None) -> ReturnView:
    try:
        return get_return(request.actor, pk, version)  # type: ignore[attr-defined]
    except FilingError as error:
        raise Http404 from error


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one return. After a refusal what was typed stands in the page still."""
    actor, post = request.actor, request.POST  # type: ignore[attr-defined]
    boxes = {box: post.get(f"reason.{box}", "") for box in post.getlist("boxes")[:MAX_BOXES]}
    typed = {
        "move": post.get("move", ""),
        "reason": post.get("reason", ""),
        "boxes": boxes,
        "answer_by": post.get("answer_by", ""),
        "revision": whole_number(post.get("revision")),
    }
    try:
        step = Move(post.get("move", ""))
        find_return(actor, pk)
        filing = move_return(
            actor,
            pk,
            step,
            reason=post.get("reason", ""),
            boxes=boxes,
            answer_by=_day(post.get("answer_by", "")),
            version=whole_number(post.get("version")),
            revision=whole_number(post.get("revision")),
        )
    except ValueError as error:
        raise Http404 from error
    except (FilingError, Refused) as error:
        if isinstance(error, FilingError) and error.code == "no_such_return":
            raise Http404 from error
        return render_return(request, _read(request, pk), problem=words(error), typed=typed)
    said = f"{filing.enterprise.name}: {review_messages.MOVE_LABELS[step]}"
    if in_drawer(request):
        response = render_return(request, _read(request, pk))
        return announce_change(response, said)
    notes.success(request, said)
    return redirect(back_to(request, pk))


def announce_change(response: HttpResponse, said: str) -> HttpResponse:
    """Tell the page around the drawer that a return changed."""
    import json

    response["HX-Trigger"] = json.dumps({"filing-changed": {}, "toast": {"text": said, "level": "success"}})
    return response


def _day(text: str) -> date | None:
    return parse_date(text) if text else None


def back_to(request: HttpRequest, pk: int = 0) -> str:
    """Where the officer came from, when that is a page of ours; else the return, else the list."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return reverse("filing:show", args=[pk]) if pk else reverse("filing:workbench")


@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember that the reader has seen the return as it stands."""
    try:
        note_look(request.actor, pk)  # type: ignore[attr-defined]
    except FilingError as error:
        raise Http404 from error
    return HttpResponse(status=204)


@require_safe
def box(request: HttpRequest, pk: int) -> HttpResponse:
    """One box of a return: its history, what is said about it, and what can be done with it."""
    seen = _read(request, pk)
    context = {"seen": seen, "panel": _panel(request, seen), "in_drawer": False}
    return render(request, "filing/box_panel.html", context)


def _panel(request: HttpRequest, seen: ReturnView) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    name = request.GET.get("box", "")[:120]
    threads = [row for row in thread_rows(threads_of(actor, seen.filing)) if row["box"] == name]
    history = [] if "." in name or seen.withheld else cell_history(actor, seen.filing.pk, name, 12)
    largest = max((abs(value) for _, value in history if isinstance(value, int | float)), default=0)
    backs = seen.may["send_back"] is None or seen.may["reopen"] is None or seen.may["widen"] is None
    return {
        "box": name,
        "label": messages.box_label(name),
        "threads": threads,
        "flagged": name in flags_on(actor, seen.filing),
        "may_annotate": may(actor, "return.annotate"),
        "may_return": backs,
        "may_adjust": "." not in name and may(actor, "adjustment.edit") and seen.state.value == "approved",
        "history": [
            {
                "period": str(period),
                "value": sheet.show_grouped(value) if value is not None else "",
                "share": round(100 * abs(value) / largest)
                if largest and isinstance(value, int | float)
                else 0,
            }
            for period, value in reversed(history)
        ],
    }
