"""What deserves a look first, and passing what lies below the line."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may, scope_filter
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.registry.queries import code_list, labeller
from gongmai.core.review.types import Level, Move
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.reviewing import pass_many
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.lattice import level_of
from gongmai.monitor.filing.queries.ranking import default_line, waiting
from gongmai.monitor.filing.queries.remarks import flagged, unread_of
from gongmai.monitor.filing.queries.returns import periods_of
from gongmai.monitor.filing.rules.ranking import Ranked, below
from gongmai.monitor.filing.views.fill import period_words
from gongmai.monitor.filing.views.review import chosen_form, chosen_period
from gongmai.ui.reading import whole_number

BATCH = 40
MOST = 5000
PAGE_SIZE = 50
MOVES = {Level.COUNTY: Move.PASS_COUNTY, Level.CITY: Move.PASS_CITY}
RIGHTS = {Move.PASS_COUNTY: "return.review_county", Move.PASS_CITY: "return.review_city"}


@require_safe
def first_look(request: HttpRequest) -> HttpResponseBase:
    """The waiting returns, ranked; the line, and what would be passed below it."""
    actor = request.actor  # type: ignore[attr-defined]
    level = _level(request, actor)
    period, form = chosen_period(request, periods_of(actor)), chosen_form(request)
    line, unit = _line(request), request.GET.get("unit", "")[:60]
    rows = waiting(actor, form, period, level, line, {"unit": unit})
    if (wanted := wanted_format(request)) is not None:
        title = f"{_('Looked at first')} {messages.label_of(forms()[form].label)} {period}"
        return table_response(request, _download(rows, title), title, wanted)
    page = Paginator(rows, PAGE_SIZE).get_page(whole_number(request.GET.get("page")) or 1)
    shown = [row.filing.pk for row in page.object_list]
    unread, flags, words = unread_of(actor, shown), flagged(actor, shown), labeller()
    rest = [row for row in rows if not row.above]
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            {
                "ranked": row,
                "filing": row.filing,
                "unit": words("unit", row.filing.enterprise.unit),
                "industry": words("industry", row.filing.enterprise.industry),
                "reasons": [messages.word_reason(reason) for reason in row.reasons],
                "unread": unread.get(row.filing.pk, 0),
                "flags": flags.get(row.filing.pk, 0),
            }
            for row in page.object_list
        ],
        "below": below(rows),
        "todo": ",".join(f"{row.filing.pk}:{row.filing.versions_count}" for row in rest[:MOST]),
        "line": line,
        "level": level,
        "move": MOVES[level],
        "form": form,
        "period": period,
        "unit": unit,
        "both": may(actor, "return.review_county") and may(actor, "return.review_city"),
    }
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "filing/ranking_rows.html", context)
    context |= {
        "periods": [(str(each), period_words(each)) for each in periods_of(actor)],
        "forms": [(code, messages.label_of(each.label)) for code, each in forms().items()],
        "units": [
            ("", _("All")),
            *((entry.code, words("unit", entry.code)) for entry in code_list("unit")),
        ],
    }
    return render(request, "filing/ranking.html", context)


def _level(request: HttpRequest, actor: Actor) -> Level:
    """The level at which the officer passes: the one in the address, else their own."""
    wanted = request.GET.get("level", "")
    level = Level(wanted) if wanted in set(Level) else level_of(actor)
    if level not in MOVES:
        raise NotAllowed("return.review_county")
    return level


def _line(request: HttpRequest) -> float:
    try:
        return min(max(float(request.GET.get("line", "")), 0.0), 100.0)
    except ValueError:
        return default_line()


def _download(rows: list[Ranked], title: str) -> Table:
    columns = (
        Column("credit_code", _("Credit code")),
        Column("name", _("Name of the enterprise")),
        Column("unit", _("Management unit")),
        Column("score", _("Score (points)"), Kind.DECIMAL, digits=3),
        Column("influence", _("Influence (points)"), Kind.DECIMAL, digits=3),
        Column("suspicion", _("Suspicion"), Kind.PERCENT, digits=0),
        Column("why", _("Why"), width=60),
        Column("below", _("Below the line")),
    )

    def lines() -> Iterator[dict[str, Any]]:
        words = labeller()
        for row in rows:
            yield {
                "credit_code": row.filing.enterprise.credit_code,
                "name": row.filing.enterprise.name,
                "unit": words("unit", row.filing.enterprise.unit),
                "score": row.score,
                "influence": row.influence,
                "suspicion": row.suspicion,
                "why": "; ".join(messages.word_reason(reason) for reason in row.reasons),
                "below": "" if row.above else _("Yes"),
            }

    return Table(title, columns, lines(), firm_level=True)


@require_POST
def pass_rest(request: HttpRequest) -> HttpResponse:
    """Pass one batch of what lay below the line as the officer saw it, and ask for the next.

    `todo` holds return:version pairs; `refused` what was refused so far, as return:code.
    """
    actor, post = request.actor, request.POST  # type: ignore[attr-defined]
    move = Move.PASS_CITY if post.get("move") == Move.PASS_CITY else Move.PASS_COUNTY
    check_may(actor, RIGHTS[move])
    todo = _pairs(post.get("todo", ""))[:MOST]
    batch, rest = todo[:BATCH], todo[BATCH:]
    result = pass_many(actor, [pk for pk, _version in batch], move, dict(batch))
    refused = {pk: str(code) for pk, code in _codes(post.get("refused", ""))}
    refused |= {pk: lock.code for pk, lock in result.refused.items()}
    done = (whole_number(post.get("done")) or 0) + len(result.done)
    context = {
        "done": done,
        "total": done + len(refused) + len(rest),
        "seen": done + len(refused),
        "todo": ",".join(f"{pk}:{version}" for pk, version in rest),
        "refused": ",".join(f"{pk}:{code}" for pk, code in refused.items()),
        "move": move,
        "level": next(level for level, each in MOVES.items() if each is move),
        "refusals": _refusals(actor, refused) if not rest else [],
    }
    return render(request, "filing/passing.html", context)


def _pairs(text: str) -> list[tuple[int, int]]:
    found = []
    for entry in text.split(","):
        pk, _colon, version = entry.partition(":")
        numbers = whole_number(pk), whole_number(version)
        if numbers[0] is not None and numbers[1] is not None:
            found.append((numbers[0], numbers[1]))
        elif entry:
            raise Http404
    return found


def _codes(text: str) -> Iterator[tuple[int, str]]:
    for entry in text.split(","):
        pk, _colon, code = entry.partition(":")
        number = whole_number(pk)
        if number is not None:
            yield number, code[:40]


def _refusals(actor: Actor, refused: dict[int, str]) -> list[dict[str, Any]]:
    """Who was not passed, and why; only firms within reach have a name."""
    rows = Return.objects.select_related("enterprise").filter(
        scope_filter(actor, "return.view", "enterprise__"), pk__in=list(refused)
    )
    names = {row.pk: row for row in rows}
    return [
        {"filing": names[pk], "why": messages.word_code(code)} for pk, code in refused.items() if pk in names
    ]
