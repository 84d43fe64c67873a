"""What other figures of a firm say about its output: a contradiction score from 0 to 100 in its parts.

Each witness (electricity, revenue, taxes payable, headcount, energy) has a gap: growth of output less growth
of the witness, in logarithms. The gap is measured from what is usual in the industry, in robust deviations
of the industry; it counts from `start` deviations on and in full from `full`. A witness that is not known
says nothing: the score is the weighted mean of those that are known.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gongmai.monitor.filing.rules.outliers import NORMAL, quantile

WITNESSES = ("electricity", "revenue", "tax", "workforce", "energy")


@dataclass(frozen=True, slots=True)
class Weights:
    """Dated parameters; see data/parameters.yaml."""

    by_witness: Mapping[str, float]
    start: float = 2.0
    full: float = 6.0
    floor: float = 0.1
    group: int = 20

    @classmethod
    def of(cls, values: Mapping[str, float]) -> "Weights":
        """From the parameters by their codes."""
        return cls(
            {name: values[f"evidence_weight_{name}"] for name in WITNESSES},
            values["evidence_from"],
            values["evidence_full"],
            values["evidence_floor"],
            int(values["hb_group"]),
        )


@dataclass(frozen=True, slots=True)
class Growths:
    """Growth on last year (0.4 = +40 %, cumulative) of output and of its witnesses; None is unknown."""

    firm: int
    group: str
    output: float | None
    witnesses: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Part:
    """What one witness contributes: growth, gap (logarithms), distance, points of the score."""

    witness: str
    growth: float
    gap: float
    usual: float
    distance: float
    points: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`score`: 0 to 100; `known`: share of the weights that could speak; `parts`: the heaviest first."""

    firm: int
    output: float
    score: float
    known: float
    parts: tuple[Part, ...]
    missing: tuple[str, ...]


def gap_of(output: float | None, witness: float | None) -> float | None:
    """The gap in logarithms; None where either is unknown or fell to nothing."""
    if output is None or witness is None or output <= -1 or witness <= -1:
        return None
    return math.log1p(output) - math.log1p(witness)


def contradictions(firms: Sequence[Growths], weights: Weights) -> dict[int, Contradiction]:
    """By firm; those of which no witness is known, or no usual gap, are left out: unknown, not zero."""
    usual = _usual(firms, weights)
    found: dict[int, Contradiction] = {}
    for firm in firms:
        parts, missing = [], []
        for witness in WITNESSES:
            growth = firm.witnesses.get(witness)
            gap = gap_of(firm.output, growth)
            common = usual.get((witness, firm.group)) or usual.get((witness, ""))
            if gap is None or growth is None or common is None:
                missing.append(witness)
                continue
            parts.append(_part(witness, growth, gap, common, weights))
        known = sum(weights.by_witness[part.witness] for part in parts)
        if firm.output is None or known <= 0:
            continue
        shares = [
            replace(part, points=part.points * weights.by_witness[part.witness] / known) for part in parts
        ]
        shares.sort(key=lambda part: -part.points)
        found[firm.firm] = Contradiction(
            firm.firm,
            firm.output,
            sum(part.points for part in shares),
            known / sum(weights.by_witness.values()),
            tuple(shares),
            tuple(missing),
        )
    return found


def _usual(firms: Sequence[Growths], weights: Weights) -> dict[tuple[str, str], tuple[float, float]]:
    """Median gap and its robust deviation by witness and group (the empty one is the city)."""
    gaps: dict[tuple[str, str], list[float]] = {}
    for firm in firms:
        for witness, growth in firm.witnesses.items():
            gap = gap_of(firm.output, growth)
            if gap is not None:
                gaps.setdefault((witness, firm.group), []).append(gap)
                if firm.group:
                    gaps.setdefault((witness, ""), []).append(gap)
    usual = {}
    for key, values in gaps.items():
        if len(values) >= weights.group:
            middle = quantile(values, 0.5)
            usual[key] = (middle, quantile([abs(each - middle) for each in values], 0.5) / NORMAL)
    return usual


def _part(witness: str, growth: float, gap: float, common: tuple[float, float], weights: Weights) -> Part:
    """Points from 0 to 100, before weighting."""
    middle, deviation = common
    beyond = abs(gap - middle)
    distance = beyond / max(deviation, weights.floor / weights.start)
    share = (distance - weights.start) / (weights.full - weights.start)
    points = 100 * min(max(share, 0.0), 1.0)
    return Part(witness, growth, gap, middle, math.copysign(distance, gap - middle), points)
