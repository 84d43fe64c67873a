"""Reading the jobs: what waits, runs, is done or failed."""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.outbox.models import Delivery

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")
_STARTED_FIELD = 19  # of /proc/PID/stat after the name: when the process started, in ticks since boot
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


def anything_waits(besides: str) -> bool:
    """Whether a delivery of another event than `besides` could be taken now."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, available_at__lte=timezone.now())
    return waiting.exclude(event=besides).exists()


def is_at_work(handler: str) -> bool:
    """Whether a worker is at a handler (its path) under a live lease."""
    running = Delivery.objects.filter(handler=handler, state=Delivery.State.RUNNING)
    return running.filter(lease_until__gte=timezone.now()).exists()


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


def name_holder() -> str:
    """The name of this process: boot of the machine, process namespace, number, start; empty if untold."""
    place, number = _place(), os.getpid()
    started = _started(number)
    return f"{place}:{number}:{started}" if place and started else ""


def is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is gone; False for what is not known."""
    place, _, rest = holder.partition(":")
    number, _, started = rest.partition(":")
    if not place or place != _place() or not number.isdigit():
        return False
    return _started(int(number)) != started


def _place() -> str:
    """The machine since its start, and the process namespace: a container sees only its own processes."""
    try:
        return f"{_BOOT.read_text().strip()}/{_NAMESPACE.readlink()}".replace(":", "")
    except OSError:
        return ""


def _started(number: int) -> str:
    """When a process started; empty for none, and for one that ended and was not yet collected."""
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[_STARTED_FIELD]
