"""Opening a period: a return for each firm on the roster, with its deadline."""

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.calendar import due_at
from gongmai.monitor.filing.queries.firms import roster_ids
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.types import KIND


def open_period(actor: Actor, form: str, period: Period) -> int:
    """Open a form for a period; give the number of returns created. Opening it again adds who is missing.

    Raises NotAllowed, FilingError `unknown_form`, `form_not_in_force`.
    """
    check_may(actor, "return.import")
    survey = get_form(form)
    check_in_force(survey, clock.today())
    with transaction.atomic():
        due = due_at(survey, period)
        there = set(
            Return.objects.filter(form=form, period=period.key).values_list("enterprise_id", flat=True)
        )
        missing = [firm for firm in roster_ids(period.key) if firm not in there]
        Return.objects.bulk_create(
            [Return(enterprise_id=firm, form=form, period=period.key, due_at=due) for firm in missing],
            batch_size=2000,
            ignore_conflicts=True,
        )
        if missing:
            record(
                actor=actor,
                action="return.open",
                kind=KIND,
                object_id=f"{form}:{period}",
                payload={"returns": len(missing), "due_at": due.isoformat()},
            )
    return len(missing)
