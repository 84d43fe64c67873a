"""What officers see: the list of returns, one return, bulk passing, base revisions."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list, labeller
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Move, Refused, State
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.bases import decide_base_revision
from gongmai.monitor.filing.actions.reviewing import move_return, pass_many
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.returns import (
    FILTERS,
    cell_history,
    changes_between,
    filter_returns,
    find_return,
    get_return,
    list_base_revisions,
    list_returns,
    periods_of,
)
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.filing.views import sheet
from gongmai.monitor.filing.views.fill import period_words, steps_in_words, words
from gongmai.ui.reading import whole_number

STATES = (
    ("county", State.COUNTY),
    ("city", State.CITY),
    ("returned", State.RETURNED),
    ("approved", State.APPROVED),
)


def chosen_period(request: HttpRequest, periods: list[Period]) -> Period:
    """The period in the address, else the latest that there is, else the last finished month."""
    try:
        return Period.parse(request.GET.get("period", ""))
    except ValueError:
        if periods:
            return periods[0]
        today = clock.today()
        return Period(today.year, today.month).previous() if today.month > 1 else Period(today.year - 1, 12)


def chosen_form(request: HttpRequest) -> str:
    """The form in the address, else the first."""
    code = request.GET.get("form", "")
    return code if code in forms() else next(iter(forms()))


@require_safe
def workbench(request: HttpRequest) -> HttpResponseBase:
    """The list of returns with filters that live in the address; its part that htmx swaps; its download."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.view")
    periods = periods_of(actor)
    period, form = chosen_period(request, periods), chosen_form(request)
    filters = {name: request.GET.get(name, "")[:60] for name in FILTERS}
    if (wanted := wanted_format(request)) is not None:
        rows = filter_returns(actor, form, period, filters).order_by("enterprise__credit_code")
        title = f"{messages.label_of(forms()[form].label)} {period}"
        return table_response(request, _download(rows.iterator(chunk_size=1000), title), title, wanted)
    words = labeller()
    page = list_returns(actor, form, period, filters, whole_number(request.GET.get("page")) or 1)
    context: dict[str, Any] = {
        "page": page,
        "rows": [_row(row, words) for row in page.object_list],
        "filters": filters,
        "form": form,
        "period": period,
        "may_county": may(actor, "return.review_county"),
        "may_city": may(actor, "return.review_city"),
    }
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "filing/rows.html", context)
    context |= {
        "periods": [(str(each), period_words(each)) for each in periods],
        "forms": [(code, messages.label_of(each.label)) for code, each in forms().items()],
        "units": [
            ("", _("All")),
            *((entry.code, words("unit", entry.code)) for entry in code_list("unit")),
        ],
        "states": [
            ("", _("All")),
            ("missing", _("Not filed")),
            *((code, review_messages.STATE_LABELS[state]) for code, state in STATES),
        ],
    }
    return render(request, "filing/workbench.html", context)


def _row(row: Return, words: Callable[[str, str], str]) -> dict[str, Any]:
    filed, now = row.first_submitted_at, clock.now()
    late = bool(row.due_at and (filed > row.due_at if filed else not row.versions_count and now > row.due_at))
    missing = row.state == State.DRAFT
    return {
        "filing": row,
        "unit": words("unit", row.enterprise.unit),
        "industry": words("industry", row.enterprise.industry),
        "state": "missing" if missing and late else row.state,
        "state_words": _("Not filed") if missing else review_messages.STATE_LABELS[State(row.state)],
        "late": late,
    }


def _download(rows: Iterator[Return], title: str) -> Table:
    columns = (
        Column("credit_code", _("Credit code")),
        Column("name", _("Name of the enterprise")),
        Column("unit", _("Management unit")),
        Column("industry", _("Industry")),
        Column("state", _("State")),
        Column("versions", _("Versions"), Kind.INTEGER),
        Column("submitted_at", _("Submitted"), Kind.TEXT),
        Column("late", _("Late")),
        Column("contact", _("Contact person")),
        Column("contact_phone", _("Telephone")),
    )

    def lines() -> Iterator[dict[str, Any]]:
        words = labeller()
        for row in rows:
            shown = _row(row, words)
            yield {
                "credit_code": row.enterprise.credit_code,
                "name": row.enterprise.name,
                "unit": shown["unit"],
                "industry": shown["industry"],
                "state": str(shown["state_words"]),
                "versions": row.versions_count,
                "submitted_at": row.submitted_at.isoformat(" ", "minutes") if row.submitted_at else "",
                "late": _("Yes") if shown["late"] else "",
                "contact": row.enterprise.contact,
                "contact_phone": row.enterprise.contact_phone,
            }

    return Table(title, columns, lines(), firm_level=True)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One return with findings, explanations, what changed and its way so far; in the drawer or as a page."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        seen = get_return(actor, pk, whole_number(request.GET.get("version")))
    except FilingError as error:
        raise Http404 from error
    version = seen.version.number if seen.version else 0
    changes = changes_between(actor, pk, version - 1, version) if version > 1 else []
    context = {
        "seen": seen,
        "sections": sheet.build_sections(seen.form, seen.period, seen.content, changes=changes, grouped=True),
        "tables": sheet.build_tables(seen.form, seen.period, seen.content, changes=changes),
        "changes": [
            {
                "label": messages.cell_label(change.cell, change.table)
                + (f" · {change.line}" if change.line else ""),
                "old": sheet.show_grouped(change.old) if change.old is not None else "",
                "new": sheet.show_grouped(change.new) if change.new is not None else "",
            }
            for change in changes
        ],
        "findings": sheet.finding_rows(seen.findings, seen.content.explanations),
        "steps": steps_in_words(seen.steps),
        "state_words": review_messages.STATE_LABELS[seen.state],
        "period_words": period_words(seen.period),
        "form_words": messages.label_of(seen.form.label),
        "cells": [(cell.key, messages.cell_label(cell.key)) for cell in seen.form.cells],
        "in_drawer": _in_drawer(request),
        "blocked_by": _blocked_by(seen.may),
    }
    return render(request, "filing/show_part.html" if _in_drawer(request) else "filing/show.html", context)


