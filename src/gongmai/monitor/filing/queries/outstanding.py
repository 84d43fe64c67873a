"""Who has not filed, for chasing; and the counts of timeliness by unit and period."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from gongmai.core.period.types import Period
from gongmai.core.review import queries as review
from gongmai.core.review.types import State
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.extensions import is_extended
from gongmai.monitor.filing.types import KIND


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that somebody has not met, or not yet: `missing` returns of a form and period."""

    form: str
    period: Period
    due_at: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Counts of a unit in a period, over the forms asked for.

    `extended`: returns whose deadline was moved, filed or not. `review_days` is None where no review was done
    on the platform.
    """

    unit: str
    period: int
    due: int
    filed: int
    on_time: int
    late: int
    extended: int
    corrected: int
    returned: int
    reviewed: int
    review_days: float | None


def missing_returns(form: str, period: Period, due_at: datetime | None = None) -> QuerySet[Return]:
    """The returns never filed, with their firms. No actor: for the worker; pages use `filter_returns`."""
    rows = Return.objects.select_related("enterprise").filter(
        form=form, period=period.key, state=State.DRAFT, versions_count=0
    )
    return rows if due_at is None else rows.filter(due_at=due_at)


def due_dates(forms: Iterable[str], periods: Collection[Period]) -> list[Due]:
    """The deadlines of these forms and periods that somebody has not met, the earliest first."""
    rows = (
        Return.objects.filter(
            form__in=list(forms),
            period__in=[period.key for period in periods],
            state=State.DRAFT,
            versions_count=0,
            due_at__isnull=False,
        )
        .values_list("form", "period", "due_at")
        .annotate(count=Count("pk"))
        .order_by("due_at", "form", "period")
    )
    return [Due(form, Period.from_key(period), due, count) for form, period, due, count in rows if due]


def filed_of(return_ids: Collection[int]) -> set[int]:
    """Those of the returns that were filed meanwhile (or exist no more)."""
    ids = set(return_ids)
    open_ids = Return.objects.filter(pk__in=ids, state=State.DRAFT, versions_count=0).values_list(
        "pk", flat=True
    )
    return ids - set(open_ids)


def timeliness(forms: Iterable[str], first: Period, last: Period) -> list[Timeliness]:
    """The counts by unit and period. No firm is shown: the league is for all who may see it.

    An imported return that does not say when it came counts as in time, as in `completeness`.
    """
    rows = Return.objects.filter(form__in=list(forms), period__gte=first.key, period__lte=last.key)
    filed = Q(versions_count__gt=0)
    in_time = Q(first_submitted_at=None) | Q(first_submitted_at__lte=F("due_at"))
    counted = (
        rows.values_list("enterprise__unit", "period")
        .annotate(
            due=Count("pk"),
            filed=Count("pk", filter=filed),
            on_time=Count("pk", filter=filed & in_time),
            late=Count("pk", filter=filed & ~in_time),
            corrected=Count("pk", filter=Q(versions_count__gt=1)),
        )
        .order_by("period", "enterprise__unit")
    )
    extended = _by_place(rows.filter(is_extended()))
    work = _review_work(rows)
    return [
        Timeliness(
            unit=unit,
            period=period,
            due=due,
            filed=filed_count,
            on_time=on_time,
            late=late,
            extended=extended.get((unit, period), 0),
            corrected=corrected,
            returned=work.get((unit, period), _NO_WORK).returned,
            reviewed=work.get((unit, period), _NO_WORK).reviewed,
            review_days=work.get((unit, period), _NO_WORK).mean_days,
        )
        for unit, period, due, filed_count, on_time, late, corrected in counted
    ]


@dataclass(slots=True)
class _Work:
    returned: int = 0
    reviewed: int = 0
    days: float = 0.0

    @property
    def mean_days(self) -> float | None:
        return self.days / self.reviewed if self.reviewed else None


_NO_WORK = _Work()


def _by_place(rows: QuerySet[Return]) -> dict[tuple[str, int], int]:
    counted = rows.values_list("enterprise__unit", "period").annotate(count=Count("pk")).order_by()
    return {(unit, period): count for unit, period, count in counted}


def _review_work(rows: QuerySet[Return]) -> Mapping[tuple[str, int], _Work]:
    """How many were sent back, and how long the first decision took, by unit and period."""
    found: dict[tuple[str, int], _Work] = {}
    handled = review.first_decisions(KIND, rows.values("pk"))
    places = _places(rows, handled)
    for object_id, (was_returned, days) in handled.items():
        work = found.setdefault(places[object_id], _Work())
        work.returned += was_returned
        if days is not None:
            work.reviewed += 1
            work.days += days
    return found


def _places(rows: QuerySet[Return], handled: Mapping[int, object]) -> dict[int, tuple[str, int]]:
    if not handled:
        return {}
    return {pk: (unit, period) for pk, unit, period in rows.values_list("pk", "enterprise__unit", "period")}
