"""Adjustments of published figures: which cells they may touch, and what the adjusted layer holds."""

from collections.abc import Iterable, Mapping
from typing import Any

from gongmai.monitor.filing.types import AdjustmentKind, Cell, FilingError, Form


def find_number_cell(form: Form, key: str) -> Cell:
    """The head cell of this key; FilingError `unknown_cell` for none, or for one that is no number."""
    for cell in form.cells:
        if cell.key == key and cell.column.is_number:
            return cell
    raise FilingError("unknown_cell", cell=key, key=key)


def overlay(cells: Mapping[str, Any], adjustments: Iterable[tuple[str, str, float]]) -> dict[str, Any]:
    """The cells with adjustments (cell, kind, number) laid over.

    An amount on an unknown figure leaves it unknown.

    >>> overlay({"output": 5}, [("output", "amount", -2.0), ("sales", "amount", 1.0)])
    {'output': 3}
    """
    found = dict(cells)
    for key, kind, number in adjustments:
        reported = cells.get(key)
        if kind == AdjustmentKind.VALUE:
            found[key] = _plain(number)
        elif isinstance(reported, int | float):
            found[key] = _plain(reported + number)
    return found


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number
