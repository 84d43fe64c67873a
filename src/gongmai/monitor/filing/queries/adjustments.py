"""Adjustments as people read them: of a firm, of a period, of a cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import F, Q

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Adjustment, Return, Version
from gongmai.monitor.filing.rules.adjusting import overlay

SHOWN = 500
STATES = ("proposed", "in_force", "removed")


@dataclass(frozen=True, slots=True)
class AdjustmentView:
    """An adjustment with the figure as reported (approved) and as adjusted."""

    made: Adjustment
    reported: Any
    adjusted: Any

    @property
    def state(self) -> str:
        """proposed, in_force or removed."""
        return state_of(self.made)


def state_of(made: Adjustment) -> str:
    """Where an adjustment stands."""
    if made.removed_at is not None:
        return "removed"
    return "in_force" if made.confirmed_at is not None else "proposed"


def list_adjustments(
    actor: Actor,
    *,
    state: str = "",
    periods: Iterable[Period] = (),
    enterprise_id: int | None = None,
    cells: Iterable[str] = (),
    vintage: int | None = None,
) -> list[AdjustmentView]:
    """Adjustments within reach, latest first. With `vintage`: those that its adjusted layer holds."""
    check_may(actor, "adjustment.view")
    rows = Adjustment.objects.select_related("enterprise").filter(
        scope_filter(actor, "adjustment.view", "enterprise__")
    )
    if state == "proposed":
        rows = rows.filter(confirmed_at=None, removed_at=None)
    elif state == "in_force":
        rows = rows.filter(removed_at=None).exclude(confirmed_at=None)
    elif state == "removed":
        rows = rows.exclude(removed_at=None)
    keys = [period.key for period in periods]
    if keys:
        rows = rows.filter(period__in=keys)
    if enterprise_id is not None:
        rows = rows.filter(enterprise=enterprise_id)
    wanted = list(cells)
    if wanted:
        rows = rows.filter(cell__in=wanted)
    if vintage is not None:
        rows = rows.filter(admitted__lte=vintage).filter(Q(withdrawn=None) | Q(withdrawn__gt=vintage))
    found = list(rows.order_by("-pk")[:SHOWN])
    approved = _approved(found)
    return [_view(made, approved.get((made.enterprise_id, made.form, made.period), {})) for made in found]


def _view(made: Adjustment, cells: dict[str, Any]) -> AdjustmentView:
    adjusted = overlay(cells, [(made.cell, made.kind, made.number)])
    return AdjustmentView(made, cells.get(made.cell), adjusted.get(made.cell))


def _approved(found: Iterable[Adjustment]) -> dict[tuple[int, str, int], dict[str, Any]]:
    """The cells of the approved versions that these adjustments are laid over."""
    places = {(made.enterprise_id, made.form, made.period) for made in found}
    filings = Return.objects.filter(
        enterprise__in={place[0] for place in places}, period__in={place[2] for place in places}
    )
    rows = Version.objects.filter(filing__in=filings, number=F("filing__approved_version"))
    return {
        (firm, form, period): orjson.loads(cells)
        for firm, form, period, cells in rows.values_list(
            "filing__enterprise", "filing__form", "filing__period", "cells"
        )
        if (firm, form, period) in places
    }
