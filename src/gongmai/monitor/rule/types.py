"""What the pages of rules show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongmai.monitor.rule.rules.rates import Rates

Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule on the list."""

    code: str
    label: Label
    form: str
    severity: str
    kind: str
    valid_from: date | None
    valid_to: date | None
    rates: Rates
    pending: int = 0
    can_be_tried: bool = True


@dataclass(frozen=True, slots=True)
class TrialHit:
    """A firm and period on which a trial fired; `by` says which version did: present, candidate or both."""

    enterprise_id: int
    credit_code: str
    name: str
    unit: str
    period: int
    by: str
    corrected: bool
    explained: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One period of a trial: the present version beside the candidate."""

    period: int
    judged: int
    present: Rates
    candidate: Rates


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A trial of one rule, or of all rules that read a parameter, over some periods."""

    lines: tuple[TrialLine, ...]
    hits: tuple[Any, ...] = ()
    rules: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    seconds: float = 0.0
    present: Rates = field(default_factory=Rates)
    candidate: Rates = field(default_factory=Rates)