def _blocked_by(open_moves: dict[str, str | None]) -> str:
    """Why the reader cannot pass it although they have the right."""
    for move in (Move.PASS_COUNTY, Move.PASS_CITY):
        if open_moves[move.value] == "four_eyes":
            return review_messages.word(Refused("four_eyes"))
    return ""


def _in_drawer(request: HttpRequest) -> bool:
    return bool(request.htmx and request.htmx.target == "drawer")  # type: ignore[attr-defined]


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass, send back or reopen one return."""
    actor = request.actor  # type: ignore[attr-defined]
    post = request.POST
    try:
        step = Move(post.get("move", ""))
        find_return(actor, pk)
        filing = move_return(
            actor,
            pk,
            step,
            reason=post.get("reason", ""),
            boxes=dict.fromkeys(post.getlist("cells"), ""),
            version=whole_number(post.get("version")),
            revision=whole_number(post.get("revision")),
        )
    except ValueError as error:
        raise Http404 from error
    except (FilingError, Refused) as error:
        if isinstance(error, FilingError) and error.code == "no_such_return":
            raise Http404 from error
        notes.error(request, words(error))
    else:
        notes.success(request, f"{filing.enterprise.name}: {review_messages.MOVE_LABELS[step]}")
    return redirect(_back(request, pk))


def _back(request: HttpRequest, pk: int) -> str:
    """Where the officer came from, when that is a page of ours; else the return."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return reverse("filing:show", args=[pk]) if pk else reverse("filing:workbench")


@require_POST
def pass_chosen(request: HttpRequest) -> HttpResponse:
    """Pass the chosen returns, each by itself."""
    actor = request.actor  # type: ignore[attr-defined]
    step = Move.PASS_CITY if request.POST.get("move") == Move.PASS_CITY else Move.PASS_COUNTY
    check_may(actor, "return.review_city" if step is Move.PASS_CITY else "return.review_county")
    found = (whole_number(text) for text in request.POST.getlist("pk")[:500])
    ids = [pk for pk in found if pk is not None]
    result = pass_many(actor, ids, step)
    if result.done:
        text = ngettext("%(count)s return was passed.", "%(count)s returns were passed.", len(result.done))
        notes.success(request, text % {"count": len(result.done)})
    if result.refused:
        text = ngettext(
            "%(count)s was not passed: %(why)s", "%(count)s were not passed: %(why)s", len(result.refused)
        )
        reasons = {_reason_words(code) for code in result.refused.values()}
        notes.warning(request, text % {"count": len(result.refused), "why": " ".join(sorted(reasons))})
    return redirect(_back(request, 0))


def _reason_words(code: str) -> str:
    if code == "not_allowed":
        return _("You have no right to do this.")
    if code == "move_not_open":
        return _("Its state does not allow this step.")
    return words(Refused(code)) if code in {"four_eyes", "stale"} else words(FilingError(code))


@require_safe
def history(request: HttpRequest, pk: int, cell: str) -> HttpResponse:
    """A box over the last periods."""
    try:
        points = cell_history(request.actor, pk, cell)  # type: ignore[attr-defined]
    except FilingError as error:
        raise Http404 from error
    largest = max((abs(value) for _period, value in points if isinstance(value, int | float)), default=0)
    rows = [
        {
            "period": str(period),
            "value": sheet.show_grouped(value) if value is not None else "",
            "share": round(100 * abs(value) / largest) if largest and isinstance(value, int | float) else 0,
        }
        for period, value in reversed(points)
    ]
    return render(request, "filing/history.html", {"rows": rows, "label": messages.cell_label(cell)})


@require_http_methods(["GET", "HEAD"])
def revisions(request: HttpRequest) -> HttpResponse:
    """Requests for base revisions."""
    actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "asked")
    state = state if state in {"asked", "approved", "refused"} else "asked"
    rows = [
        {
            "asked": asked,
            "label": messages.cell_label(asked.cell),
            "period": period_words(Period.from_key(asked.filing.period)),
            "locked": sheet.show_grouped(asked.locked_value),
            "wanted": sheet.show_grouped(asked.wanted_value) if asked.wanted_value is not None else "",
        }
        for asked in list_base_revisions(actor, state)
    ]
    context = {"rows": rows, "state": state, "may_decide": may(actor, "base_revision.decide")}
    return render(request, "filing/revisions.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a base revision."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "base_revision.decide")
    try:
        decide_base_revision(
            actor, pk, approve=request.POST.get("approve") == "1", note=request.POST.get("note", "")
        )
    except (FilingError, Refused) as error:
        if isinstance(error, FilingError):
            raise Http404 from error
        notes.error(request, words(error))
    else:
        notes.success(request, _("Decided."))
    return redirect("filing:revisions")
