"""Reading the jobs: what waits, runs, is done or failed."""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, QuerySet

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.outbox.models import Delivery

OPEN = (Delivery.State.WAITING, Delivery.State.RUNNING)


def jobs(actor: Actor, state: str = "") -> QuerySet[Delivery]:
    """The deliveries, latest first; `state` narrows."""
    check_may(actor, "jobs.view")
    rows = Delivery.objects.order_by("-pk")
    return rows.filter(state=state) if state else rows


def counts(actor: Actor) -> dict[str, int]:
    """How many deliveries are in each state."""
    check_may(actor, "jobs.view")
    found = dict(Delivery.objects.values_list("state").annotate(Count("pk")).order_by())
    return {state.value: found.get(state.value, 0) for state in Delivery.State}


def is_all_delivered() -> bool:
    """Whether nothing waits or runs; what failed for good does not wait."""
    return not Delivery.objects.filter(state__in=OPEN).exists()


def progress_of(numbers: list[int]) -> list[Delivery]:
    """The deliveries that `announce` numbered, for a page that shows how far its own job is."""
    return list(Delivery.objects.filter(pk__in=numbers).order_by("pk"))


def heartbeat_path() -> Path:
    """The file that a living worker writes every few seconds."""
    return Path(settings.DATA_DIR) / "worker.json"


def worker_seen_at() -> datetime | None:
    """When a worker last said that it lives; None where none runs."""
    try:
        return datetime.fromisoformat(json.loads(heartbeat_path().read_text())["at"])
    except (OSError, ValueError, KeyError):
        return None
