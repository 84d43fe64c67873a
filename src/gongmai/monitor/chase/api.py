"""JSON API of chasing: the league of units."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from gongmai.core.period.types import Period
from gongmai.core.registry.queries import labeller
from gongmai.monitor.chase.queries.league import SPANS, league
from gongmai.monitor.filing.queries.forms import forms

router = Router(tags=["chase"])
PERIOD = r"^\d{4}-(0[2-9]|1[0-2])$"


class PlaceOut(Schema):
    """A unit in the league. Shares are fractions; null is unknown."""

    rank: int
    unit: str
    label: str
    score: float | None
    moved: int | None
    due: int
    filed: int
    on_time: int
    late: int
    extended: int
    on_time_share: float | None
    filed_share: float | None
    returned_share: float | None
    corrected_share: float | None
    review_days: float | None


@router.get("/league", response=list[PlaceOut], summary="League of filing by management unit")
def league_table(
    request: HttpRequest,
    period: Annotated[str, Query(pattern=PERIOD, examples=["2023-06"])],
    form: str = "",
    year: bool = False,
) -> list[PlaceOut]:
    """The units by score in a period, or (`year`) over twelve months up to it."""
    if form and form not in forms():
        raise HttpError(404, "unknown form")
    actor = request.actor  # type: ignore[attr-defined]
    words = labeller()
    try:
        wanted = Period.parse(period)
    except ValueError as error:
        raise HttpError(422, str(error)) from error
    return [
        PlaceOut(
            rank=place.rank,
            unit=place.figures.unit,
            label=words("unit", place.figures.unit),
            score=place.score,
            moved=place.moved,
            due=place.figures.due,
            filed=place.figures.filed,
            on_time=place.figures.on_time,
            late=place.figures.late,
            extended=place.figures.extended,
            on_time_share=place.on_time_share,
            filed_share=place.filed_share,
            returned_share=place.returned_share,
            corrected_share=place.corrected_share,
            review_days=place.figures.review_days,
        )
        for place in league(actor, wanted, form=form, span=SPANS[1] if year else SPANS[0])
    ]
