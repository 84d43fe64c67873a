"""What the administrator and the auditor see first: people, the worker, failed jobs, the trail."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor
from gongmai.core.audit.queries import search as audit
from gongmai.core.outbox import queries as outbox
from gongmai.core.period import clock

ALIVE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SystemState:
    """Counts; None where the actor may not know."""

    people: int | None
    temporary: int | None
    failed_sign_ins: int | None
    lines_today: int | None
    failed_jobs: int | None
    open_jobs: int | None
    is_worker_alive: bool


def system_state(actor: Actor) -> SystemState:
    """How the installation does."""
    sees_people = access.may(actor, "people.view")
    sees_jobs = access.may(actor, "jobs.view")
    counts = outbox.counts(actor) if sees_jobs else {}
    seen = outbox.worker_seen_at()
    day_ago = clock.now() - timedelta(days=1)
    return SystemState(
        people=access.people(actor).filter(is_active=True).count() if sees_people else None,
        temporary=access.people(actor).filter(must_change_password=True).count() if sees_people else None,
        failed_sign_ins=(
            access.sign_ins(actor).filter(at__gte=day_ago, outcome__in=["failed", "locked"]).count()
            if sees_people
            else None
        ),
        lines_today=(
            audit.entries(actor, first=clock.today()).count() if access.may(actor, "trail.view") else None
        ),
        failed_jobs=counts.get("failed"),
        open_jobs=counts["waiting"] + counts["running"] if counts else None,
        is_worker_alive=seen is not None and timezone.now() - seen < ALIVE,
    )
