"""What officers see: the list of returns, one return, bulk passing, base revisions."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.access.types import Actor
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list, labeller
from gongmai.core.review import messages as review_messages
from gongmai.core.review.messages import STANDING_LABELS
from gongmai.core.review.rules import standing
from gongmai.core.review.types import Level, Move, Refused, State
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.bases import decide_base_revision
from gongmai.monitor.filing.actions.reviewing import pass_many
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.lattice import facts_of_many, level_of, moves_of_many
from gongmai.monitor.filing.queries.remarks import flagged, is_firm, news_among, unread_of
from gongmai.monitor.filing.queries.returns import (
    FILTERS,
    cell_history,
    filter_returns,
    list_base_revisions,
    list_returns,
    periods_of,
)
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.filing.views import sheet
from gongmai.monitor.filing.views.fill import period_words
from gongmai.monitor.filing.views.show import back_to
from gongmai.monitor.filing.views.words import in_words as words
from gongmai.ui.reading import whole_number

NAMED = 10
TOLD_BY_STATE = {"move_not_open", "not_your_level"}
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
    if is_firm(actor):
        return redirect("filing:tasks")
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
        "rows": _rows(actor, list(page.object_list), words),
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
        "checks": [
            (name, text, filters[name])
            for name, text in (
                ("late", _("Late only")),
                ("findings", _("With findings only")),
                ("changed", _("Changed since my last look")),
                ("flagged", _("Marked by me")),
                ("unanswered", _("Answer overdue")),
            )
        ],
    }
    return render(request, "filing/workbench.html", context)


def _rows(actor: Actor, filings: list[Return], words: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """The rows of a page, each with what may be done with it and what is new in it."""
    ids = [filing.pk for filing in filings]
    facts = facts_of_many(filings)
    moves = moves_of_many(actor, filings, facts)
    unread, flags, news = unread_of(actor, ids), flagged(actor, ids), news_among(actor, filings)
    level = level_of(actor)
    found = []
    for filing in filings:
        may_do = moves[filing.pk]
        passes = [move for move in (Move.PASS_COUNTY, Move.PASS_CITY) if may_do[move.value] is None]
        own = {Level.COUNTY: Move.PASS_COUNTY, Level.CITY: Move.PASS_CITY}.get(level or Level.OWNER)
        lock = may_do[own.value] if own and not passes and filing.versions_count else None
        found.append(
            {
                **_row(filing, words),
                "passable": bool(passes),
                "why_not": messages.word_lock(lock) if lock and lock.code not in TOLD_BY_STATE else "",
                "standing": STANDING_LABELS[standing(facts[filing.pk], level)] if level else "",
                "taken": facts[filing.pk].taken_by is not None,
                "unread": unread.get(filing.pk, 0),
                "flags": flags.get(filing.pk, 0),
                "news": news.get(filing.pk, ""),
                "overdue": bool(filing.answer_by and filing.answer_by < clock.now()),
            }
        )
    return found


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
        names = dict(Return.objects.filter(pk__in=list(result.refused)).values_list("pk", "enterprise__name"))
        whys: dict[str, list[str]] = {}
        for pk, lock in result.refused.items():
            # the name of a firm outside the reach is not told
            name = "" if lock.code in {"not_your_firm", "no_such_return"} else names.get(pk, "")
            whys.setdefault(messages.word_code(lock.code), []).append(name)
        told = [
            f"{', '.join(filter(None, firms[:NAMED]))}: {why}" if any(firms) else why
            for why, firms in sorted(whys.items())
        ]
        notes.warning(request, text % {"count": len(result.refused), "why": " ".join(told)})
    return redirect(back_to(request))


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
