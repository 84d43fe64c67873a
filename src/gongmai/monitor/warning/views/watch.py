"""The watch list: ranked by influence and severity, filtered by the address, taken away as Excel."""

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.queries import check_may, may
from gongmai.core.access.types import Actor
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list, labeller
from gongmai.monitor.warning.actions.moving import assign_many
from gongmai.monitor.warning.messages import COLOURS, LEVELS, STATES, say, subjects, value_text, word
from gongmai.monitor.warning.models import Alert
from gongmai.monitor.warning.queries.triggers import catalogue, trigger_of
from gongmai.monitor.warning.queries.watch import (
    ENDED_TOO,
    LATE,
    OPEN,
    VIEW,
    counts,
    filter_alerts,
    last_run,
    list_alerts,
)
from gongmai.monitor.warning.rules.life import DECIDE
from gongmai.monitor.warning.types import Colour, Level, State, WarningRefused
from gongmai.ui.reading import whole_number

FILTERS = ("show", "colour", "level", "trigger", "unit", "q")
SHOWS = {
    OPEN: gettext_lazy("Not ended"),
    LATE: gettext_lazy("Past their deadline"),
    ENDED_TOO: gettext_lazy("All warnings"),
}


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The warnings within reach, the weightiest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, VIEW)
    filters = {name: request.GET.get(name, "")[:60] for name in FILTERS}
    filters["show"] = filters["show"] or OPEN
    if (wanted := wanted_format(request)) is not None:
        title = _("Watch list %(day)s") % {"day": clock.today().isoformat()}
        return table_response(request, _download(list(filter_alerts(actor, filters)), title), title, wanted)
    page = list_alerts(actor, filters, whole_number(request.GET.get("page")) or 1)
    run = last_run()
    context: dict[str, Any] = {
        "page": page,
        "rows": describe(list(page.object_list)),
        "filters": filters,
        "shows": [*SHOWS.items(), *((state.value, text) for state, text in STATES.items())],
        "colours": [(colour.name.lower(), text) for colour, text in COLOURS.items()],
        "levels": [(level.value, text) for level, text in LEVELS.items()],
        "triggers": list({one.code: say(one.label) for one in catalogue().triggers}.items()),
        "units": [(entry.code, labeller()("unit", entry.code)) for entry in code_list("unit")],
        "counts": counts(actor),
        "run": run,
        "run_period": Period.from_key(run.period) if run else None,
        "may_assign": may(actor, DECIDE),
        "back": request.get_full_path(),
    }
    return render(request, "warning/watch.html", context)


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the ticked warnings to their counties."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, DECIDE)
    numbers = [n for text in request.POST.getlist("alert") if (n := whole_number(text)) is not None]
    try:
        done = len(assign_many(actor, numbers))
    except WarningRefused as error:
        toasts.error(request, word(error))
    else:
        text = ngettext("%(n)d warning was assigned.", "%(n)d warnings were assigned.", done)
        toasts.success(request, text % {"n": done})
    return redirect(f"{reverse('warning:watch')}?show={State.FOUND.value}")


def describe(rows: list[Alert]) -> list[dict[str, Any]]:
    """Warnings in the reader's words."""
    names, words, today = subjects(rows), labeller(), clock.today()
    found = []
    for row in rows:
        trigger = trigger_of(row.trigger)
        found.append(
            {
                "alert": row,
                "name": names[row.pk],
                "trigger": say(trigger.label),
                "value": value_text(trigger, row.value),
                "colour": Colour(row.colour).name.lower(),
                "colour_text": COLOURS[Colour(row.colour)],
                "level": LEVELS[Level(row.level)],
                "state": STATES[State(row.state)],
                "unit": words("unit", row.unit) if row.unit else _("Whole city"),
                "first": Period.from_key(row.first_period),
                "is_late": row.due_on is not None and row.due_on < today,
                "is_found": row.state == State.FOUND,
            }
        )
    return found


def _download(rows: list[Alert], title: str) -> Table:
    columns = (
        Column("rank", _("Rank"), Kind.INTEGER),
        Column("colour", _("Colour of the warning")),
        Column("name", _("Subject")),
        Column("credit_code", _("Credit code")),
        Column("unit", _("Management unit")),
        Column("trigger", _("Trigger")),
        Column("value", _("Value")),
        Column("share", _("Share of output"), Kind.PERCENT),
        Column("score", _("Weight"), Kind.DECIMAL, digits=4),
        Column("first", _("First fired")),
        Column("state", _("State of the warning")),
        Column("due", _("To be done by")),
    )
    lines = [
        {
            "rank": rank,
            "colour": str(row["colour_text"]),
            "name": row["name"],
            "credit_code": row["alert"].enterprise.credit_code if row["alert"].enterprise else "",
            "unit": row["unit"],
            "trigger": row["trigger"],
            "value": row["value"],
            "share": row["alert"].share,
            "score": row["alert"].score,
            "first": str(row["first"]),
            "state": str(row["state"]),
            "due": row["alert"].due_on.isoformat() if row["alert"].due_on else "",
        }
        for rank, row in enumerate(describe(rows), 1)
    ]
    return Table(title, columns, lines, firm_level=True)
