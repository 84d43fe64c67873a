"""Firms by how much other figures contradict their output."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.contradiction import contradictions_of
from gongmai.monitor.filing.rules.contradiction import Contradiction


@dataclass(frozen=True, slots=True)
class FirmEvidence:
    """A firm and what its figures say about one another."""

    enterprise_id: int
    credit_code: str
    name: str
    unit: str
    industry: str
    evidence: Contradiction


def firms_by_contradiction(
    actor: Actor, period: Period, *, text: str = "", unit: str = "", least: int = 0
) -> list[FirmEvidence]:
    """The firms within reach that filed output for a period, the most contradicted first."""
    check_may(actor, "evidence.view")
    rows = apps.get_model("registry", "Enterprise").objects.filter(scope_filter(actor, "evidence.view"))
    if unit:
        rows = rows.filter(unit=unit)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(credit_code__istartswith=text))
    scores = contradictions_of(period)
    found = [
        FirmEvidence(pk, code, name, place, industry, scores[pk])
        for pk, code, name, place, industry in rows.values_list(
            "pk", "credit_code", "name", "unit", "industry"
        )
        if pk in scores and scores[pk].score >= least
    ]
    return sorted(found, key=lambda each: (-each.evidence.score, each.credit_code))
