"""The registry tables of the city folder: enterprises, profiles, roster."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.moves import MERGED_INTO_COUNTIES, Moves, year_of
from gongmai.demo.places import FORMER
from gongmai.demo.types import CURRENT, FIRST, NEVER, PARTS, Firms, Ints, stream, text_of
from gongmai.demo.workers import size_classes

Rows = list[tuple[object, ...]]
ENTERPRISES = ("credit_code", "name", "registered_on", "address", "contact", "contact_phone")
PROFILES = (
    "credit_code", "valid_from", "region", "town", "park", "industry", "workers", "revenue", "tags",
)  # fmt: skip
ROSTER = ("credit_code", "from_period", "to_period", "entry_type", "exit_type")


def enterprise_rows(firms: Firms) -> Rows:
    """Names, addresses and contacts, all invented; the telephone numbers cannot be dialled."""
    random = stream("contacts")
    parts = sources.read_yaml("names")
    places = {row["code"]: row["label_zh"] for row in sources.read_csv("regions")}
    rows: Rows = []
    for firm in range(firms.count):
        street = parts["streets"][int(random.integers(len(parts["streets"])))]
        address = parts["address"].format(
            region=places[firms.region[firm]],
            town=places[firms.town[firm]],
            street=street,
            number=int(random.integers(1, 399)),
        )
        person = parts["surnames"][int(random.integers(len(parts["surnames"])))] + "".join(
            parts["given"][int(pick)] for pick in random.integers(len(parts["given"]), size=2)
        )
        start = int(firms.start[firm])
        month, day = int(random.integers(1, 13)), int(random.integers(1, 28))
        year = int(random.integers(1996, 2018)) if start < 0 else int(text_of(start)[:4]) - 1
        registered = f"{year}-{month:02d}-{day:02d}"
        phone = f"0539-000{firm:04d}"
        rows.append((firms.credit_code[firm], firms.name[firm], registered, address, person, phone))
    return rows


def profile_rows(firms: Firms, moves: Moves, workers: Ints, annual: Ints) -> Rows:
    """One row for each change of a firm's attributes while it is on the roster."""
    sizes = size_classes(workers, annual)
    rows: Rows = []
    for firm in range(firms.count):
        entry = max(int(firms.entry[firm]), FIRST)
        for index in _turning_points(firms, moves, sizes, firm, entry):
            year = year_of(index)
            region, town, park = _place(firms, moves, firm, index)
            since, before = moves.industry_before.get(firm, (-1, ""))
            tags = sorted({name for when, name in moves.tags.get(firm, ()) if when <= index})
            rows.append(
                (
                    firms.credit_code[firm],
                    text_of(index),
                    region,
                    town,
                    park,
                    before if index < since else firms.industry[firm],
                    int(workers[year, firm]),
                    int(annual[year, firm]),
                    "|".join(tags),
                )
            )
    return rows


def _turning_points(firms: Firms, moves: Moves, sizes: Ints, firm: int, entry: int) -> list[int]:
    points = {entry}
    last = int(firms.exit[firm]) if firms.restored[firm] == NEVER else CURRENT
    for year in range(year_of(entry) + 1, year_of(CURRENT) + 1):
        if sizes[year, firm] != sizes[year - 1, firm]:
            points.add(year * PARTS)
    if firms.unit[firm] in FORMER:
        points.add(MERGED_INTO_COUNTIES)
    for change in (moves.industry_before, moves.place_before):
        if firm in change:
            points.add(change[firm][0])
    points.update(when for when, _ in moves.tags.get(firm, ()))
    return sorted(point for point in points if entry <= point <= min(last, CURRENT))


def _place(firms: Firms, moves: Moves, firm: int, index: int) -> tuple[str, str, str]:
    since, before = moves.place_before.get(firm, (-1, ""))
    if index < since:
        return before[:6], before, ""
    if index < MERGED_INTO_COUNTIES and firms.unit[firm] in FORMER:
        return FORMER[firms.unit[firm]], "", firms.park[firm]
    return firms.region[firm], firms.town[firm], firms.park[firm]


def roster_rows(firms: Firms) -> Rows:
    """The stays on the roster, with how they began and ended."""
    random = stream("roster")
    transferred = random.random(firms.count) < 0.02
    rows: Rows = []
    for firm in range(firms.count):
        how = firms.cohort[firm]
        if how == "annual" and transferred[firm]:
            how = "transfer"
        gone = int(firms.exit[firm])
        end = text_of(gone) if gone != NEVER else ""
        rows.append(
            (firms.credit_code[firm], text_of(int(firms.entry[firm])), end, how, firms.exit_type[firm])
        )
        if firms.restored[firm] != NEVER:
            rows.append((firms.credit_code[firm], text_of(int(firms.restored[firm])), "", "restored", ""))
    return rows


def count_tags(moves: Moves) -> dict[str, int]:
    """How many firms carry each tag in the end."""
    names, counts = np.unique([name for held in moves.tags.values() for _, name in held], return_counts=True)
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}
