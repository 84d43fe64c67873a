"""What changes at a firm over time: region codes of 2020, moves, changes of industry, awards, size."""

from dataclasses import dataclass, field

import numpy as np

from gongmai.demo import sources
from gongmai.demo.places import FORMER, towns_of_units
from gongmai.demo.types import (
    FIRST,
    NEVER,
    PARTS,
    Bools,
    Firms,
    Ints,
    index_of,
    stream,
)

MERGED_INTO_COUNTIES = index_of(202011)  # when the two zones stopped being statistical regions
AWARDS = (FIRST, index_of(202109), index_of(202207))
INVENTIVE = {
    "26": 3,
    "27": 4,
    "34": 4,
    "35": 5,
    "36": 4,
    "38": 4,
    "39": 5,
    "40": 5,
    "29": 2,
    "30": 1.5,
    "14": 1.2,
}


@dataclass(slots=True)
class Moves:
    """By firm: what held before a period (industry, place), and which tag holds since when."""

    industry_before: dict[int, tuple[int, str]] = field(default_factory=dict)
    place_before: dict[int, tuple[int, str]] = field(default_factory=dict)  # period, town
    tags: dict[int, list[tuple[int, str]]] = field(default_factory=dict)


def draw_moves(firms: Firms, annual: Ints) -> Moves:
    """A handful of moves between counties and classes, and the awards that the city counted."""
    random = stream("moves")
    moves = Moves()
    stays = (firms.entry < index_of(202102)) & (firms.exit == NEVER) & (firms.restored == NEVER)
    _change_industry(firms, moves, stays, random)
    _relocate(firms, moves, stays, random)
    _award(firms, moves, annual, random)
    return moves


def _change_industry(firms: Firms, moves: Moves, stays: Bools, random: np.random.Generator) -> None:
    sectors = sources.sectors()
    may = np.flatnonzero(stays & np.isin(firms.division, ["13", "20", "26", "29", "30", "33", "35"]))
    for firm in random.choice(may, 14, replace=False):
        others = [code for code in sectors[firms.division[firm]]["classes"] if code != firms.industry[firm]]
        since = index_of(int(random.choice([202102, 202106, 202202, 202205, 202302])))
        moves.industry_before[int(firm)] = (since, str(random.choice(others)))


def _relocate(firms: Firms, moves: Moves, stays: Bools, random: np.random.Generator) -> None:
    towns = [town for unit, names in towns_of_units().items() if unit not in FORMER for town in names]
    may = np.flatnonzero(stays & ~np.isin(firms.unit, list(FORMER)))
    for firm in random.choice(may, 9, replace=False):
        since = index_of(int(random.choice([202103, 202108, 202204, 202209, 202303])))
        elsewhere = [town for town in towns if town[:6] != firms.region[firm]]
        moves.place_before[int(firm)] = (since, str(random.choice(elsewhere)))
        firms.park[firm] = ""


def _award(firms: Firms, moves: Moves, annual: Ints, random: np.random.Generator) -> None:
    counts = sources.read_yaml("published")["tags"]
    on = firms.on_roster(index_of(202212)) & firms.on_roster(index_of(202306))
    appeal = np.array([INVENTIVE.get(code, 0.3) for code in firms.division])
    # neither the smallest nor the giants
    middle = np.exp(-((np.log(np.maximum(annual[3], 1) / 180_000)) ** 2) / 2.5)
    chance = np.where(on & (firms.entry < index_of(202202)), appeal * middle, 0.0)
    specialised = _draw(chance, counts["specialised"], random)
    giants = specialised[: counts["little_giant"]]
    gazelles = _draw(chance, counts["gazelle"], random)
    high_tech = _draw(np.where(on, appeal * middle + 0.02, 0.0), 860, random)
    small_tech = _draw(np.where(on & (annual[3] < 200_000), appeal + 0.05, 0.0), 1150, random)
    listed = _draw(np.where(on & (annual[3] > 900_000), appeal, 0.0), 7, random)
    for name, members in (
        ("specialised", specialised),
        ("little_giant", giants),
        ("key_little_giant", giants[: counts["key_little_giant"]]),
        ("gazelle", gazelles),
        ("high_tech_firm", high_tech),
        ("tech_sme", small_tech),
        ("listed", listed),
    ):
        since = FIRST if name == "listed" else None
        for firm in members:
            when = since if since is not None else int(AWARDS[int(random.integers(3))])
            moves.tags.setdefault(int(firm), []).append((when, name))


def _draw(chance: "np.typing.NDArray[np.float64]", count: int, random: np.random.Generator) -> Ints:
    return random.choice(len(chance), count, replace=False, p=chance / chance.sum())


def year_of(index: int) -> int:
    """The position of the year of a period: 0 for the first simulated year."""
    return index // PARTS
