"""Extensions: the limits, those in force, their reasons."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db.models import Exists, OuterRef, QuerySet

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor, Role
from gongmai.core.formula.queries import load_catalogue
from gongmai.core.formula.types import Param
from gongmai.core.period.queries import is_workday
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Extension, Return
from gongmai.monitor.filing.queries.calendar import due_at
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.rules.extending import latest_day

_DATA = Path(__file__).parents[1] / "data" / "extension.yaml"
RIGHT = "return.extend"


@lru_cache(maxsize=1)
def _params() -> Mapping[str, Param]:
    return load_catalogue(_DATA).params


def is_city(actor: Actor) -> bool:
    """Whether the actor grants as the city."""
    return Role.CITY in actor.roles


def days_allowed(actor: Actor, day: date) -> int:
    """The working days by which the actor may move a deadline, as of a day."""
    param = _params()["extension_days_city" if is_city(actor) else "extension_days_county"]
    return int(param.on(day))


def first_due(form: str, period: Period) -> date:
    """The form's own deadline for a period, before any extension."""
    return due_at(get_form(form), period).date()


def last_day(actor: Actor, form: str, period: Period, day: date) -> date:
    """The last day to which the actor may move the deadline of a form for a period."""
    return latest_day(first_due(form, period), days_allowed(actor, day), is_workday)


def extensions_of(return_ids: Collection[int]) -> dict[int, Extension]:
    """The extension in force of each return that has one. Whoever asks has checked the reach."""
    rows = Extension.objects.filter(filing_id__in=list(return_ids), undone_at=None).order_by("pk")
    return {row.filing_id: row for row in rows}


def list_extensions(actor: Actor, form: str, period: Period) -> QuerySet[Extension]:
    """What was granted for a form and period within reach, latest first."""
    check_may(actor, "return.view")
    rows = Extension.objects.select_related("filing__enterprise").filter(
        filing__form=form, filing__period=period.key
    )
    return rows.filter(scope_filter(actor, "return.view", "filing__enterprise__")).order_by("-pk")


def is_extended() -> Exists:
    """A condition on Return: its deadline was moved."""
    return Exists(Extension.objects.filter(filing=OuterRef("pk"), undone_at=None))


def extendable(actor: Actor, form: str, period: Period) -> QuerySet[Return]:
    """The returns never filed whose deadline the actor may move."""
    check_may(actor, RIGHT)
    rows = Return.objects.select_related("enterprise").filter(form=form, period=period.key, versions_count=0)
    return rows.filter(scope_filter(actor, RIGHT, "enterprise__"))
