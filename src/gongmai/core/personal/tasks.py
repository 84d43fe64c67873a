"""Forgetting in time: what the inventory's retention says, once a day by the worker."""

from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.personal.queries import inventory

BATCH = 5000


def forget_old() -> dict[str, int]:
    """Delete what is older than its retention, in short transactions; give rows by model.

    By the earlier of the machine's clock and the product's: a demonstration must neither delete by jumping
    ahead, nor delete at once what it wrote at a simulated date in the past.
    """
    deleted: dict[str, int] = {}
    now = min(timezone.now(), clock.now())
    for entry in inventory().retention:
        model = apps.get_model(entry.model)
        limit = now - timedelta(days=entry.days)
        while True:
            with transaction.atomic():
                old = model.objects.filter(**{f"{entry.column}__lt": limit})
                numbers = list(old.values_list("pk", flat=True)[:BATCH])
                if not numbers:
                    break
                model.objects.filter(pk__in=numbers).delete()
                deleted[entry.model] = deleted.get(entry.model, 0) + len(numbers)
    if deleted:
        with transaction.atomic():
            record(
                actor=SYSTEM, action="personal.forget", kind="personal", object_id="daily", payload=deleted
            )
    return deleted
