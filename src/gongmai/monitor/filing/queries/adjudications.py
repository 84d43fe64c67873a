"""What officers think of explanations: of one return, and by rule over periods."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from django.db.models import Count, Max

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Return, Verdict, Version
from gongmai.monitor.filing.types import Finding, Severity, Verdicts


@dataclass(frozen=True, slots=True)
class RuleVerdicts:
    """How the explanations of a rule's findings were judged; each explanation counts once, as judged last."""

    rule: str
    accepted: int = 0
    doubtful: int = 0
    wrong: int = 0

    @property
    def total(self) -> int:
        """Explanations judged."""
        return self.accepted + self.doubtful + self.wrong


def verdicts_of(actor: Actor, filing: Return, version: int | None = None) -> dict[str, list[Verdict]]:
    """Verdicts up to a version (default: the last), by finding, the latest first. Raises NotAllowed."""
    check_reach(actor, "return.view", filing.enterprise)
    rows = Verdict.objects.filter(filing=filing, version__lte=version or filing.versions_count).order_by(
        "-pk"
    )
    found: dict[str, list[Verdict]] = {}
    for row in rows:
        found.setdefault(row.finding, []).append(row)
    return found


def waiting_for_verdict(filing: Return) -> list[str]:
    """Keys of explained findings of the last version that nobody judged yet."""
    text = (
        Version.objects.filter(filing=filing, number=filing.versions_count)
        .values_list("findings", flat=True)
        .first()
    )
    if not text or text == "[]":
        return []
    found = [Finding.from_dict(entry) for entry in orjson.loads(text)]
    judged = set(
        Verdict.objects.filter(filing=filing, version=filing.versions_count).values_list("finding", flat=True)
    )
    return [each.key for each in found if each.severity is Severity.EXPLANATORY and each.key not in judged]


def verdict_counts(form: str, first: Period, last: Period) -> dict[str, RuleVerdicts]:
    """For each rule how its explanations were judged in the returns of these periods.

    The latest verdict on an explanation counts; the city's comes after the county's.
    """
    latest = (
        Verdict.objects.filter(filing__form=form, filing__period__gte=first.key, filing__period__lte=last.key)
        .values("filing", "version", "finding")
        .annotate(last=Max("pk"))
        .values("last")
    )
    rows = Verdict.objects.filter(pk__in=latest).values("rule", "verdict").annotate(number=Count("pk"))
    found: dict[str, dict[str, int]] = {}
    for row in rows.order_by("rule"):
        found.setdefault(row["rule"], {})[Verdicts(row["verdict"]).value] = row["number"]
    return {rule: RuleVerdicts(rule, **counts) for rule, counts in found.items()}


def verdicts_by_place(form: str, periods: Iterable[int]) -> dict[tuple[int, int, str], str]:
    """By firm, period and rule the latest verdict, whichever version of the return it was given on."""
    rows = Verdict.objects.filter(filing__form=form, filing__period__in=list(periods)).order_by("pk")
    names = ("filing__enterprise_id", "filing__period", "rule", "verdict")
    return {(firm, period, rule): verdict for firm, period, rule, verdict in rows.values_list(*names)}


def last_verdict(form: str) -> int:
    """The number of the verdict given last on a form; 0 for none."""
    return int(Verdict.objects.filter(filing__form=form).aggregate(last=Max("pk"))["last"] or 0)
