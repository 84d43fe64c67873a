"""Reminding by hand: firms chosen from the list, with a word of one's own, not too often."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from gongmai.core.access.queries import check_may, check_reach, filers_of
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.queries.catalogue import kind_of
from gongmai.core.notify.rules.wording import template_of, word
from gongmai.core.notify.types import Field, Post, Wording
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.chase.messages import day_text, period_fields, when_fields
from gongmai.monitor.chase.models import Reminder
from gongmai.monitor.chase.queries.chasing import choose_returns
from gongmai.monitor.chase.queries.plans import limit
from gongmai.monitor.chase.types import FIRM_KIND, KIND, ChaseError
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.outstanding import filed_of
from gongmai.monitor.filing.types import KIND as RETURN

MAX_FIRMS = 500
MAX_NOTE = 200


@dataclass(slots=True)
class Reminded:
    """What came of it, by return: told; without an account; told too lately; filed already."""

    told: list[int] = field(default_factory=list)
    unreachable: list[int] = field(default_factory=list)
    too_soon: list[int] = field(default_factory=list)
    filed: list[int] = field(default_factory=list)


def sort_out(actor: Actor, return_ids: Collection[int]) -> Reminded:
    """Who of the chosen would be told now, and who not. Raises ChaseError `none_chosen`, `too_many`."""
    return _sort_out(actor, return_ids)[0]


def wording_of(row: Any, note: str, now: datetime) -> Wording:
    """The reminder of a return (a Return row) in words, as it would be sent."""
    return word(template_of(kind_of(FIRM_KIND), clock.today()), _fields(row, note, now))


def remind_now(actor: Actor, return_ids: Collection[int], note: str = "") -> Reminded:
    """Remind the people of the chosen returns' firms. Firms without an account are noted as not reached.

    Raises NotAllowed where one is out of reach, ChaseError `none_chosen`, `too_many`.
    """
    note = note.strip()[:MAX_NOTE]
    with transaction.atomic():
        found, rows, people = _sort_out(actor, return_ids, lock=True)
        now, batch = clock.now(), uuid4().hex
        chosen = [rows[pk] for pk in (*found.told, *found.unreachable)]
        Reminder.objects.bulk_create(
            [
                Reminder(
                    filing_id=row.pk,
                    enterprise_id=row.enterprise_id,
                    people=len(people.get(row.enterprise_id, ())),
                    note=note,
                    by=actor.user_id,
                    by_name=actor.name,
                    at=now,
                )
                for row in chosen
            ]
        )
        post(
            (
                Post(
                    f"chase:{batch}:{pk}",
                    FIRM_KIND,
                    _fields(rows[pk], note, now),
                    reverse("filing:fill", args=[pk]),
                    RETURN,
                    pk,
                ),
                people[rows[pk].enterprise_id],
            )
            for pk in found.told
        )
        if chosen:
            payload = {"returns": [row.pk for row in chosen], "told": len(found.told), "note": note}
            record(actor=actor, action="chase.remind", kind=KIND, object_id=batch, payload=payload)
    return found


def _sort_out(
    actor: Actor, return_ids: Collection[int], *, lock: bool = False
) -> tuple[Reminded, dict[int, Any], dict[int, list[int]]]:
    check_may(actor, "return.chase")
    ids = sorted(set(return_ids))
    if not ids:
        raise ChaseError("none_chosen")
    if len(ids) > MAX_FIRMS:
        raise ChaseError("too_many", limit=MAX_FIRMS)
    rows = {row.pk: row for row in choose_returns(ids, lock=lock)}
    for row in rows.values():
        check_reach(actor, "return.chase", row.enterprise)
    people = filers_of([row.enterprise_id for row in rows.values()])
    filed, now = filed_of(ids), clock.now()
    lately, often = _told_lately(ids, now), _told_often([row.enterprise_id for row in rows.values()], now)
    found = Reminded()
    for pk in ids:
        if pk in filed:
            found.filed.append(pk)
        elif pk in lately or rows[pk].enterprise_id in often:
            found.too_soon.append(pk)
        elif rows[pk].enterprise_id in people:
            found.told.append(pk)
        else:
            found.unreachable.append(pk)
    return found, rows, people


def _told_lately(ids: list[int], now: datetime) -> set[int]:
    gap = timedelta(hours=limit("manual_gap_hours", timezone.localtime(now).date()))
    return set(
        Reminder.objects.filter(filing_id__in=ids, round=None, at__gt=now - gap).values_list(
            "filing_id", flat=True
        )
    )


def _told_often(firms: list[int], now: datetime) -> set[int]:
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = (
        Reminder.objects.filter(enterprise_id__in=firms, round=None, at__gte=day)
        .values_list("enterprise_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    most = limit("manual_per_day", day.date())
    return {firm for firm, count in counts if count >= most}


def _fields(row: Any, note: str, now: datetime) -> dict[str, Field]:
    return {
        "form": forms()[row.form].label,
        "period": period_fields(Period.from_key(row.period)),
        "firm": row.enterprise.name,
        "due": day_text(row.due_at) if row.due_at else "",
        "when": when_fields(row.due_at, now) if row.due_at else "",
        "note": note,
    }
