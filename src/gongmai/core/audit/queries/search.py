"""Finding lines of the trail."""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongmai.core.access.queries import check_may, ids_named
from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Entry


def entries(
    actor: Actor,
    *,
    person: str = "",
    action: str = "",
    kind: str = "",
    object_id: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[Entry]:
    """The lines that match, latest first; `first` and `last` are whole days of the city's time zone."""
    check_may(actor, "trail.view")
    rows = Entry.objects.order_by("-at", "-pk")
    if person:
        # lines written before people were named by number hold the name itself
        rows = rows.filter(Q(actor__icontains=person) | Q(actor_id__in=ids_named(person)))
    if action:
        rows = rows.filter(action__startswith=action)
    if kind:
        rows = rows.filter(kind=kind)
    if object_id:
        rows = rows.filter(object_id=object_id)
    if first:
        rows = rows.filter(at__gte=start_of(first))
    if last:
        rows = rows.filter(at__lt=start_of(last + timedelta(days=1)))
    return rows


def actions_and_kinds(actor: Actor) -> tuple[list[str], list[str]]:
    """The codes that occur, for the search form."""
    check_may(actor, "trail.view")
    return (
        list(Entry.objects.values_list("action", flat=True).distinct().order_by("action")),
        list(Entry.objects.values_list("kind", flat=True).distinct().order_by("kind")),
    )


def start_of(day: date) -> str:
    """The first moment of a day of the city, as the trail writes times: ISO text in UTC, which sorts."""
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC).isoformat()
