"""The auditor's page: find lines of the trail, take them away as a table, prove that nothing was altered."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongmai.core.access.queries import may, names_of
from gongmai.core.access.types import Actor
from gongmai.core.audit.forms import TrailForm
from gongmai.core.audit.messages import BREACHES, word_action, word_actor, word_kind
from gongmai.core.audit.models import Entry
from gongmai.core.audit.queries import proof, search
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table

PAGE = 60
EXPORT_LIMIT = 100_000


@require_GET
def trail(request: HttpRequest) -> HttpResponseBase:
    """Search by person, action, object and time; ?format=xlsx|csv sends what was found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = TrailForm(request.GET or None, choices=search.actions_and_kinds(actor))
    rows = search.entries(actor, **form.criteria())
    if wanted := wanted_format(request):
        return table_response(request, _as_table(rows), _("trail"), wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    names = names_of(entry.actor_id for entry in page if entry.actor_id)
    lines = [_as_line(entry, names) for entry in page]
    context = {"form": form, "page": page, "lines": lines, "may_verify": may(actor, "trail.verify")}
    context["may_export"] = may(actor, "trail.export")
    return render(request, "audit/trail.html", context)


@require_GET
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One line with all it holds, for the drawer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(search.entries(actor), pk=number)
    text = orjson.dumps(orjson.loads(row.payload), option=orjson.OPT_INDENT_2).decode()
    line = _as_line(row, names_of([row.actor_id] if row.actor_id else []))
    return render(request, "audit/entry.html", {"line": line, "row": row, "payload": text})


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Prove the whole trail now."""
    report = proof.verify(request.actor)  # type: ignore[attr-defined]
    breaches = [{**asdict(breach), "text": BREACHES[breach.reason]} for breach in report.breaches[:200]]
    return render(request, "audit/verified.html", {"report": report, "breaches": breaches})


def _as_line(row: Entry, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "at": datetime.fromisoformat(row.at),
        "actor": word_actor(row.actor, row.actor_id, names),
        "action": word_action(row.action),
        "kind": word_kind(row.kind),
        "object_id": row.object_id,
        "payload": row.payload if row.payload != "{}" else "",
    }


def _as_table(rows: QuerySet[Entry]) -> Table:
    columns = [
        Column("at", _("Time"), Kind.DATETIME),
        Column("actor", _("Person")),
        Column("action", _("Action")),
        Column("kind", _("Kind of object")),
        Column("object_id", _("Object")),
        Column("payload", _("Details")),
        Column("hash", _("Hash")),
    ]
    numbers = rows.exclude(actor_id=None).order_by().values_list("actor_id", flat=True).distinct()
    names = names_of(number for number in numbers if number)
    lines = (
        (
            datetime.fromisoformat(row.at),
            word_actor(row.actor, row.actor_id, names),
            row.action,
            row.kind,
            row.object_id,
            row.payload,
            row.hash,
        )
        for row in rows[:EXPORT_LIMIT].iterator(chunk_size=2000)
    )
    return Table(title=_("Trail"), columns=columns, rows=lines, firm_level=True)
