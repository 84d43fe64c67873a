"""Bringing drawn figures to given totals, exactly and without leaving the band they were drawn for."""

from collections.abc import Callable

import numpy as np

from gongmai.demo.types import Floats, Ints

ROUNDING_ROOM = 400  # so that rounding and rescaling never lift a firm over its ceiling


def round_to_total(values: Floats, total: int) -> Ints:
    """Whole numbers in proportion to `values` that add up to `total` exactly, by largest remainders."""
    if len(values) == 0 or values.sum() <= 0:
        raise ValueError("nothing to distribute over")
    exact = values * (total / values.sum())
    whole: Ints = np.floor(exact).astype(np.int64)
    missing = int(total - whole.sum())
    order = np.argsort(whole - exact, kind="stable")
    whole[order[:missing]] += 1
    return whole


def stretch_above(raw: Floats, floor: int, total: int) -> Ints:
    """Figures of at least `floor` in the order of `raw` that add up to `total`.

    The shape is `floor * (raw / min(raw)) ** p`; the power is found by bisection, so a heavy tail stays one.
    """
    ratio = raw / raw.min()
    if floor * len(raw) >= total:
        raise ValueError(f"{len(raw)} firms of at least {floor} cannot add up to {total}")
    power = _bisect(lambda p: float((floor * ratio**p).sum()), float(total), 0.0, 4.0)
    above = ratio**power - 1
    if not above.any():  # all alike: evenly
        above = np.ones_like(ratio)
    return floor + round_to_total(above, total - floor * len(raw))


def squeeze_between(raw: Floats, floor: int, ceiling: int, total: int) -> Ints:
    """Figures from `floor` to below `ceiling` in the order of `raw` that add up to `total`."""
    ratio = raw / raw.max()
    room = ceiling - floor - ROUNDING_ROOM
    rest = total - floor * len(raw)
    if not 0 < rest < room * len(raw):
        raise ValueError(f"{len(raw)} firms from {floor} to {ceiling} cannot add up to {total}")
    power = _bisect(lambda p: -float((room * ratio**p).sum()), -float(rest), 0.0, 6.0)
    return floor + round_to_total(room * ratio**power, rest)


def _bisect(function: Callable[[float], float], goal: float, low: float, high: float) -> float:
    for _ in range(80):
        middle = (low + high) / 2
        if function(middle) < goal:
            low = middle
        else:
            high = middle
    return (low + high) / 2
