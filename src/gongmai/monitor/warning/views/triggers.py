"""The catalogue of triggers with how each has done, so that thresholds are set from what they found."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.monitor.warning.messages import COLOURS, LEVELS, say, step_text
from gongmai.monitor.warning.queries.measures import measure
from gongmai.monitor.warning.queries.triggers import life_on, triggers_on
from gongmai.monitor.warning.queries.watch import VIEW
from gongmai.monitor.warning.types import Measure


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The triggers in force today with their measures over the warnings within reach."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, VIEW)
    measures = measure(actor)
    rows = [
        {
            "trigger": one,
            "label": say(one.label),
            "about": say(one.about),
            "level": LEVELS[one.level],
            "measure": measures.get(one.code, Measure(one.code)),
            "steps": [
                (step.colour.name.lower(), COLOURS[step.colour], step_text(one, step))
                for step in sorted(one.steps, key=lambda step: step.colour)
            ],
        }
        for one in triggers_on(clock.today())
    ]
    if (wanted := wanted_format(request)) is not None:
        title = _("Triggers of warnings")
        return table_response(request, _download(rows, title), title, wanted)
    context = {"rows": rows, "life_source": say(life_on(clock.today()).source)}
    return render(request, "warning/triggers.html", context)


def _download(rows: list[dict[str, Any]], title: str) -> Table:
    columns = (
        Column("label", _("Trigger")),
        Column("level", _("Level of the warning")),
        Column("found", _("Found"), Kind.INTEGER),
        Column("verified", _("Verified"), Kind.INTEGER),
        Column("true", _("True"), Kind.INTEGER),
        Column("errors", _("Figure wrong"), Kind.INTEGER),
        Column("false", _("False alarm"), Kind.INTEGER),
        Column("precision", _("Precision"), Kind.PERCENT),
        Column("false_rate", _("Share of false alarms"), Kind.PERCENT),
        Column("in_time", _("Share in time"), Kind.PERCENT),
        Column("lead", _("Lead in months"), Kind.DECIMAL, digits=1),
    )
    lines = []
    for row in rows:
        one: Measure = row["measure"]
        lines.append(
            {
                "label": row["label"],
                "level": str(row["level"]),
                "found": one.found,
                "verified": one.verified,
                "true": one.true,
                "errors": one.errors,
                "false": one.false,
                "precision": one.precision,
                "false_rate": one.false_rate,
                "in_time": one.in_time_share,
                "lead": one.lead,
            }
        )
    return Table(title, columns, lines)
