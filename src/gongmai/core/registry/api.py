"""The register over JSON: the list of firms, one firm, the code lists."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from gongmai.core.access.queries import check_may
from gongmai.core.registry.models import Code, Enterprise
from gongmai.core.registry.queries import (
    code_list,
    get_enterprise,
    list_enterprises,
    list_profiles,
    list_stays,
)
from gongmai.core.registry.types import EnterpriseFilter

router = Router(tags=["registry"])
MAX_PAGE = 500


class EnterpriseOut(Schema):
    """A firm with its present attributes."""

    id: int
    credit_code: str = Field(examples=["91350100M000100Y43"])
    name: str
    region: str
    town: str
    unit: str
    park: str
    industry: str = Field(examples=["2021"])
    size: str = Field(description="L, M, S, XS or empty when it is not known")
    tags: list[str]
    on_roster: bool


class ProfileOut(Schema):
    """Attributes that held from one period to another (keys such as 202212; valid_to null: still)."""

    valid_from: int
    valid_to: int | None
    region: str
    town: str
    unit: str
    park: str
    industry: str
    size: str
    tags: list[str]


class StayOut(Schema):
    """A stay on the roster; to_period null: still on it."""

    from_period: int
    to_period: int | None
    entry_type: str
    exit_type: str


class EnterpriseDetail(EnterpriseOut):
    """A firm with its history."""

    registered_on: date | None
    address: str
    profiles: list[ProfileOut]
    stays: list[StayOut]


class EnterprisePage(Schema):
    """A page of firms."""

    page: int
    pages: int
    total: int
    rows: list[EnterpriseOut]


class CodeOut(Schema):
    """An entry of a code list."""

    code: str
    label: dict[str, str]
    parent: str
    valid_from: date
    valid_to: date | None
    source: str
    extra: dict[str, Any]


class ListQuery(Schema):
    """Filters; an empty one does not filter. `q` searches name, pinyin, initials and credit code."""

    q: str = ""
    unit: str = ""
    region: str = ""
    park: str = ""
    industry: str = Field("", description="code of any level, such as C, 20, 202 or 2021")
    size: str = ""
    tag: str = ""
    roster: str = Field("", description="on, off or empty for both")
    page: int = Field(1, ge=1)
    page_size: int = Field(50, ge=1, le=MAX_PAGE)


@router.get("/enterprises", response=EnterprisePage, summary="The firms within reach")
def enterprises(request: HttpRequest, query: Query[ListQuery]) -> dict[str, Any]:
    """A page of the firms that the caller may see, ordered by credit code."""
    data = query.dict()
    number, size, text = data.pop("page"), data.pop("page_size"), data.pop("q")
    found = list_enterprises(_actor(request), EnterpriseFilter(text=text, **data), number, size)
    rows = [_firm(firm) for firm in found.rows]
    return {"page": found.number, "pages": found.pages, "total": found.total, "rows": rows}


@router.get("/enterprises/{pk}", response=EnterpriseDetail, summary="One firm with its history")
def enterprise(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A firm, its dated attributes and its stays on the roster; 404 when there is none, 403 out of reach."""
    actor = _actor(request)
    try:
        firm = get_enterprise(actor, pk)
    except Enterprise.DoesNotExist as error:
        raise HttpError(404, "no such enterprise") from error
    return _firm(firm) | {
        "registered_on": firm.registered_on,
        "address": firm.address,
        "profiles": [_with_tags(row, ProfileOut) for row in list_profiles(actor, firm)],
        "stays": [
            {name: getattr(row, name) for name in StayOut.model_fields} for row in list_stays(actor, firm)
        ],
    }


@router.get("/codes/{name}", response=list[CodeOut], summary="A code list")
def codes(request: HttpRequest, name: str, on: date | None = None) -> list[dict[str, Any]]:
    """The entries of a list (industry, region, town, unit, park, tag, product, material, energy, size).

    With `on` only those that were in force on that day.
    """
    check_may(_actor(request), "registry.view")
    return [_code(entry) for entry in code_list(name, on)]


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _firm(firm: Enterprise) -> dict[str, Any]:
    return _with_tags(firm, EnterpriseOut)


def _with_tags(row: Any, schema: type[Schema]) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in schema.model_fields}
    return columns | {"tags": [tag for tag in row.tags.split("|") if tag]}


def _code(entry: Code) -> dict[str, Any]:
    columns = ("code", "parent", "valid_from", "valid_to", "source", "extra")
    label = {"zh-Hans": entry.label_zh, "en": entry.label_en}
    return {name: getattr(entry, name) for name in columns} | {"label": label}
