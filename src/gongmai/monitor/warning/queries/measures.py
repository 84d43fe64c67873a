"""How each trigger has done: precision, false alarms, share handled in time, lead before the grave event."""

from collections import defaultdict
from dataclasses import replace

from django.db.models import Count, Q

from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.warning.models import AlertStep
from gongmai.monitor.warning.queries.watch import within_reach
from gongmai.monitor.warning.types import ENDED, Level, Measure, Move


def measure(actor: Actor) -> dict[str, Measure]:
    """By trigger, over the warnings within reach. A deadline that has passed unanswered counts as missed.

    Lead: for firms whose warning proved true, the months from its first signal to the first red one of any
    trigger on the same firm, at that time or later.
    """
    rows = within_reach(actor).order_by()
    found: dict[str, Measure] = {}
    tallies = rows.values("trigger").annotate(
        n=Count("pk"),
        yes=Count("pk", filter=Q(verdict=Move.CONFIRM)),
        wrong=Count("pk", filter=Q(verdict=Move.CALL_ERROR)),
        no=Count("pk", filter=Q(verdict=Move.CALL_FALSE)),
        late=Count("pk", filter=Q(due_on__lt=clock.today()) & ~Q(state__in=ENDED)),
    )
    for row in tallies:
        verified = row["yes"] + row["wrong"] + row["no"]
        found[row["trigger"]] = Measure(
            row["trigger"], row["n"], verified, row["yes"], row["wrong"], row["no"], due=row["late"]
        )
    steps = AlertStep.objects.filter(alert__in=rows.values("pk"), in_time__isnull=False)
    timely = steps.values("alert__trigger").annotate(n=Count("pk"), kept=Count("pk", filter=Q(in_time=True)))
    for each in timely:
        one = found[each["alert__trigger"]]
        found[one.trigger] = replace(one, due=one.due + each["n"], in_time=each["kept"])
    leads = _leads(actor)
    return {code: replace(one, lead=leads.get(code)) for code, one in found.items()}


def _leads(actor: Actor) -> dict[str, float]:
    firms = within_reach(actor).filter(level=Level.ENTERPRISE)
    reds: dict[str, list[int]] = defaultdict(list)
    for key, period in firms.values_list("key", "red_period"):
        if period is not None:
            reds[key].append(Period.from_key(period).index)
    months: dict[str, list[int]] = defaultdict(list)
    for code, key, first in firms.filter(verdict=Move.CONFIRM).values_list("trigger", "key", "first_period"):
        begun = Period.from_key(first).index
        later = [index - begun for index in reds[key] if index >= begun]
        if later:
            months[code].append(min(later))
    return {code: sum(values) / len(values) for code, values in months.items()}
