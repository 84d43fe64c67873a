"""A history that is comparable with the newest roster: carried back by the growth that is published.

Each year firms enter the roster, and levels as reported jump. Every return states the figure of the same
period of last year, so the growth of a period does not jump. The last year is taken as reported; an earlier
period is what its successor a year later becomes when that year's growth is taken back. Source: the
comparable basis on which growth rates of industry are published.
"""

import numpy as np

from gongmai.core.period.types import PERIODS_PER_YEAR
from gongmai.monitor.outlook.types import Floats


def link_back(values: Floats, bases: Floats) -> Floats:
    """Comparable figures (series x periods), a year longer at the start than what was given.

    Where a base is not known, or nothing was reported to compare it with, the figure of that period stands.

    >>> link_back(np.full((1, 12), 110.0), np.full((1, 12), 100.0))[0, :2].tolist()
    [90.9090909090909, 100.0]
    """
    count, periods = values.shape
    year = PERIODS_PER_YEAR
    reported = np.hstack([np.full((count, year), np.nan), values])
    linked = reported.copy()
    for at in range(periods - 1, -1, -1):
        later = at + year
        known = np.isfinite(bases[:, at]) & np.isfinite(linked[:, later]) & (values[:, at] > 0)
        ratio = np.divide(linked[:, later], values[:, at], out=np.ones(count), where=known)
        # before a firm was on the roster only what it states for that time is known
        first = np.isfinite(bases[:, at]) & ~np.isfinite(reported[:, at])
        linked[:, at] = np.where(known, bases[:, at] * ratio, np.where(first, bases[:, at], reported[:, at]))
    return linked
