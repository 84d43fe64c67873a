"""The register of enterprises: search, filters that live in the address, download."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.personal.rules import mask_phone
from gongmai.core.registry.forms import code_choices
from gongmai.core.registry.models import Enterprise
from gongmai.core.registry.queries import PAGE_SIZE, code_list, find_enterprises, labeller
from gongmai.core.registry.types import EnterpriseFilter

FILTERS = ("unit", "region", "park", "industry", "size", "tag", "roster")


@require_safe
def show_list(request: HttpRequest) -> HttpResponseBase:
    """The list, its part that htmx swaps, or its download."""
    actor = request.actor  # type: ignore[attr-defined]
    filters = EnterpriseFilter(
        text=request.GET.get("q", "").strip()[:80],
        **{name: request.GET.get(name, "")[:20] for name in FILTERS},
    )
    chosen = find_enterprises(actor, filters).order_by("credit_code")
    if (wanted := wanted_format(request)) is not None:
        table = _download(chosen.iterator(chunk_size=1000))
        return table_response(request, table, _("Register of enterprises"), wanted)
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": list(as_rows(page.object_list)),
        "filters": filters,
        "may_edit": may(actor, "registry.edit"),
    }
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "registry/results.html", context)
    return render(request, "registry/list.html", context | {"choices": _choices()})


def as_rows(firms: Iterable[Enterprise]) -> Iterator[dict[str, Any]]:
    """Each firm with the labels of its codes."""
    label = labeller()
    for firm in firms:
        yield {
            "firm": firm,
            "unit": label("unit", firm.unit),
            "region": label("region", firm.region),
            "park": label("park", firm.park) if firm.park else "",
            "industry": label("industry", firm.industry),
            "size": label("size", firm.size) if firm.size else "",
            "tags": [label("tag", tag) for tag in firm.tags.split("|") if tag],
        }


def _choices() -> dict[str, list[tuple[str, str]]]:
    label = labeller()
    divisions = [
        (entry.code, f"{entry.code} {label('industry', entry.code)}")
        for entry in code_list("industry")
        if entry.extra.get("level") in ("section", "division")
    ]
    return {
        "unit": sorted(code_choices("unit"), key=_unit_order()),
        "region": [pair for pair in code_choices("region") if not pair[0].endswith("00")],
        "park": code_choices("park"),
        "industry": [("", "-"), *divisions],
        "size": [("", "-"), *((code, label("size", code)) for code in ("L", "M", "S", "XS"))],
        "tag": code_choices("tag"),
        "roster": [("", "-"), ("on", _("On the roster")), ("off", _("Not on the roster"))],
    }


def _unit_order() -> Any:
    order = {entry.code: int(entry.extra.get("order", 0)) for entry in code_list("unit")}
    return lambda pair: order.get(pair[0], -1)


def _download(firms: Iterator[Enterprise]) -> Table:
    columns = (
        Column("credit_code", _("Credit code")),
        Column("name", _("Name of the enterprise")),
        Column("unit", _("Management unit")),
        Column("region", _("Region")),
        Column("park", _("Park")),
        Column("industry", _("Industry class")),
        Column("industry_label", _("Name of the industry")),
        Column("size", _("Size")),
        Column("tags", _("Tags")),
        Column("on_roster", _("On the roster")),
        Column("registered_on", _("Registered on"), Kind.DATE),
        Column("address", _("Address")),
        Column("contact", _("Contact person")),
        Column("contact_phone", _("Telephone")),
    )
    yes, no = _("Yes"), _("No")

    def rows() -> Iterator[dict[str, Any]]:
        for row in as_rows(firms):
            firm = row["firm"]
            yield {
                "credit_code": firm.credit_code,
                "name": firm.name,
                "unit": row["unit"],
                "region": row["region"],
                "park": row["park"],
                "industry": firm.industry,
                "industry_label": row["industry"],
                "size": row["size"],
                "tags": "\u3001".join(row["tags"]),
                "on_roster": yes if firm.on_roster else no,
                "registered_on": firm.registered_on,
                "address": firm.address,
                "contact": firm.contact,
                "contact_phone": mask_phone(firm.contact_phone),
            }

    return Table(_("Register of enterprises"), columns, rows(), firm_level=True)
