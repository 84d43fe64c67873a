"""Taking the steps of the plan: run as often as wanted, each step is taken once for each deadline.

A round is a row; its reminders are written in small transactions, each with its notices, so that a run that
dies is taken up where it stopped and nobody waits for a long lock. Who has filed is left out at the moment of
writing, and once more by notify just before a mail leaves.
"""

from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone

from gongmai.core.access.queries import check_may, filers_of, people_with_role
from gongmai.core.access.types import SYSTEM, Actor, Grant, Role, ScopeKind
from gongmai.core.audit.actions import record
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.types import Field, Post
from gongmai.core.period import clock
from gongmai.core.period.queries import is_workday
from gongmai.core.registry.queries import labels
from gongmai.monitor.chase.messages import day_text, join_fields, period_fields, phrase, when_fields
from gongmai.monitor.chase.models import Reminder, Round
from gongmai.monitor.chase.queries.plans import heads, is_paused, open_dues, plan_for
from gongmai.monitor.chase.rules.schedule import due_now
from gongmai.monitor.chase.types import FIRM_KIND, KIND, Outcome, Step, To
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.outstanding import Due, missing_returns
from gongmai.monitor.filing.types import KIND as RETURN

FIRMS_AT_ONCE = 200
NAMES_SHOWN = 5


def run(*, at: datetime | None = None, actor: Actor = SYSTEM, dry_run: bool = False) -> list[Outcome]:
    """Take every step of the plan that is due at `at` (default: now); give what was done.

    With `dry_run` nothing is written and the outcomes say what would be. Raises NotAllowed.
    """
    check_may(actor, "chase.run")
    now = timezone.localtime(at or clock.now())
    found: list[Outcome] = []
    for due in open_dues():
        if is_paused(due.form, now):
            continue
        due_on = timezone.localtime(due.due_at).date()
        plan = plan_for(due.form, now.date())
        for moment, to in due_now(plan.steps, due_on, now, is_workday):
            if dry_run:
                found += _rehearse(due, due_on, moment.step, to)
            elif (done := _take(actor, due, due_on, moment.step, to, plan.number)) is not None:
                found.append(done)
    return found


def _take(actor: Actor, due: Due, due_on: date, step: Step, to: To, plan: int) -> Outcome | None:
    """Take one step; None where it was taken before."""
    round_, is_new = Round.objects.get_or_create(
        form=due.form,
        period=due.period.key,
        due_on=due_on,
        offset=step.offset,
        to=to,
        defaults={"plan": plan, "started_at": clock.now()},
    )
    if not is_new and round_.done_at is not None:
        return None
    lists: list[tuple[Post, list[int]]] = []
    if to is To.FIRM:
        while _remind_some(round_, due):
            pass
    else:
        lists = list(_lists(due, due_on, step, to))
        post(lists)
    with transaction.atomic():
        mine = Round.objects.select_for_update().get(pk=round_.pk)
        if mine.done_at is not None:
            return None
        _count(mine, due, lists)
        mine.done_at = clock.now()
        mine.save()
        record(
            actor=actor,
            action="chase.round",
            kind=KIND,
            object_id=mine.pk,
            payload={
                "form": due.form, "period": str(due.period), "due_on": due_on.isoformat(),
                "offset": step.offset, "to": to.value, "firms": mine.firms, "people": mine.people,
            },
        )  # fmt: skip
    return Outcome(due.form, due.period, due_on, step, to, mine.firms, mine.people, mine.unreachable)


def _remind_some(round_: Round, due: Due) -> int:
    """Remind the next firms of the round, in one transaction; give how many."""
    with transaction.atomic():
        rows = list(
            missing_returns(due.form, due.period, due.due_at)
            .exclude(pk__in=round_.reminders.values("filing_id"))
            .order_by("pk")[:FIRMS_AT_ONCE]
        )
        people = filers_of([row.enterprise_id for row in rows])
        now = clock.now()
        Reminder.objects.bulk_create(
            [
                Reminder(
                    filing_id=row.pk,
                    round=round_,
                    enterprise_id=row.enterprise_id,
                    people=len(people.get(row.enterprise_id, ())),
                    at=now,
                )
                for row in rows
            ]
        )
        fields = {"form": forms()[due.form].label, "period": period_fields(due.period)}
        when = when_fields(due.due_at, now)
        post(
            (
                Post(
                    key=f"chase:{round_.pk}:{row.pk}",
                    kind=FIRM_KIND,
                    fields={**fields, "firm": row.enterprise.name, "due": day_text(due.due_at), "when": when},
                    link=reverse("filing:fill", args=[row.pk]),
                    object_kind=RETURN,
                    object_id=row.pk,
                ),
                people[row.enterprise_id],
            )
            for row in rows
            if row.enterprise_id in people
        )
    return len(rows)


