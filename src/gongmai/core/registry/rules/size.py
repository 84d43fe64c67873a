"""Size classes of industrial enterprises: the 2017 rule, with its floors as dated data."""

from collections.abc import Sequence
from datetime import date

from gongmai.core.registry.types import SizeFloor


def compute_size_class(
    workers: int, revenue_kcny: int, on: date, floors: Sequence[SizeFloor], order: str = "L M S XS"
) -> str:
    """The class of a firm with `workers` persons and `revenue_kcny` thousand yuan a year.

    A class needs both of its floors. A firm that misses one drops to the next class and is judged again; the
    last class takes whoever is left. Source: division of large, medium, small and micro enterprises (2017).
    Raises LookupError when no floors are in force on that day.
    """
    in_force = {
        floor.code: floor
        for floor in floors
        if floor.valid_from <= on and (floor.valid_to is None or on <= floor.valid_to)
    }
    if not in_force:
        raise LookupError(f"no size classes are in force on {on}")
    codes = [code for code in order.split() if code in in_force]
    for code in codes[:-1]:
        floor = in_force[code]
        if workers >= floor.workers and revenue_kcny >= floor.revenue_kcny:
            return code
    return codes[-1]
