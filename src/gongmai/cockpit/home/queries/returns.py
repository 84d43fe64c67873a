"""What waits: a firm's own returns, and for officers the state of the period that is being filed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from gongmai.cockpit.home.queries.menu import link, say
from gongmai.core.access.queries import may, scope_filter
from gongmai.core.access.types import Actor, Role
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import current_period
from gongmai.core.review.types import State
from gongmai.monitor.filing.queries.forms import forms

WITH_FIRM = (State.DRAFT, State.RETURNED)
# one that was sent back has been filed, as the table of completeness counts
FILED = (State.COUNTY, State.CITY, State.RETURNED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Task:
    """A return that a firm has to file or correct, or has filed."""

    pk: int
    form: str
    period: Period
    state: State
    due_at: datetime | None
    is_late: bool
    days_left: int | None
    url: str

    @property
    def is_open(self) -> bool:
        """Whether it is the firm's turn."""
        return self.state in WITH_FIRM


@dataclass(frozen=True, slots=True)
class FormProgress:
    """How far a form is in the period being filed, over the firms within reach."""

    form: str
    expected: int
    filed: int
    approved: int
    returned: int
    waiting: int
    waiting_url: str
    missing_url: str

    @property
    def missing(self) -> int:
        """Firms that have not filed."""
        return max(0, self.expected - self.filed)

    @property
    def share(self) -> int:
        """Filed, as whole per cent."""
        return round(100 * self.filed / self.expected) if self.expected else 0

    @property
    def approved_share(self) -> int:
        """Approved, as whole per cent."""
        return round(100 * self.approved / self.expected) if self.expected else 0


def tasks(actor: Actor) -> list[Task]:
    """The firm's returns that are open, and those of the period being filed; open ones first."""
    if actor.enterprise_id is None or not may(actor, "return.file"):
        return []
    now = clock.now()
    rows = (
        _returns()
        .filter(enterprise_id=actor.enterprise_id)
        .filter(Q(state=State.RETURNED) | Q(period=current_period().key))
    )
    found = [
        Task(
            pk=row.pk,
            form=_form_label(row.form),
            period=Period.from_key(row.period),
            state=State(row.state),
            due_at=row.due_at,
            is_late=bool(row.due_at and row.due_at < now and row.state in WITH_FIRM),
            days_left=(row.due_at - now).days if row.due_at and row.due_at >= now else None,
            url=_return_url(row.pk),
        )
        for row in rows.order_by("-period", "form")
    ]
    last = now + timedelta(days=366)
    return sorted(
        found, key=lambda task: (not task.is_open, task.state != State.RETURNED, task.due_at or last)
    )


def progress(actor: Actor) -> list[FormProgress]:
    """Each form in the period being filed, over the firms within reach."""
    period = current_period()
    action = "completeness.view"
    rows = (
        _returns()
        .filter(scope_filter(actor, action, "enterprise__"), period=period.key)
        .values("form", "state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    states: dict[str, dict[str, int]] = {}
    for row in rows:
        states.setdefault(row["form"], {})[row["state"]] = row["n"]
    expected = _roster_size(actor, action)
    mine = _waiting_state(actor)
    return [
        FormProgress(
            form=say(dict(form.label)),
            expected=expected,
            filed=sum(states[code].get(state, 0) for state in FILED),
            approved=states[code].get(State.APPROVED, 0),
            returned=states[code].get(State.RETURNED, 0),
            waiting=states[code].get(mine, 0) if mine else 0,
            waiting_url=link("filing:workbench", f"form={code}&period={period}&state={mine}"),
            missing_url=link("filing:workbench", f"form={code}&period={period}&state=missing"),
        )
        for code, form in forms().items()
        if code in states
    ]


def _waiting_state(actor: Actor) -> State | None:
    if Role.COUNTY in actor.roles:
        return State.COUNTY
    return State.CITY if Role.CITY in actor.roles else None


def _roster_size(actor: Actor, action: str) -> int:
    firms = apps.get_model("registry", "Enterprise").objects
    return int(firms.filter(scope_filter(actor, action), on_roster=True).count())


def _returns() -> QuerySet[Any]:
    return apps.get_model("filing", "Return").objects.all()


def _form_label(code: str) -> str:
    return say(dict(forms()[code].label)) if code in forms() else code


def _return_url(pk: int) -> str:
    try:
        return reverse("filing:fill", args=[pk])
    except NoReverseMatch:
        return ""
