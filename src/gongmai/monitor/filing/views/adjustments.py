"""The city's adjustments: proposed, in force, removed."""

from collections.abc import Callable

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period.types import Period
from gongmai.core.review.types import Refused
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.adjusting import (
    confirm_adjustment,
    propose_adjustment,
    remove_adjustment,
)
from gongmai.monitor.filing.queries.adjustments import STATES, AdjustmentView, list_adjustments
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.returns import find_return
from gongmai.monitor.filing.types import AdjustmentKind, FilingError
from gongmai.monitor.filing.views import sheet
from gongmai.monitor.filing.views.fill import period_words
from gongmai.monitor.filing.views.show import back_to
from gongmai.monitor.filing.views.words import in_words as words


@require_safe
def adjustments(request: HttpRequest) -> HttpResponseBase:
    """The list of adjustments with both figures."""
    actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "in_force")
    state = state if state in STATES else "in_force"
    found = list_adjustments(actor, state=state)
    if (wanted := wanted_format(request)) is not None:
        title = _("Adjustments")
        return table_response(request, _download(found, title), title, wanted)
    context = {
        "rows": [adjustment_row(view) for view in found],
        "state": state,
        "may_edit": may(actor, "adjustment.edit"),
        "me": actor.user_id,
    }
    return render(request, "filing/adjustments.html", context)


def adjustment_row(view: AdjustmentView) -> dict[str, object]:
    """An adjustment in words."""
    made = view.made
    return {
        "made": made,
        "state": view.state,
        "label": messages.cell_label(made.cell),
        "form": messages.label_of(forms()[made.form].label),
        "period": period_words(Period.from_key(made.period)),
        "reported": sheet.show(view.reported, grouped=True),
        "adjusted": sheet.show(view.adjusted, grouped=True),
    }


def _download(found: list[AdjustmentView], title: str) -> Table:
    columns = (
        Column("credit_code", _("Credit code")),
        Column("name", _("Name of the enterprise")),
        Column("period", _("Period")),
        Column("label", _("Figure")),
        Column("reported", _("As reported"), Kind.DECIMAL),
        Column("adjusted", _("As adjusted"), Kind.DECIMAL),
        Column("reason", _("Reason"), width=40),
        Column("proposed", _("Proposed by")),
        Column("confirmed", _("Confirmed by")),
        Column("removed", _("Removed by")),
    )
    rows = (
        {
            "credit_code": view.made.enterprise.credit_code,
            "name": view.made.enterprise.name,
            "period": str(Period.from_key(view.made.period)),
            "label": messages.cell_label(view.made.cell),
            "reported": view.reported,
            "adjusted": view.adjusted,
            "reason": view.made.reason,
            "proposed": view.made.proposed_name,
            "confirmed": view.made.confirmed_name,
            "removed": view.made.removed_name,
        }
        for view in found
    )
    return Table(title, columns, rows, firm_level=True)


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose an adjustment of a figure of an approved return."""
    actor, post = request.actor, request.POST  # type: ignore[attr-defined]
    try:
        kind = AdjustmentKind(post.get("kind", "value"))
    except ValueError as error:
        raise Http404 from error

    def act() -> None:
        find_return(actor, pk, "adjustment.edit")
        propose_adjustment(
            actor, pk, post.get("box", ""), kind, post.get("number", ""), post.get("reason", "")
        )

    _try(request, act, _("Proposed. Another person has to confirm it."))
    return redirect(back_to(request, pk))


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm an adjustment, or remove it with a reason."""
    actor, post = request.actor, request.POST  # type: ignore[attr-defined]
    check_may(actor, "adjustment.edit")

    def act() -> None:
        if post.get("step") == "confirm":
            confirm_adjustment(actor, pk)
        else:
            remove_adjustment(actor, pk, post.get("reason", ""))

    _try(request, act, _("Done."))
    return redirect("filing:adjustments")


def _try(request: HttpRequest, act: Callable[[], None], said: str) -> None:
    try:
        act()
    except (FilingError, Refused) as error:
        if isinstance(error, FilingError) and error.code in {"no_such_return", "no_such_adjustment"}:
            raise Http404 from error
        notes.error(request, words(error))
    else:
        notes.success(request, said)
