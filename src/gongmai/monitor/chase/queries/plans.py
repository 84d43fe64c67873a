"""The plan in force for a form on a day, pauses, heads, and what the plan will do when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.formula.queries import load_catalogue, load_yaml
from gongmai.core.formula.types import Param
from gongmai.core.period import clock
from gongmai.core.period.queries import is_workday
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import current_period
from gongmai.monitor.chase.models import Head, Pause, Round
from gongmai.monitor.chase.models import Plan as PlanRow
from gongmai.monitor.chase.rules.schedule import moments
from gongmai.monitor.chase.types import ALL_FORMS, Moment, Plan, Step, To
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.outstanding import Due, due_dates

_DATA = Path(__file__).parents[1] / "data" / "plan.yaml"
PERIODS_BACK = 3


def plan_for(form: str, day: date) -> Plan:
    """The plan of a form on a day: the form's own, else the one for all forms, else the one that we ship."""
    rows = PlanRow.objects.filter(form__in=[form, ALL_FORMS], valid_from__lte=day).order_by(
        "valid_from", "pk"
    )
    found = {row.form: row for row in rows}
    row = found.get(form) or found.get(ALL_FORMS)
    if row is not None:
        return Plan(row.form, row.valid_from, read_steps(row.steps), row.pk, row.note)
    shipped = [plan for plan in _shipped() if plan.form in {form, ALL_FORMS} and plan.valid_from <= day]
    return max(shipped, key=lambda plan: (plan.form != ALL_FORMS, plan.valid_from))


def read_steps(entries: list[dict[str, Any]]) -> tuple[Step, ...]:
    """Steps as they are stored: ``[{offset, at, to}]``."""
    return tuple(
        Step(int(entry["offset"]), time.fromisoformat(entry["at"]), tuple(To(to) for to in entry["to"]))
        for entry in entries
    )


def plan_rows(actor: Actor) -> QuerySet[PlanRow]:
    """Every plan that the city ever set, the latest first."""
    check_may(actor, "return.chase")
    return PlanRow.objects.order_by("-valid_from", "-pk")


def limit(code: str, day: date) -> float:
    """A dated number of data/plan.yaml, such as the hours between two reminders by hand."""
    return _params()[code].on(day)


def is_paused(form: str, now: datetime) -> bool:
    """Whether reminders by plan rest for a form."""
    return _pauses(now).filter(form__in=[form, ALL_FORMS]).exists()


def open_pauses(actor: Actor) -> list[Pause]:
    """The pauses in force or to come, the earliest first."""
    check_may(actor, "return.chase")
    now = clock.now()
    return list(Pause.objects.filter(Q(until=None) | Q(until__gt=now)).order_by("since"))


def heads() -> Mapping[str, list[int]]:
    """Unit -> the people who answer for it."""
    found: dict[str, list[int]] = {}
    for unit, person in Head.objects.order_by("unit", "person_id").values_list("unit", "person_id"):
        found.setdefault(unit, []).append(person)
    return found


def open_dues() -> list[Due]:
    """The deadlines that the plan looks at: of the last few periods."""
    last = current_period().index
    periods = [Period.from_index(index) for index in range(last - PERIODS_BACK + 1, last + 1)]
    return due_dates(forms(), periods)


@dataclass(frozen=True, slots=True)
class Coming:
    """A step to come (or just taken): when, for which deadline, who would be told as of now."""

    due: Due
    moment: Moment
    taken: frozenset[To]
    is_past: bool


def preview(actor: Actor, form: str = "", steps: tuple[Step, ...] | None = None) -> list[Coming]:
    """What the plan will do for every open deadline, the earliest first. `steps`: others for `form`."""
    check_may(actor, "return.chase")
    now = timezone.localtime(clock.now())
    taken: dict[tuple[str, int, date, int], set[To]] = {}
    for row in Round.objects.filter(due_on__gte=now.date().replace(day=1)).values_list(
        "form", "period", "due_on", "offset", "to"
    ):
        taken.setdefault(row[:4], set()).add(To(row[4]))
    found: list[Coming] = []
    for due in open_dues():
        if form and due.form != form:
            continue
        day = timezone.localtime(due.due_at).date()
        chosen = steps if steps is not None else plan_for(due.form, now.date()).steps
        for moment in moments(chosen, day, is_workday, timezone.get_current_timezone()):
            place = (due.form, due.period.key, day, moment.step.offset)
            found.append(Coming(due, moment, frozenset(taken.get(place, ())), moment.at <= now))
    return sorted(found, key=lambda coming: coming.moment.at)


def _pauses(now: datetime) -> QuerySet[Pause]:
    return Pause.objects.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Plan, ...]:
    return tuple(
        Plan(entry["form"], entry["valid_from"], read_steps(entry["steps"]), 0, entry["source"])
        for entry in load_yaml(_DATA)["plans"]
    )


@lru_cache(maxsize=1)
def _params() -> Mapping[str, Param]:
    return load_catalogue(_DATA).params
