"""Keeping the pattern of a publication."""

from collections.abc import Iterable

from django.db import transaction

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.actions import record
from gongmai.core.disclosure.models import Pattern
from gongmai.core.disclosure.queries import write_keys
from gongmai.core.disclosure.types import Key
from gongmai.core.period import clock


def keep(
    *,
    subject: str,
    year: int,
    vintage: int,
    hidden: Iterable[Key],
    rolled_up: bool,
    primary_count: int,
    hidden_share: float,
) -> bool:
    """Keep what a vintage hides of a subject's year; False where it is kept already.

    A projection that whoever reads the tables causes: there is nothing to be permitted.
    """
    with transaction.atomic():
        row, is_new = Pattern.objects.get_or_create(
            subject=subject,
            year=year,
            vintage=vintage,
            defaults={
                "hidden": write_keys(hidden),
                "rolled_up": rolled_up,
                "primary_count": primary_count,
                "hidden_share": hidden_share,
                "made_at": clock.now(),
            },
        )
        if is_new:
            record(
                actor=SYSTEM,
                action="disclosure.keep",
                kind="pattern",
                object_id=row.pk,
                payload={"subject": subject, "year": year, "vintage": vintage, "hidden": len(row.hidden)},
            )
    return is_new
