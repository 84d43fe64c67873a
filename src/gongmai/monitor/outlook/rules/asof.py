"""What of a figure was known at a moment: the back-test must not know more than the desk knew."""

from dataclasses import dataclass

import numpy as np

from gongmai.monitor.outlook.rules.nowcasting import Bools
from gongmai.monitor.outlook.types import Floats


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a return: place of its figure, arrival (seconds since 1970), what it said."""

    row: int
    column: int
    at: float
    value: float


def known_values(value: Floats, arrived: Floats, revisions: list[Revision], moment: float) -> Floats:
    """The figures as they stood at a moment, NaN where nothing had arrived.

    A return with several versions counts with the last that had arrived, whatever was corrected later.
    """
    known = np.where(arrived <= moment, value, np.nan)
    latest: dict[tuple[int, int], Revision] = {}
    for each in revisions:
        place = (each.row, each.column)
        if each.at <= moment and (place not in latest or each.at >= latest[place].at):
            latest[place] = each
        elif place not in latest:
            latest.setdefault(place, Revision(each.row, each.column, np.inf, np.nan))
    for (row, column), each in latest.items():
        known[row, column] = each.value if each.at <= moment else np.nan
    return known


def replicate_response(untimed: Bools, arrived_now: Bools, least_share: float = 0.5) -> Bools | None:
    """Who counts as having filed in a past month whose times nobody recorded: who has filed this month.

    None where the times of that month are known (less than `least_share` of its returns lack one).
    """
    if not len(untimed) or untimed.mean() < least_share:
        return None
    return arrived_now