def _count(round_: Round, due: Due, lists: list[tuple[Post, list[int]]]) -> None:
    if round_.to == To.FIRM:
        sums = round_.reminders.aggregate(
            firms=Count("pk"), told=Sum("people"), unreachable=Count("pk", filter=Q(people=0))
        )
        round_.firms, round_.people = sums["firms"], sums["told"] or 0
        round_.unreachable = sums["unreachable"]
        return
    round_.firms = missing_returns(due.form, due.period, due.due_at).count()
    round_.people = len({person for _post, people in lists for person in people})


def _rehearse(due: Due, due_on: date, step: Step, to: To) -> list[Outcome]:
    """What taking a step would do; nothing where it was taken."""
    place = {"form": due.form, "period": due.period.key, "due_on": due_on, "offset": step.offset, "to": to}
    if Round.objects.filter(**place, done_at__isnull=False).exists():
        return []
    firms = list(missing_returns(due.form, due.period, due.due_at).values_list("enterprise_id", flat=True))
    if to is To.FIRM:
        people = filers_of(firms)
        told, unreachable = sum(len(each) for each in people.values()), len(set(firms) - set(people))
    else:
        told = len({person for _post, each in _lists(due, due_on, step, to) for person in each})
        unreachable = 0
    return [Outcome(due.form, due.period, due_on, step, to, len(firms), told, unreachable)]


def _lists(due: Due, due_on: date, step: Step, to: To) -> Iterator[tuple[Post, list[int]]]:
    """The lists of who is missing, for the officers whom a step reaches."""
    rows = list(
        missing_returns(due.form, due.period, due.due_at)
        .order_by("enterprise__unit", "enterprise__credit_code")
        .values_list(F("enterprise__unit"), F("enterprise__region"), F("enterprise__name"))
    )
    key = f"chase:{due.form}:{due.period}:{due_on}:{step.offset:+d}:{to.value}"
    if to is To.CITY:
        people = [person for person, _grants in people_with_role(Role.CITY)]
        units: dict[str, int] = {}
        for unit, _region, _name in rows:
            units[unit] = units.get(unit, 0) + 1
        names = [phrase("unit_count", name=_unit_label(unit), n=count) for unit, count in units.items()]
        if rows and people:
            yield _list_post(due, to, f"{key}:all", len(rows), join_fields(names, len(names)), {}), people
        return
    named = heads() if to is To.HEAD else {}
    for person, grants in people_with_role(Role.COUNTY):
        units_led = {unit for unit, people_of in named.items() if person in people_of}
        mine = [row for row in rows if _is_told(row, grants, units_led, set(named))]
        if not mine:
            continue
        place = _place_label(grants, mine)
        names_mine = join_fields([name for _unit, _region, name in mine], NAMES_SHOWN)
        yield _list_post(due, to, key, len(mine), names_mine, place), [person]


def _is_told(row: tuple[str, str, str], grants: list[Grant], led: set[str], named: set[str]) -> bool:
    """Whether a missing firm is on a county officer's list. A unit with heads escalates to them alone."""
    unit, region, _name = row
    if unit in named:
        return unit in led
    return any(
        (grant.kind is ScopeKind.UNIT and grant.value == unit)
        or (grant.kind is ScopeKind.REGION and grant.value == region)
        for grant in grants
    )


def _list_post(due: Due, to: To, key: str, count: int, names: Field, place: Field) -> Post:
    fields: dict[str, Field] = {
        "form": forms()[due.form].label,
        "period": period_fields(due.period),
        "due": day_text(due.due_at),
        "count": count,
        "names": names,
        "place": place,
    }
    query = urlencode({"form": due.form, "period": str(due.period)})
    return Post(key, f"chase.{to.value}", fields, f"{reverse('chase:chase')}?{query}")


def _unit_label(unit: str) -> dict[str, str]:
    label = labels("unit").get(unit)
    return (
        {"zh-Hans": label.text("zh-hans"), "en": label.text("en")} if label else {"zh-Hans": unit, "en": unit}
    )


def _place_label(grants: list[Grant], rows: list[tuple[str, str, str]]) -> dict[str, str]:
    """The name of a county officer's part of the city: their region, else the units of the list."""
    for grant in grants:
        if grant.kind is ScopeKind.REGION and (label := labels("region").get(grant.value)):
            return {"zh-Hans": label.text("zh-hans"), "en": label.text("en")}
    units = list(dict.fromkeys(unit for unit, _region, _name in rows))
    return dict(join_fields([_unit_label(unit) for unit in units], 3))
