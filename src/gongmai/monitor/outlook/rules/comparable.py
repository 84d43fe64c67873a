"""Levels on the roster of today: linked back from the newest year by the growth on the comparable base."""

import numpy as np

from gongmai.monitor.outlook.types import Floats


def link_back(values: Floats, bases: Floats, season: int) -> Floats | None:
    """The figures of the last year as they are, those of each year before such that growth is as reported.

    A firm that enters the roster brings its own base with it, so that the linked levels do not jump as the
    published ones do. `bases`: what the firms of a period state for the same period of last year. None where
    a figure or base from the second year on is unknown or not above zero.
    """
    later = slice(season, None)
    known = np.isfinite(values[later]) & np.isfinite(bases[later])
    if not known.all() or (values[later] <= 0).any() or (bases[later] <= 0).any():
        return None
    linked = values.astype(np.float64)
    for at in range(len(values) - season - 1, -1, -1):
        linked[at] = linked[at + season] * bases[at + season] / values[at + season]
    return linked
