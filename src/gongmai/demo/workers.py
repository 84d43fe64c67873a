"""How many people work at each firm, year by year."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.types import Firms, Floats, Ints, stream

LARGE, MEDIUM, SMALL = (1000, 400_000), (300, 20_000), (20, 3_000)


def draw_workers(firms: Firms, annual: Ints) -> Ints:
    """Mean number of workers (years, firms); it follows output only in part."""
    random = stream("workers")
    sectors = sources.sectors()
    productivity = np.array([sectors[code]["productivity"] for code in firms.division])
    own = np.exp(random.normal(0.0, 0.35, firms.count))
    years = np.maximum(annual, 1).astype(np.float64)
    usual = _usual(annual)
    level = np.maximum(usual, 5_000.0) ** 0.92 * 3.0 / productivity * own
    moved = np.clip(np.where(annual > 0, years / np.maximum(usual, 1.0), 1.0), 0.4, 2.5) ** 0.35
    result: Ints = np.maximum(np.round(level[None, :] * moved), 8).astype(np.int64)
    return result


def size_classes(workers: Ints, revenue: Ints) -> Ints:
    """3 large, 2 medium, 1 small, 0 micro by the 2017 rule: both floors, or drop a class."""
    result = np.zeros(workers.shape, np.int64)
    for step, (people, money) in enumerate((SMALL, MEDIUM, LARGE), start=1):
        result[(workers >= people) & (revenue >= money)] = step
    return result


def _usual(annual: Ints) -> Floats:
    produced = annual > 0
    count = np.maximum(produced.sum(axis=0), 1)
    mean: Floats = annual.sum(axis=0) / count
    return mean
