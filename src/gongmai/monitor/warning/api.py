"""JSON API of warnings: the watch list."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from gongmai.core.period.types import Period
from gongmai.monitor.warning.messages import subjects
from gongmai.monitor.warning.queries.watch import list_alerts
from gongmai.monitor.warning.types import Colour

router = Router(tags=["warning"])


class AlertOut(Schema):
    """A warning. `share` is a fraction; `score` (severity times share) ranks the list; null is unknown."""

    id: int
    trigger: str
    level: str
    key: str
    name: str
    unit: str
    colour: str
    value: float | None
    share: float
    score: float
    first_period: str
    last_period: str
    state: str
    due_on: str | None


@router.get("/", response=list[AlertOut], summary="Warnings within reach, the weightiest first")
def watch_list(
    request: HttpRequest,
    show: str = "open",
    colour: str = "",
    trigger: str = "",
    unit: str = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> list[AlertOut]:
    """Fifty warnings a page. `show`: open, late, all, or a state; `colour`: red, orange, yellow, blue."""
    actor = request.actor  # type: ignore[attr-defined]
    filters = {"show": show, "colour": colour, "trigger": trigger, "unit": unit}
    listed = list_alerts(actor, filters, page)
    rows = list(listed.object_list) if page <= listed.paginator.num_pages else []
    names = subjects(rows)
    return [
        AlertOut(
            id=row.pk,
            trigger=row.trigger,
            level=row.level,
            key=row.key,
            name=names[row.pk],
            unit=row.unit,
            colour=Colour(row.colour).name.lower(),
            value=row.value,
            share=row.share,
            score=row.score,
            first_period=str(Period.from_key(row.first_period)),
            last_period=str(Period.from_key(row.last_period)),
            state=row.state,
            due_on=row.due_on.isoformat() if row.due_on else None,
        )
        for row in rows
    ]
