"""Pages of evidence: the figures of a return, the life of one of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gongmai.cockpit.evidence.messages import KINDS
from gongmai.cockpit.evidence.queries.figure import figures_of, find_figure, life_of
from gongmai.cockpit.evidence.types import Event, Life
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.types import FilingError


@require_safe
def figure(request: HttpRequest, pk: int, cell: str) -> HttpResponse:
    """The life of one figure."""
    try:
        life = life_of(_actor(request), pk, cell)
    except (FilingError, LookupError) as error:
        raise Http404 from error
    return render(request, "evidence/figure.html", _context(life))


@require_safe
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of a return, each with the way to its life."""
    try:
        seen, rows = figures_of(_actor(request), pk)
    except FilingError as error:
        raise Http404 from error
    context = {"seen": seen, "rows": rows, "form_words": messages.label_of(seen.form.label)}
    return render(request, "evidence/figures.html", context)


@require_safe
def find(request: HttpRequest, enterprise: int, period: str, cell: str) -> HttpResponse:
    """The life of a figure named by firm, period and box, for pages that know no returns."""
    try:
        return redirect(
            "evidence:figure",
            pk=find_figure(_actor(request), enterprise, Period.parse(period), cell),
            cell=cell,
        )
    except (FilingError, LookupError, ValueError) as error:
        raise Http404 from error


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _context(life: Life) -> dict[str, Any]:
    return {
        "life": life,
        "form_words": messages.label_of(life.form.label),
        "events": [_event(each) for each in life.events],
    }


def _event(event: Event) -> dict[str, Any]:
    words, icon = KINDS[event.kind]
    return {"event": event, "words": words, "icon": icon}
