"""When returns arrived and what they said then, for estimates that must not know more than was known."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db.models import F, Min, QuerySet

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.monitor.filing.models import Return, Version

VIEW_ACTION = "return.view"
RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Filed:
    """A submitted version: `value` and `base` of the asked cells; `is_approved`: it is the one in force."""

    enterprise_id: int
    period: int
    at: datetime
    value: float | None
    base: float | None
    is_approved: bool
    is_sent_back: bool


def arrival_times(actor: Actor, form: str, since: int, until: int) -> list[tuple[int, int, datetime]]:
    """(enterprise, period key, first submission) of the returns of these periods whose time is recorded.

    What was imported with a city's history carries no time and is left out.
    """
    check_may(actor, VIEW_ACTION)
    rows = Return.objects.filter(
        scope_filter(actor, VIEW_ACTION, "enterprise__"), form=form, period__gte=since, period__lte=until
    ).values_list("enterprise_id", "period", "first_submitted_at")
    return [(firm, period, at) for firm, period, at in rows if at is not None]


def deadlines(form: str, since: int, until: int) -> dict[int, datetime]:
    """The earliest deadline of each period (extensions of single firms are later)."""
    rows = Return.objects.filter(form=form, period__gte=since, period__lte=until).exclude(due_at=None)
    return dict(rows.values("period").annotate(due=Min("due_at")).values_list("period", "due"))


def versions_of(actor: Actor, form: str, period: int, cell: str, base_cell: str) -> list[Filed]:
    """Every submitted version of a period, oldest first, with one figure and its base out of each."""
    rows = _versions(actor, form).filter(filing__period=period)
    return _filed(rows, cell, base_cell)


def corrected_versions(actor: Actor, form: str, since: int, until: int, cell: str) -> list[Filed]:
    """Every version of the returns of these periods that were submitted more than once, oldest first."""
    rows = _versions(actor, form).filter(
        filing__period__gte=since, filing__period__lte=until, filing__versions_count__gt=1
    )
    return _filed(rows, cell, f"{cell}__base")


def latest_version() -> int:
    """The running number of the latest submission, for caches; 0 before the first."""
    return int(Version.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _versions(actor: Actor, form: str) -> QuerySet[Version]:
    check_may(actor, VIEW_ACTION)
    reach = scope_filter(actor, VIEW_ACTION, "filing__enterprise__")
    return Version.objects.filter(reach, filing__form=form).order_by("pk")


def _filed(rows: QuerySet[Version], cell: str, base_cell: str) -> list[Filed]:
    found = []
    wanted = rows.annotate(
        firm=F("filing__enterprise_id"),
        key=F("filing__period"),
        state=F("filing__state"),
        approved=F("filing__approved_version"),
    ).values_list("firm", "key", "submitted_at", "cells", "number", "approved", "state")
    for firm, key, at, text, number, approved, state in wanted.iterator(chunk_size=5000):
        cells = orjson.loads(text)
        found.append(
            Filed(
                firm,
                key,
                at,
                _number(cells.get(cell)),
                _number(cells.get(base_cell)),
                approved == number,
                state == RETURNED,
            )
        )
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
