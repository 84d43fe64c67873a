"""The lock on bases: last year's figures as filed, unless a base revision was approved."""

from collections.abc import Iterable, Mapping
from typing import Any

from gongmai.monitor.filing.types import CellValue

# kind -> (suffix of the locked figure, suffix of the cell filed a year ago, suffix of the base cell)
LOCKS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "flow": (("_locked", "", "__base"), ("_ytd_locked", "__ytd", "__ytd_base")),
    "stock": (("_locked", "", "__base"),),
    "cumulative": (("_ytd_locked", "__ytd", "__ytd_base"),),
}


def lock_columns(items: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """(locked figure, cell of a year ago, base cell) for every item that has a base."""
    return [
        (entry["code"] + locked, entry["code"] + source, entry["code"] + base)
        for entry in items
        for locked, source, base in LOCKS.get(entry["kind"], ())
    ]


def locked_cells(
    items: Iterable[Mapping[str, Any]], year_ago: Mapping[str, CellValue], revised: Mapping[str, CellValue]
) -> dict[str, CellValue]:
    """The locked figures that are known. `revised`: base cell -> approved value."""
    found: dict[str, CellValue] = {}
    for locked, source, base in lock_columns(items):
        value = revised.get(base, year_ago.get(source))
        if value is not None:
            found[locked] = value
    return found


def prefilled_bases(
    items: Iterable[Mapping[str, Any]], keys: Iterable[str], locked: Mapping[str, CellValue]
) -> dict[str, CellValue]:
    """Base cells (among `keys`) that the lock fills in."""
    wanted = set(keys)
    return {
        base: locked[name]
        for name, _, base in lock_columns(items)
        if base in wanted and locked.get(name) is not None
    }
