"""The watch list within reach: ranked by influence times severity; one warning with its life."""

from collections.abc import Mapping

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from gongmai.core.access.queries import check_may, check_reach, may, scope, scope_filter
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.panel.queries.vintages import files_in_force, last_number
from gongmai.core.period import clock
from gongmai.monitor.warning.models import Alert, AlertStep, Run
from gongmai.monitor.warning.queries.triggers import trigger_of
from gongmai.monitor.warning.rules.life import RIGHTS, check_cell, check_eyes, open_moves
from gongmai.monitor.warning.types import ENDED, Colour, Level, Move, State, WarningRefused

VIEW = "warning.view"
PAGE_SIZE = 50
OPEN, LATE, ENDED_TOO = "open", "late", "all"


def within_reach(actor: Actor, action: str = VIEW) -> QuerySet[Alert]:
    """The warnings on which the actor may do the action: firms within reach, own counties; the city all."""
    check_may(actor, action)
    reach = scope(actor, action)
    rows = Alert.objects.select_related("enterprise")
    if reach.everything:
        return rows
    firms = Q(level=Level.ENTERPRISE) & scope_filter(actor, action, "enterprise__")
    return rows.filter(firms | Q(level=Level.COUNTY, unit__in=sorted(reach.units)))


def check_alert(actor: Actor, action: str, alert: Alert) -> None:
    """Raise NotAllowed unless the actor may do the action on this warning: the one place that decides it."""
    check_may(actor, action)
    if alert.enterprise is not None:
        check_reach(actor, action, alert.enterprise)
        return
    reach = scope(actor, action)
    if not (reach.everything or (alert.level == Level.COUNTY and alert.unit in reach.units)):
        raise NotAllowed(action)


def filter_alerts(actor: Actor, filters: Mapping[str, str]) -> QuerySet[Alert]:
    """The warnings that filters leave, the weightiest first.

    Filters: show (open, late, all, or a state), trigger, level, colour, unit, q (name or credit code).
    """
    rows = within_reach(actor)
    show = filters.get("show") or OPEN
    if show in set(State):
        rows = rows.filter(state=show)
    elif show != ENDED_TOO:
        rows = rows.exclude(state__in=ENDED)
    if show == LATE:
        rows = rows.filter(due_on__lt=clock.today())
    for name in ("trigger", "level", "unit"):
        if value := filters.get(name):
            rows = rows.filter(**{name: value})
    if (colour := filters.get("colour", "").upper()) in Colour.__members__:
        rows = rows.filter(colour=Colour[colour])
    if text := filters.get("q", "").strip():
        rows = rows.filter(
            Q(enterprise__name__icontains=text)
            | Q(enterprise__credit_code__startswith=text.upper())
            | Q(enterprise__initials__startswith=text.lower())
        )
    return rows.order_by("-score", "-colour", "pk")


def list_alerts(actor: Actor, filters: Mapping[str, str], page: int = 1) -> Page[Alert]:
    """A page of the watch list."""
    return Paginator(filter_alerts(actor, filters), PAGE_SIZE).get_page(page)


def counts(actor: Actor) -> dict[str, int]:
    """Open warnings within reach by colour, those that wait for assignment, and those that are late."""
    rows = within_reach(actor).exclude(state__in=ENDED)
    today = clock.today()
    found = dict.fromkeys((*(colour.name.lower() for colour in Colour), "found", "late"), 0)
    for colour, state, due_on in rows.values_list("colour", "state", "due_on"):
        found[Colour(colour).name.lower()] += 1
        found["found"] += state == State.FOUND
        found["late"] += due_on is not None and due_on < today
    return found


def find_alert(actor: Actor, pk: int) -> Alert | None:
    """One warning, None where there is none. Raises NotAllowed beyond reach."""
    alert = Alert.objects.select_related("enterprise").filter(pk=pk).first()
    if alert is not None:
        check_alert(actor, VIEW, alert)
    return alert


def steps_of(alert: Alert) -> list[AlertStep]:
    """What happened to a warning, oldest first."""
    return list(alert.steps.order_by("pk"))


def has_cell(alert: Alert) -> bool:
    """Whether a single figure of a firm stands behind a warning."""
    return alert.enterprise_id is not None and bool(trigger_of(alert.trigger).cell)


def moves_for(actor: Actor, alert: Alert) -> list[Move]:
    """The moves that the actor may make now on a warning that they see."""
    found = []
    for move in open_moves(State(alert.state)):
        try:
            check_cell(move, has_cell=has_cell(alert))
            check_eyes(move, alert.answered_by, actor.user_id)
        except WarningRefused:
            continue
        if may(actor, RIGHTS[move]) and within_reach(actor, RIGHTS[move]).filter(pk=alert.pk).exists():
            found.append(move)
    return found


def beside(actor: Actor, alert: Alert) -> list[Alert]:
    """Other warnings of the same firm or group within reach, the latest first."""
    rows = within_reach(actor).filter(level=alert.level, key=alert.key).exclude(pk=alert.pk)
    return list(rows.order_by("-first_period", "-score")[:20])


def last_run() -> Run | None:
    """The latest evaluation."""
    return Run.objects.order_by("-period", "-vintage").first()


def is_due() -> bool:
    """Whether the newest period was published anew since it was evaluated."""
    number = last_number()
    files = files_in_force(number) if number else {}
    if not files:
        return False
    newest = files[max(files)]
    return not Run.objects.filter(period=newest.period, vintage__gte=newest.vintage).exists()
