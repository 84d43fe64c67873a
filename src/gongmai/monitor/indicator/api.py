"""JSON API of the indicators: the catalogue, tables, bridges, firms and trends.

Money in thousand yuan, rates and pulls as fractions, unrounded; null is unknown. Every answer names the
vintage that it was computed from.
"""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from gongmai.core.access.types import Actor
from gongmai.core.formula.types import View
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.messages import word_error
from gongmai.monitor.indicator.queries import catalogue
from gongmai.monitor.indicator.queries.bridge import bridge
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.cuts import list_cuts
from gongmai.monitor.indicator.queries.firms import firms_behind
from gongmai.monitor.indicator.queries.trend import last_periods, trend
from gongmai.monitor.indicator.types import Basis, IndicatorError, Request, Row

router = Router(tags=["indicators"])
MOST_PERIODS = 120
MOST_FIRMS = 500
MOST_PAGES = 100_000
PERIOD_PATTERN = r"^(19[5-9]|2\d\d)\d-(0[2-9]|1[0-2])$"


class Problem(Schema):
    """Why a request was not answered."""

    code: str = Field(examples=["unknown_cut"])
    message: str


class Ask(Schema):
    """What is asked. Codes under `by` and `filter` are those of /indicators/cuts."""

    period: str = Field(pattern=PERIOD_PATTERN, examples=["2022-12"])
    view: View = View.CUMULATIVE
    item: str = "output"
    by: list[str] = []
    basis: Basis = Basis.COMPARABLE
    indicators: list[str] = []
    filter: list[str] = Field([], description="cut=code,code", examples=[["region=999901"]])
    tag: str | None = None
    vintage: int | None = None

    def to_request(self) -> Request:
        """The question to the panel; IndicatorError for a filter without codes."""
        return Request(
            period=Period.parse(self.period),
            view=self.view,
            item=self.item,
            by=tuple(self.by),
            basis=self.basis,
            indicators=tuple(self.indicators),
            filters=tuple(_filter(text) for text in self.filter),
            tag=self.tag,
            vintage=self.vintage,
        )


class IndicatorOut(Schema):
    """An entry of the catalogue."""

    code: str
    label: dict[str, str]
    formula: str
    unit: str | None
    shape: str
    views: list[str]
    valid_from: str
    valid_to: str | None
    source: str
    about: dict[str, str]


class CutOut(Schema):
    """A way to cut the city into groups."""

    code: str
    label: dict[str, str]
    overlapping: bool


class RowOut(Schema):
    """A group: its codes by cut and its values by indicator."""

    codes: dict[str, str]
    values: dict[str, float | None]
    note: str
    hidden: str


class TableOut(Schema):
    """The answer of a request."""

    vintage: int
    formulas: dict[str, str]
    rows: list[RowOut]
    total: RowOut


class BridgeOut(Schema):
    """current - published_base = (current - base) + entries + exits + moves + missing + revisions."""

    codes: dict[str, str]
    current: float
    base: float
    published_base: float
    entries: float
    exits: float
    moves: float
    revisions: float
    missing: float
    firms: dict[str, int]


class FirmOut(Schema):
    """A firm behind a number."""

    enterprise_id: int
    credit_code: str
    name: str
    value: float | None
    base: float | None
    change: float | None
    growth: float | None
    pull: float | None


class FirmPageOut(Schema):
    """A page of firms."""

    firms: list[FirmOut]
    total: int
    page: int
    pages: int


class SeriesOut(Schema):
    """A group over time."""

    codes: dict[str, str]
    values: dict[str, list[float | None]]


class TrendOut(Schema):
    """Groups over periods."""

    vintage: int
    periods: list[str]
    series: list[SeriesOut]


Answer = Status[Any]
_PROBLEMS: dict[Any, Any] = {404: Problem, 422: Problem}


