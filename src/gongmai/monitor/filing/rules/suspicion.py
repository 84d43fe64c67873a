"""Where to look first: suspicion of a return times its influence on the growth of its county."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gongmai.monitor.filing.types import Severity

FINDING_DOUBT = {"V3": 0.9, "V8": 0.1}  # by the first two letters of the audit; a unit slip is nearly sure
OTHER_DOUBT = 0.25
SHOWN = 4
WORTH_SAYING = 0.1

# per form: the figures that are compared with last year and own history; influence is that of the first
WATCHED: Mapping[str, tuple[str, ...]] = {
    "monthly": ("output", "sales", "electricity"),
    "finance": ("revenue", "cost"),
    "energy": ("energy_tce",),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a return is suspected: hb, history, evidence, finding; `weight` is the degree, 0 to 1."""

    code: str
    weight: float
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much a return deserves a look.

    `influence`: percentage points by which the county's growth would move if the figure were what is usual
    for the firm; `suspicion`: 0 to 1; `score`: their product; `reasons`: the strongest first.
    """

    influence: float
    suspicion: float
    score: float
    reasons: tuple[Reason, ...] = ()


def doubt_of_finding(rule: str, severity: str) -> float:
    """How much a finding of an audit says against a return."""
    if severity == Severity.BLOCKING.value:
        return 1.0
    return FINDING_DOUBT.get(rule[:2], OTHER_DOUBT)
