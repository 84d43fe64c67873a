"""Who looked at a firm's data: the auditor sees all readings, a firm those of its own data."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongmai.core.access.messages import ROLES
from gongmai.core.access.queries import names_of
from gongmai.core.access.types import Actor, Role
from gongmai.core.audit.forms import ReadingsForm
from gongmai.core.audit.messages import word_actor, word_page
from gongmai.core.audit.models import Reading
from gongmai.core.audit.queries.readings import names_of_firms
from gongmai.core.audit.queries.readings import readings as find
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table

PAGE = 60
EXPORT_LIMIT = 100_000


@require_safe
def readings(request: HttpRequest) -> HttpResponseBase:
    """Search by firm, person and time; ?format=xlsx|csv sends what was found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ReadingsForm(request.GET or None)
    is_firm = actor.roles == {Role.ENTERPRISE}
    if is_firm:
        del form.fields["firm"]
    rows = find(actor, **form.criteria())
    if wanted := wanted_format(request):
        return table_response(request, _as_table(list(rows[:EXPORT_LIMIT])), _("readings"), wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": _as_rows(list(page)), "is_firm": is_firm}
    return render(request, "audit/readings.html", context)


def _as_rows(found: list[Reading]) -> list[dict[str, Any]]:
    people = names_of(row.actor_id for row in found)
    firms = names_of_firms(row.enterprise_id for row in found)
    return [
        {
            "at": row.at,
            "person": word_actor("", row.actor_id, people),
            "roles": "\u3001".join(str(ROLES[role]) for role in row.roles.split(",") if role in ROLES),
            "firm": firms.get(row.enterprise_id, str(row.enterprise_id)),
            "firm_id": row.enterprise_id,
            "page": word_page(row.what),
            "object": row.object_id,
            "anchor": row.anchor,
        }
        for row in found
    ]


def _as_table(found: list[Reading]) -> Table:
    columns = [
        Column("at", _("Time"), Kind.DATETIME),
        Column("firm", _("Enterprise"), width=36),
        Column("person", _("Person")),
        Column("roles", _("Role")),
        Column("page", _("Page or interface"), width=36),
        Column("object", _("Object")),
        Column("anchor", _("Anchor"), Kind.INTEGER),
    ]
    rows = ({key: row[key] for key in (column.key for column in columns)} for row in _as_rows(found))
    return Table(title=_("Readings"), columns=columns, rows=rows, firm_level=True)
