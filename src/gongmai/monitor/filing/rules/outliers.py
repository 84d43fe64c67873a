"""Outliers for selective editing: Hidiroglou-Berthelot on ratios to last year, robust z on own history.

Sources: Hidiroglou and Berthelot 1986 (Survey Methodology 12(1), 73-83); Iglewicz and Hoaglin 1993 (modified
z-score). The SQL of `outlier_sql` computes the same for a whole city.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NORMAL = 0.6745  # the median absolute deviation of a normal distribution with deviation 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Dated parameters of the methods; see data/parameters.yaml."""

    exponent: float = 0.5
    share: float = 0.05
    limit: float = 7.0
    group: int = 20
    z_limit: float = 3.5
    z_periods: int = 8
    z_floor: float = 0.05

    @classmethod
    def of(cls, values: Mapping[str, float]) -> "Bounds":
        """From the parameters by their codes."""
        return cls(
            values["hb_exponent"], values["hb_share"], values["hb_limit"], int(values["hb_group"]),
            values["z_limit"], int(values["z_periods"]), values["z_floor"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """One firm's figure now and its base, with the groups it can be compared in, the finest first."""

    firm: int
    now: float
    base: float
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlying:
    """How far a firm's ratio lies from its group's, in quartile distances; `centre` is the group's ratio."""

    firm: int
    score: float
    centre: float
    group: str
    members: int


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile with linear interpolation; ValueError for no values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def effect(pair: Pair, centre: float, exponent: float) -> float:
    """The symmetric distance of a ratio from the centre, weighted by size: 0 at the centre."""
    ratio = pair.now / pair.base
    distance = 1 - centre / ratio if ratio < centre else ratio / centre - 1
    return float(distance * max(pair.now, pair.base) ** exponent)


def hb_scores(pairs: Sequence[Pair], bounds: Bounds) -> dict[int, Outlying]:
    """By firm, the score in the finest group that has enough firms; beyond ±`limit` is an outlier.

    Only positive figures with positive bases take part; firms without a large enough group are left out.
    """
    usable = [pair for pair in pairs if pair.now > 0 and pair.base > 0]
    members: dict[str, list[Pair]] = {}
    for pair in usable:
        for group in dict.fromkeys(pair.groups):
            members.setdefault(group, []).append(pair)
    scored = {
        group: _score_group(group, found, bounds)
        for group, found in members.items()
        if len(found) >= bounds.group
    }
    found: dict[int, Outlying] = {}
    for pair in usable:
        finest = next((name for name in pair.groups if name in scored), None)
        if finest is not None:
            found[pair.firm] = scored[finest][pair.firm]
    return found


def _score_group(group: str, pairs: Sequence[Pair], bounds: Bounds) -> dict[int, Outlying]:
    centre = quantile([pair.now / pair.base for pair in pairs], 0.5)
    effects = {pair.firm: effect(pair, centre, bounds.exponent) for pair in pairs}
    low, middle, high = (quantile(list(effects.values()), share) for share in (0.25, 0.5, 0.75))
    least = abs(bounds.share * middle)
    below, above = max(middle - low, least), max(high - middle, least)
    return {
        firm: Outlying(firm, _in_distances(value - middle, below, above), centre, group, len(pairs))
        for firm, value in effects.items()
    }


def _in_distances(gap: float, below: float, above: float) -> float:
    """A gap in quartile distances; where half the group is alike, any gap is beyond all bounds."""
    if gap == 0:
        return 0.0
    distance = below if gap < 0 else above
    return gap / distance if distance > 0 else math.copysign(math.inf, gap)


def robust_z(value: float, history: Sequence[float], bounds: Bounds) -> float | None:
    """The value's distance from the median of earlier ones in robust deviations.

    `history` must not hold the value under suspicion. None with too few earlier values. The deviation is at
    least `z_floor`, so that a firm as regular as a clock is not suspected for a ripple.
    """
    if len(history) < bounds.z_periods:
        return None
    middle = quantile(history, 0.5)
    deviation = quantile([abs(each - middle) for each in history], 0.5)
    return NORMAL * (value - middle) / max(deviation, bounds.z_floor)


def doubt(distance: float | None, limit: float) -> float:
    """A distance as a degree of suspicion from 0 to 1: a half at the limit, little well inside it."""
    if distance is None:
        return 0.0
    if math.isinf(distance):
        return 1.0
    share = (distance / limit) ** 2
    return share / (1 + share)


def combine(doubts: Sequence[float]) -> float:
    """Several independent doubts as one: certain when any of them is."""
    left = 1.0
    for each in doubts:
        left *= 1 - min(max(each, 0.0), 1.0)
    return 1 - left
