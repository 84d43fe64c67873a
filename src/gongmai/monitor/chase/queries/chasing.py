"""Who is missing, as the chasing page shows it: how late, how often reminded, what was said in calls."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.chase.models import Call, Reminder
from gongmai.monitor.filing.queries.extensions import extensions_of
from gongmai.monitor.filing.queries.outstanding import missing_returns

PAGE_SIZE = 50
SHOWN = ("overdue", "promised", "broken", "uncalled", "extended")


@dataclass(frozen=True, slots=True)
class Missing:
    """A return never filed, with what was done about it."""

    filing: Any
    is_late: bool
    reminders: int
    last_reminder: datetime | None
    last_call: Call | None
    extension: Any | None

    @property
    def promised_on(self) -> date | None:
        """The day that the firm promised last."""
        return self.last_call.promised_on if self.last_call else None


def filter_missing(actor: Actor, form: str, period: Period, filters: Mapping[str, str]) -> QuerySet[Any]:
    """The returns never filed within reach; filters: unit, q, show (one of SHOWN)."""
    check_may(actor, "return.chase")
    rows = missing_returns(form, period).filter(scope_filter(actor, "return.chase", "enterprise__"))
    if unit := filters.get("unit"):
        rows = rows.filter(enterprise__unit=unit)
    if text := filters.get("q", "").strip():
        rows = rows.filter(
            Q(enterprise__name__icontains=text)
            | Q(enterprise__credit_code__startswith=text.upper())
            | Q(enterprise__initials__startswith=text.lower())
        )
    return _shown(rows, filters.get("show", "")).order_by("enterprise__unit", "enterprise__credit_code")


def _shown(rows: QuerySet[Any], show: str) -> QuerySet[Any]:
    calls = Call.objects.filter(filing=OuterRef("pk"))
    if show == "overdue":
        return rows.filter(due_at__lt=clock.now())
    if show in {"promised", "broken"}:
        promised = calls.order_by("-at", "-pk").values("promised_on")[:1]
        rows = rows.annotate(promise=Subquery(promised)).filter(promise__isnull=False)
        return rows.filter(promise__lt=clock.today()) if show == "broken" else rows
    if show == "uncalled":
        return rows.filter(~Exists(calls))
    if show == "extended":
        return rows.filter(extensions__isnull=False, extensions__undone_at=None).distinct()
    return rows


def list_missing(actor: Actor, form: str, period: Period, filters: Mapping[str, str], page: int) -> Page[Any]:
    """A page of `filter_missing` as Missing rows."""
    found = Paginator(filter_missing(actor, form, period, filters), PAGE_SIZE).get_page(page)
    found.object_list = describe(list(found.object_list))
    return found


def describe(rows: Collection[Any]) -> list[Missing]:
    """Returns with their reminders, last calls and extensions. Whoever asks has checked the reach."""
    ids, now = [row.pk for row in rows], clock.now()
    reminders = {
        pk: (count, last)
        for pk, count, last in Reminder.objects.filter(filing_id__in=ids)
        .values_list("filing_id")
        .annotate(count=Count("pk"), last=Max("at"))
        .order_by()
    }
    calls: dict[int, Call] = {}
    for call in Call.objects.filter(filing_id__in=ids).order_by("at", "pk"):
        calls[call.filing_id] = call
    extensions = extensions_of(ids)
    return [
        Missing(
            filing=row,
            is_late=bool(row.due_at and row.due_at < now),
            reminders=reminders.get(row.pk, (0, None))[0],
            last_reminder=reminders.get(row.pk, (0, None))[1],
            last_call=calls.get(row.pk),
            extension=extensions.get(row.pk),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over what the actor chases of a form and period."""

    missing: int
    overdue: int
    called: int
    promised: int
    extended: int


def summary(actor: Actor, form: str, period: Period) -> Summary:
    """How far chasing is."""
    rows = filter_missing(actor, form, period, {})
    calls = Call.objects.filter(filing=OuterRef("pk"))
    return Summary(
        missing=rows.count(),
        overdue=rows.filter(due_at__lt=clock.now()).count(),
        called=rows.filter(Exists(calls)).count(),
        promised=_shown(rows, "promised").count(),
        extended=_shown(rows, "extended").count(),
    )


def choose_returns(ids: Collection[int], *, lock: bool = False) -> QuerySet[Any]:
    """Returns by their numbers, with their firms; whoever asks checks the reach."""
    rows = (
        apps.get_model("filing", "Return")
        .objects.select_related("enterprise")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    return rows.select_for_update(of=("self",)) if lock else rows
