"""How the journal of a draft names boxes and joins what was typed in one go."""

from collections.abc import Mapping
from typing import Any

from gongmai.monitor.filing.types import Change

Changes = Mapping[str, list[Any]]


def box_name(change: Change) -> str:
    """A head cell by its key, a cell of a line as ``table.line.cell``."""
    return change.cell if not change.table else f"{change.table}.{change.line}.{change.cell}"


def merge_changes(earlier: Changes, later: Changes) -> dict[str, list[Any]]:
    """Both as one: from the first value to the last; what was taken back is left out."""
    merged = {box: list(pair) for box, pair in earlier.items()}
    for box, (old, new) in later.items():
        merged[box] = [merged[box][0] if box in merged else old, new]
    return {box: pair for box, pair in merged.items() if pair[0] != pair[1]}
