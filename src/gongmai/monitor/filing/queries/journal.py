"""Reading the journal of a draft."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongmai.monitor.filing.models import Edit, Return


@dataclass(frozen=True, slots=True)
class CellEdit:
    """One change of one box: by whom, from when to when it was typed, from what to what."""

    actor_id: int | None
    version: int
    first_at: datetime
    at: datetime
    old: Any
    new: Any


def edits_of(filing: Return, box: str, *, up_to: int | None = None) -> list[CellEdit]:
    """The changes of a box, oldest first. The caller has checked the reach.

    `up_to`: only drafts that became a version up to this one: what a firm has not submitted is its own.
    """
    rows = Edit.objects.filter(filing=filing).order_by("pk")
    if up_to is not None:
        rows = rows.filter(version__lte=up_to)
    return [
        CellEdit(row.actor_id, row.version, row.first_at, row.at, *row.changes[box])
        for row in rows
        if box in row.changes
    ]
