"""Which of the waiting returns deserve a look first, and which may be passed in one go.

A return is disputed when an explanation was called doubtful or wrong or a thread about it is open; what is
disputed is always looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gongmai.monitor.filing.rules.suspicion import Reason


@dataclass(frozen=True, slots=True)
class Ranked:
    """A waiting return with its place. `score`: points of its county's growth; `level`: its lead figure."""

    filing: Any
    score: float
    influence: float
    suspicion: float
    reasons: tuple[Reason, ...]
    level: float
    disputed: bool
    above: bool


@dataclass(frozen=True, slots=True)
class Below:
    """What one action would pass: how many returns, and which share of the output of those that wait."""

    count: int
    total: int
    share: float


def is_above(score: float, line: float, *, disputed: bool) -> bool:
    """Whether a return is looked at before it is passed."""
    return disputed or score >= line


def rank(rows: Iterable[Ranked]) -> list[Ranked]:
    """Disputed ones first, then by score, then by influence."""
    return sorted(rows, key=lambda row: (not row.disputed, -row.score, -row.influence, row.filing.pk))


def below(rows: Sequence[Ranked]) -> Below:
    """Count and share of output of the returns under the line."""
    rest = [row for row in rows if not row.above]
    total = sum(row.level for row in rows)
    return Below(len(rest), len(rows), sum(row.level for row in rest) / total if total > 0 else 0.0)
