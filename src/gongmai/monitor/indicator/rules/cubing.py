"""What of the fixed cube a request asks for, and whether it may be shown.

A group that is one cell of the cube is shown unless the cell is hidden. A group that is made of several is
shown only when each of them is: whatever is shown can be added up by the reader anyway. Everything else is
not in the cube.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from gongmai.core.disclosure.types import Key

SUPPRESSED = "suppressed"
OUTSIDE = "outside_cube"
ROLLED_UP = "rolled_up"
NOT_RELEASED = "not_released"
PREPARING = "preparing"
MOST_CELLS = 5_000
# cuts of which the finer says all that the coarser says, from coarse to fine
NESTED = (
    ("industry_section", "industry_division", "industry_group", "industry_class"),
    ("above_100m", "output_band"),
)
Shape = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protected:
    """The cube of one item and year: the shapes that are shown, those rolled up, the cells hidden.

    `above` gives for each (cut, code) the codes of the coarser levels that it lies in.
    """

    shapes: frozenset[Shape]
    rolled_up: frozenset[Shape]
    hidden: frozenset[Key]
    above: Mapping[tuple[str, str], Mapping[str, frozenset[str]]] = field(default_factory=dict)


def shape_of(key: Key) -> Shape:
    """The cuts of a cell."""
    return tuple(cut for cut, _code in key)


def cells_asked(
    codes: Mapping[str, str],
    filters: Sequence[tuple[str, Sequence[str]]],
    above: Mapping[tuple[str, str], Mapping[str, frozenset[str]]],
) -> list[Key] | None:
    """The cells that a group (its codes by cut, within filters) is made of; None where they are too many."""
    chosen: dict[str, set[str]] = {}
    for cut, listed in (*filters, *((cut, (code,)) for cut, code in codes.items())):
        chosen[cut] = chosen[cut] & set(listed) if cut in chosen else set(listed)
    for chain in NESTED:
        present = [cut for cut in chain if cut in chosen]
        for coarse in present[:-1]:
            kept = chosen.pop(coarse)
            fine = present[-1]
            chosen[fine] = {
                code for code in chosen[fine] if above.get((fine, code), {}).get(coarse, kept) & kept
            }
    cuts = sorted(chosen)
    size = 1
    for cut in cuts:
        size *= len(chosen[cut])
    if size > MOST_CELLS:
        return None
    return [tuple(zip(cuts, each, strict=True)) for each in product(*(sorted(chosen[cut]) for cut in cuts))]


def why_hidden(cells: Iterable[Key] | None, protected: Protected) -> str:
    """Why a group made of these cells is not shown; empty where it is.

    >>> cube = Protected(frozenset({("unit",)}), frozenset(), frozenset({(("unit", "a"),)}))
    >>> why_hidden([(("unit", "a"),)], cube), why_hidden([(("unit", "b"),)], cube)
    ('suppressed', '')
    >>> why_hidden([(("town", "a"),)], cube)
    'outside_cube'
    """
    if cells is None:
        return OUTSIDE
    for key in cells:
        shape = shape_of(key)
        if shape in protected.rolled_up:
            return ROLLED_UP
        if shape and shape not in protected.shapes:
            return OUTSIDE
        if key in protected.hidden:
            return SUPPRESSED
    return ""


def merge(parts: Iterable[Protected]) -> Protected:
    """What is shown when a figure rests on several items or years: only what each of them shows."""
    parts = list(parts)
    rolled = frozenset(shape for part in parts for shape in part.rolled_up)
    return Protected(
        shapes=frozenset.intersection(*(part.shapes for part in parts)),
        rolled_up=rolled,
        hidden=frozenset().union(*(part.hidden for part in parts)),
        above={name: levels for part in parts for name, levels in part.above.items()},
    )
