"""Who looked at whose data: everything for the auditor, their own firm for its people."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from gongmai.core.access.queries import check_may, ids_named, scope
from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Reading


def readings(
    actor: Actor, *, firm: str = "", person: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[Reading]:
    """The readings within reach that match, latest first.

    `firm`: name, initials or beginning of the credit code; `first` and `last`: whole days of the city.
    """
    check_may(actor, "readings.view")
    reach = scope(actor, "readings.view")
    rows = Reading.objects.order_by("-at", "-pk")
    if not reach.everything:
        rows = rows.filter(enterprise_id__in=reach.enterprises)
    if firm:
        text = firm.strip()
        firms = apps.get_model("registry", "Enterprise").objects.filter(
            Q(name__icontains=text)
            | Q(initials__startswith=text.lower())
            | Q(credit_code__startswith=text.upper())
        )
        rows = rows.filter(enterprise_id__in=firms.values("pk"))
    if person:
        rows = rows.filter(actor_id__in=ids_named(person))
    if first:
        rows = rows.filter(at__gte=_start_of(first))
    if last:
        rows = rows.filter(at__lt=_start_of(last + timedelta(days=1)))
    return rows


def names_of_firms(numbers: Iterable[int]) -> dict[int, str]:
    """The names of firms by number."""
    firms = apps.get_model("registry", "Enterprise").objects.filter(pk__in=set(numbers))
    return dict(firms.values_list("pk", "name"))


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
