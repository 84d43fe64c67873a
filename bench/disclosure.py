"""Secondary suppression and its audit for industries by counties, beside greedy suppression.

Synthetic firms (log-normal sizes, seed fixed). Greedy: in every sum with one hidden cell the smallest other
is hidden too, until none is left; it is what a spreadsheet does. Prints seconds, cells and value hidden, and
how many cells stay open.
"""

import time

from tests.core.disclosure.tables import PARAMETERS, random_cube

from gongmai.adapters.highs_attacker import HighsAttacker
from gongmai.adapters.highs_suppression import HighsSuppressor
from gongmai.core.disclosure import rules
from gongmai.core.disclosure.types import TOTAL, Cube, Suppression

SIZES = ((2, 4, 6), (4, 8, 12), (4, 14, 12))


def greedy(cube: Cube) -> Suppression:
    """Two hidden cells in every sum that has any."""
    (layer,) = cube.layers
    primary = rules.primary(cube.layers, PARAMETERS)
    hidden = set(primary)
    changed = True
    while changed:
        changed = False
        for relation in cube.relations:
            terms = [relation.whole, *relation.parts]
            if sum(key in hidden for key in terms) == 1:
                others = [
                    k for k in terms if k not in hidden and k != TOTAL and k in layer and layer[k].count
                ]
                if others:
                    hidden.add(min(others, key=lambda k: layer[k].value))
                    changed = True
    return Suppression(primary, frozenset(hidden))


def main() -> None:
    """One line for each size and method."""
    for sections, width, places in SIZES:
        cube = random_cube(3, sections=sections, width=width, places=places)
        inner = [key for key in cube.keys if {cut for cut, _ in key} == {"division", "place"}]
        for name, method in (
            ("linear programmes", lambda cube: HighsSuppressor().protect(cube, PARAMETERS)),
            ("greedy", greedy),
        ):
            start = time.perf_counter()
            found = method(cube)
            solved = time.perf_counter() - start
            start = time.perf_counter()
            outside = HighsAttacker().audit(cube, PARAMETERS, found, insiders=False)
            audited = time.perf_counter() - start
            inside = HighsAttacker().audit(cube, PARAMETERS, found)
            share = rules.hidden_share(cube, found.hidden, inner)
            print(
                f"{len(cube.keys)} cells, {name}: solve {solved:.2f} s, outside audit {audited:.2f} s, "
                f"{len(found.primary)} sensitive, {len(found.hidden)} hidden, {share:.1%} of inner value, "
                f"{len(outside)} open to outsiders, {len(inside) - len(outside)} to insiders"
            )


if __name__ == "__main__":
    main()
