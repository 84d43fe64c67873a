"""Reads of cases and their steps. Whoever asks has checked the reach over the object."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from gongmai.core.review.models import Case, Step
from gongmai.core.review.rules import Facts
from gongmai.core.review.types import Move, State

NEW = Facts(State.DRAFT, 0, "", None, None)


def facts_of(kind: str, object_id: int) -> Facts:
    """The facts of a case; those of a new one when nothing was submitted yet."""
    case = Case.objects.filter(kind=kind, object_id=object_id).first()
    return to_facts(case) if case else NEW


def facts_of_many(kind: str, object_ids: Iterable[int]) -> dict[int, Facts]:
    """The facts of several cases by object id; objects without a case are left out."""
    rows = Case.objects.filter(kind=kind, object_id__in=list(object_ids))
    return {case.object_id: to_facts(case) for case in rows}


def steps_of(kind: str, object_id: int) -> list[Step]:
    """The steps of a case, oldest first."""
    return list(Step.objects.filter(case__kind=kind, case__object_id=object_id).order_by("pk"))


def to_facts(case: Case) -> Facts:
    """A case as the rules see it."""
    return Facts(
        State(case.state), case.revision, case.digest, case.submitted_by, case.county_by, case.taken_by
    )


def first_decisions(kind: str, object_ids: QuerySet[Any]) -> dict[int, tuple[bool, float | None]]:
    """For each object with steps: whether it was ever sent back, and the days until the first decision on it.

    The days count from the first submission; None before a decision, and where the steps were imported and
    their times are not known. `object_ids`: a query that selects the ids.
    """
    rows = Step.objects.filter(case__kind=kind, case__object_id__in=object_ids).order_by("pk")
    submitted: dict[int, datetime] = {}
    found: dict[int, tuple[bool, float | None]] = {}
    for pk, move, person, at in rows.values_list("case__object_id", "move", "actor_id", "at"):
        returned, days = found.get(pk, (False, None))
        if move == Move.SUBMIT:
            if person:
                submitted.setdefault(pk, at)
        elif days is None and person and pk in submitted:
            days = (at - submitted[pk]) / timedelta(days=1)
        found[pk] = (returned or move == Move.SEND_BACK, days)
    return found
