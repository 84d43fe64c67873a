"""Hit rates and false-alarm rates as counted last."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from gongmai.core.formula.queries import stamp_of
from gongmai.core.panel.queries import vintages
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.adjudications import last_verdict
from gongmai.monitor.filing.queries.audits import CATALOGUE
from gongmai.monitor.filing.queries.current import stamp_of as filed_stamp
from gongmai.monitor.rule.models import Counting, Judged, Tally
from gongmai.monitor.rule.rules.rates import Rates

_SUMS = ("fired", "explained", "settled", "corrected", "borne_out", "verdicts")


def stamp_now(form: str) -> str:
    """What a count of a form rests on: the vintage, the versions of rules, returns, verdicts."""
    published = vintages.published_periods()
    last = filed_stamp(form, published[-1]) if published else (0, 0, "", "")
    filed = f"{last[0]}.{last[1]}.{last[2][:8]}{last[3][:8]}"
    return f"{vintages.last_number()}.{stamp_of(CATALOGUE)[0]}.{filed}.v{last_verdict(form)}"


def counting_of(form: str) -> Counting | None:
    """When a form was counted last."""
    return Counting.objects.filter(form=form).first()


def is_stale(form: str) -> bool:
    """Whether a new count would differ, as far as can be told without counting."""
    row = counting_of(form)
    return row is None or row.stamp != stamp_now(form)


def rates_by_rule(forms: Iterable[str]) -> dict[str, Rates]:
    """By rule, over all periods and the whole city."""
    found: dict[str, Rates] = {}
    for form in forms:
        judged = judged_returns(form)
        rows = Tally.objects.filter(form=form).values("rule")
        sums = rows.annotate(**{f"sum_{name}": Sum(name) for name in _SUMS})
        for rule, *counts in sums.values_list("rule", *(f"sum_{name}" for name in _SUMS)):
            found[rule] = Rates(judged, *counts)
    return found


def judged_returns(form: str) -> int:
    """How many returns of a form there were to judge."""
    return int(Judged.objects.filter(form=form).aggregate(n=Sum("returns"))["n"] or 0)


def rates_of(form: str, rule: str, by: str) -> list[tuple[str, Rates]]:
    """The rates of a rule by `period` or by `unit`, in their order; with those in which it never fired."""
    judged = Judged.objects.filter(form=form).values(by).annotate(n=Sum("returns"))
    counts: dict[Any, int] = {dict(row)[by]: row["n"] for row in judged}
    rows = Tally.objects.filter(form=form, rule=rule).values(by)
    fired = {
        row[by]: tuple(row[f"sum_{name}"] for name in _SUMS)
        for row in rows.annotate(**{f"sum_{name}": Sum(name) for name in _SUMS})
    }
    return [
        (_shown(by, key), Rates(counts[key], *fired.get(key, (0,) * len(_SUMS)))) for key in sorted(counts)
    ]


def _shown(by: str, key: object) -> str:
    return str(Period.from_key(int(str(key)))) if by == "period" else str(key)