@router.get("/", response=list[IndicatorOut], summary="The catalogue of indicators")
def list_all(request: HttpRequest) -> list[dict[str, Any]]:
    """Every version of every indicator with its formula, source and dates."""
    del request
    return [
        {
            "code": entry.code,
            "label": dict(entry.label),
            "formula": entry.formula.text,
            "unit": entry.formula.unit,
            "shape": entry.shape,
            "views": sorted(view.value for view in entry.views),
            "valid_from": str(entry.formula.valid_from),
            "valid_to": str(entry.formula.valid_to) if entry.formula.valid_to else None,
            "source": entry.formula.source,
            "about": dict(entry.about),
        }
        for entry in catalogue.list_indicators()
    ]


@router.get("/cuts", response=list[CutOut], summary="Ways to cut the city")
def cuts(request: HttpRequest) -> list[dict[str, Any]]:
    """Industry levels, regions, units, parks, sizes, tags, bands and the city's display groups."""
    del request
    return [
        {"code": cut.code, "label": dict(cut.label), "overlapping": cut.overlapping} for cut in list_cuts()
    ]


@router.get("/table", response={200: TableOut, **_PROBLEMS}, summary="Indicators by group")
def table(request: HttpRequest, ask: Annotated[Ask, Query()]) -> Answer:
    """Growth, contribution, pull and further indicators by any cut, with the total."""

    def answer(actor: Actor) -> dict[str, Any]:
        found = compute(actor, ask.to_request())
        return {
            "vintage": found.vintage,
            "formulas": {column.indicator.code: column.checked.formula.text for column in found.columns},
            "rows": [_row(row) for row in found.rows],
            "total": _row(found.total),
        }

    return _answered(request, answer)


@router.get("/bridge", response={200: list[BridgeOut], **_PROBLEMS}, summary="Bridge to last year's level")
def bridges(request: HttpRequest, ask: Annotated[Ask, Query()]) -> Answer:
    """From the level published last year to this year's; the whole first, then each group."""
    return _answered(request, lambda actor: bridge(actor, ask.to_request()))


@router.get("/firms", response={200: FirmPageOut, **_PROBLEMS}, summary="Firms behind a number")
def firms(
    request: HttpRequest,
    ask: Annotated[Ask, Query()],
    order: str = "-pull",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_FIRMS)] = 50,
) -> Answer:
    """Firms within reach that pass the filters, by their pull on the whole."""
    return _answered(
        request, lambda actor: firms_behind(actor, ask.to_request(), order=order, page=page, size=size)
    )


@router.get("/trend", response={200: TrendOut, **_PROBLEMS}, summary="Indicators over time")
def trends(
    request: HttpRequest,
    ask: Annotated[Ask, Query()],
    periods: Annotated[int, Query(ge=1, le=MOST_PERIODS)] = 24,
) -> Answer:
    """The last `periods` periods up to the one asked; null where there is none."""

    def answer(actor: Actor) -> dict[str, Any]:
        wanted = ask.to_request()
        found = trend(actor, wanted, last_periods(wanted.period, periods))
        return {
            "vintage": found.vintage,
            "periods": [str(period) for period in found.periods],
            "series": [
                {
                    "codes": dict(series.codes),
                    "values": {code: list(line) for code, line in series.values.items()},
                }
                for series in found.series
            ],
        }

    return _answered(request, answer)


def _answered(request: HttpRequest, answer: Any) -> Answer:
    """200 with the answer, 404 for what is not published, 422 for a request that makes no sense."""
    try:
        return Status(200, answer(request.auth))  # type: ignore[attr-defined]
    except NotPublished as refusal:
        return Status(404, {"code": "not_published", "message": word_not_published(refusal)})
    except IndicatorError as refusal:
        return Status(422, {"code": refusal.code, "message": word_error(refusal)})


def _filter(text: str) -> tuple[str, tuple[str, ...]]:
    cut, _, codes = text.partition("=")
    return cut, tuple(code for code in codes.split(",") if code)


def _row(row: Row) -> dict[str, Any]:
    return {"codes": dict(row.codes), "values": dict(row.values), "note": row.note, "hidden": row.hidden}
