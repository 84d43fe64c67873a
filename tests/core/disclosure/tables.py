"""Small tables for the tests of disclosure control: worked by hand, and at random."""

import random
from collections.abc import Mapping
from datetime import date

from gongmai.core.disclosure import rules
from gongmai.core.disclosure.types import Cell, Cube, Parameters

PARAMETERS = Parameters(3, 2, 0.85, 0.15, 0.25, date(2020, 1, 1), "the data file's")


def cell(*figures: float, first_firm: int = 1) -> Cell:
    """The cell of firms with these figures; the number of the first is that of a firm alone."""
    top = sorted((abs(figure) for figure in figures), reverse=True)
    return Cell(
        value=sum(top),
        count=len(top),
        first=top[0] if top else 0.0,
        second=top[1] if len(top) > 1 else 0.0,
        single=first_firm if len(top) == 1 else 0,
    )


def flat(rows: Mapping[str, Mapping[str, Cell]]) -> Cube:
    """A table of two dimensions of one level each, with its margins."""
    leaves = {(down, across): one for down, cells in rows.items() for across, one in cells.items()}
    paths = {f"down:{down}": [("down", down)] for down in rows}
    paths |= {f"across:{across}": [("across", across)] for cells in rows.values() for across in cells}
    return make(leaves, [["down"], ["across"]], paths)


def make(leaves, dimensions, paths) -> Cube:
    cells, relations = rules.table(leaves, dimensions, paths)
    return Cube(tuple(relations), (cells,))


def random_cube(seed: int, layers: int = 1, sections: int = 3, width: int = 4, places: int = 5) -> Cube:
    """Sections of divisions by places; sizes are log-normal, some cells hold no firm."""
    chance = random.Random(seed)
    paths = {}
    divisions = []
    for section in range(sections):
        for _ in range(chance.randint(1, width)):
            code = f"{len(divisions):02d}"
            divisions.append(code)
            paths[f"division:{code}"] = [("section", f"S{section}"), ("division", code)]
    paths |= {f"place:{place}": [("place", str(place))] for place in range(places)}
    firms: dict[tuple[str, str], list[tuple[int, float]]] = {}
    number = 0
    for division in divisions:
        for place in range(places):
            held = []
            for _ in range(chance.choice([0, 0, 1, 2, 3, 4, 6, 9])):
                number += 1
                held.append((number, chance.lognormvariate(8, 1.5)))
            if held:
                firms[division, str(place)] = held
    made = []
    relations = []
    for _ in range(layers):
        leaves = {}
        for codes, held in firms.items():
            moved = [(firm, round(size * chance.uniform(0.6, 1.5))) for firm, size in held]
            leaves[codes] = cell(*(size for _firm, size in moved), first_firm=moved[0][0])
        cells, relations = rules.table(leaves, [["section", "division"], ["place"]], paths)
        made.append(cells)
    return Cube(tuple(relations), tuple(made))
