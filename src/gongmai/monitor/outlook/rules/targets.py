"""Reaching a year's target: probability, growth still needed, firms behind a change, and what-if levers."""

from dataclasses import dataclass

import numpy as np

from gongmai.core.period.types import FIRST_MONTH, LAST_MONTH, Period
from gongmai.monitor.outlook.rules.paths import Floats, Paths

MERGED = 2  # months in January-February


@dataclass(frozen=True, slots=True)
class Levers:
    """What if: a firm stops, a project starts, a price falls, each from a month of the year on.

    `stop`: credit code; `project`: thousand yuan a month, in one county (may be empty) and industry (may be
    empty); `fall`: fraction of the price of an industry division, at unchanged volume. Empty or zero: not
    pulled.
    """

    stop: str = ""
    stop_from: int = FIRST_MONTH
    project: int = 0
    project_from: int = FIRST_MONTH
    project_county: str = ""
    project_industry: str = ""
    fall: float = 0.0
    fall_industry: str = ""
    fall_from: int = FIRST_MONTH

    @property
    def is_pulled(self) -> bool:
        """Whether any lever is."""
        return bool(self.stop or self.project or (self.fall and self.fall_industry))


def months_left(period: Period) -> tuple[Period, ...]:
    """The periods of the year after this one."""
    return tuple(Period(period.year, month) for month in range(period.month + 1, LAST_MONTH + 1))


def whole_year(year: int) -> tuple[Period, ...]:
    """All periods of a year."""
    return tuple(Period(year, month) for month in range(FIRST_MONTH, LAST_MONTH + 1))


def probability(totals: Floats, target: float) -> float:
    """The share of paths that reach the target."""
    return float(np.mean(totals >= target))


def needed_growth(target: float, so_far: float, base_ahead: float) -> float | None:
    """The growth that the remaining months need on average, on last year's figures of today's firms.

    -1 where the target is reached already; None where nothing remains or there is no base.
    """
    if base_ahead <= 0:
        return None
    return max((target - so_far) / base_ahead - 1, -1.0)


def firm_effects(
    month: Floats, base: Floats, level: Floats, weight: float, base_month: Floats, base_ahead: Floats
) -> tuple[Floats, Floats]:
    """What each firm's month moved: of the year so far, and of the year's projection.

    First: its figure less what the months before let expect of it (``base * level``). Second: the same and
    what it lends to the months to come through the level of its leaf. All by firm; `base_month` and
    `base_ahead` are those of the firm's leaf, in the month and summed over the months to come. Sums over
    firms are the change of the leaf.
    """
    surprise = month - base * level
    carried = np.divide(base_ahead, base_month, out=np.zeros_like(base_ahead), where=base_month > 0)
    return surprise, surprise * (1 + weight * carried)


def pull(
    made: Paths,
    levers: Levers,
    left: tuple[Period, ...],
    *,
    leaf_industries: tuple[str, ...],
    stop_leaf: int = -1,
    stop_share: Floats | None = None,
) -> Paths:
    """The paths (horizon x leaves x paths) with the levers pulled; `project_of` adds the project.

    `stop_share`: by month, the share of the stopped firm in what its leaf is expected to reach.
    """
    changed = made.copy()
    if stop_share is not None and stop_leaf >= 0:
        for step, period in enumerate(left):
            if period.month >= levers.stop_from:
                changed[step, stop_leaf] *= np.float32(1 - min(max(stop_share[step], 0.0), 1.0))
    if levers.fall and levers.fall_industry:
        mine = [n for n, industry in enumerate(leaf_industries) if industry == levers.fall_industry]
        for step, period in enumerate(left):
            if period.month >= levers.fall_from:
                changed[step, mine] *= np.float32(1 - levers.fall)
    return changed


def project_of(levers: Levers, left: tuple[Period, ...]) -> Floats:
    """What the project adds in each period to come, thousand yuan."""
    return np.array(
        [
            0.0
            if period.month < levers.project_from
            else float(levers.project) * (MERGED if period.is_merged else 1)
            for period in left
        ]
    )
