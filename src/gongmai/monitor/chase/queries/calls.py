"""Calls: the coded outcomes, the calls of a firm or return, suggestions of another contact."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from gongmai.core.access.queries import check_may, check_reach, may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.formula.queries import load_yaml
from gongmai.core.period.types import Period
from gongmai.monitor.chase.messages import form_words, say
from gongmai.monitor.chase.models import Call
from gongmai.monitor.chase.types import CallOutcome

_DATA = Path(__file__).parents[1] / "data" / "outcomes.yaml"
FIRM_CALLS = 50


@lru_cache(maxsize=1)
def outcomes() -> dict[str, CallOutcome]:
    """Every outcome that ever was, by code, in the order of the list."""
    return {
        entry["code"]: CallOutcome(
            entry["code"], entry["label"], entry["needs_date"], entry["valid_from"], entry.get("valid_to")
        )
        for entry in load_yaml(_DATA)["outcomes"]
    }


def outcomes_on(day: date) -> list[CallOutcome]:
    """The outcomes that may be chosen on a day."""
    return [
        one
        for one in outcomes().values()
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    ]


def calls_of_firm(actor: Actor, enterprise: Any) -> list[Call]:
    """The latest calls with a firm within reach, the last first. Raises NotAllowed."""
    check_reach(actor, "return.chase", enterprise)
    rows = Call.objects.select_related("filing").filter(enterprise_id=enterprise.pk)
    return list(rows.order_by("-at", "-pk")[:FIRM_CALLS])


def suggestions(actor: Actor) -> QuerySet[Call]:
    """The contacts that calls suggested and nobody decided on, within reach, the oldest first."""
    check_may(actor, "return.chase")
    rows = Call.objects.select_related("enterprise").filter(~Q(new_contact="", new_phone=""), settled="")
    return rows.filter(scope_filter(actor, "return.chase", "enterprise__")).order_by("at", "pk")


def may_settle(actor: Actor) -> bool:
    """Whether the actor may take a suggestion over into the registry."""
    return may(actor, "registry.edit")


def call_rows(calls: Sequence[Call]) -> list[dict[str, Any]]:
    """Calls in the reader's words, as pages show them."""
    return [
        {
            "call": call,
            "outcome": say(outcomes()[call.outcome].label) if call.outcome in outcomes() else call.outcome,
            "place": f"{form_words(call.filing.form)} {Period.from_key(call.filing.period)}",
        }
        for call in calls
    ]
