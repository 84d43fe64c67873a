"""One warning: what fires, its life so far, and the moves that are open to the reader."""

from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.core.review.messages import word as word_review
from gongmai.core.review.types import Refused
from gongmai.monitor.filing.messages import word_error
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.warning.actions.moving import MAX_TEXT, move_alert
from gongmai.monitor.warning.messages import COLOURS, HINTS, MOVES, STATES, say, step_text, word
from gongmai.monitor.warning.queries.triggers import trigger_of
from gongmai.monitor.warning.queries.watch import VIEW, beside, find_alert, moves_for, steps_of
from gongmai.monitor.warning.rules.life import TEXT_NEEDED
from gongmai.monitor.warning.types import Colour, Move, State, WarningRefused
from gongmai.monitor.warning.views.watch import describe
from gongmai.ui.reading import whole_number


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a warning."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _page(request, actor, pk)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one move; what stands against it is said on the page, with the text kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, VIEW)
    asked, text = request.POST.get("move", ""), request.POST.get("text", "")
    if asked not in set(Move):
        raise Http404
    try:
        move_alert(actor, pk, Move(asked), text=text, revision=whole_number(request.POST.get("revision")))
    except WarningRefused as error:
        if error.code == "not_there":
            raise Http404 from error
        return _page(request, actor, pk, asked, text, word(error))
    except FilingError as error:
        return _page(request, actor, pk, asked, text, word_error(error))
    except Refused as error:
        return _page(request, actor, pk, asked, text, word_review(error))
    toasts.success(request, str(MOVES[Move(asked)]))
    return redirect("warning:one", pk=pk)


def _page(
    request: HttpRequest, actor: Actor, pk: int, asked: str = "", text: str = "", error: str = ""
) -> HttpResponse:
    check_may(actor, VIEW)
    alert = find_alert(actor, pk)
    if alert is None:
        raise Http404
    trigger = trigger_of(alert.trigger)
    context: dict[str, Any] = {
        "row": describe([alert])[0],
        "alert": alert,
        "about": say(trigger.about),
        "source": say(trigger.source),
        "levels": [
            (step.colour.name.lower(), COLOURS[step.colour], step_text(trigger, step))
            for step in sorted(trigger.steps, key=lambda step: step.colour)
        ],
        "last": Period.from_key(alert.last_period),
        "worst": Colour(alert.worst).name.lower(),
        "worst_text": COLOURS[Colour(alert.worst)],
        "steps": [
            {
                "step": step,
                "move": MOVES[Move(step.move)],
                "state": STATES[State(step.state)],
                "colour": Colour(step.colour).name.lower(),
                "colour_text": COLOURS[Colour(step.colour)],
                "period": Period.from_key(step.period),
            }
            for step in steps_of(alert)
        ],
        "moves": [
            {
                "code": each.value,
                "label": MOVES[each],
                "hint": HINTS.get(each, ""),
                "needs_text": each in TEXT_NEEDED,
                "is_asked": each.value == asked,
            }
            for each in moves_for(actor, alert)
        ],
        "beside": describe(beside(actor, alert)),
        "text": text[:MAX_TEXT],
        "max_text": MAX_TEXT,
        "error": error,
        "may_open_return": may(actor, "return.view"),
    }
    return render(request, "warning/one.html", context, status=422 if error else 200)
