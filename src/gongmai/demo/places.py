"""Where firms stand: management unit, statistical region, town and park."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.types import Firms, stream

# how many firms a unit would have if industries were spread evenly
WEIGHTS = {
    "lanshan": 640, "luozhuang": 330, "hedong": 330, "yinan": 260, "tancheng": 250,
    "yishui": 290, "lanling": 220, "feixian": 380, "pingyi": 260, "junan": 250,
    "mengyin": 130, "linshu": 190, "yihe": 190, "gaoxin": 130, "lingang": 80,
}  # fmt: skip
AFFINITY = 2.6
FORMER = {"yihe": "371372", "lingang": "371373"}  # regions of their own until October 2020


def settle(firms: Firms) -> None:
    """Give every firm its unit, region, town and park."""
    random = stream("places")
    parks = sources.read_csv("parks")
    homes = {(park["unit"], code) for park in parks for code in park["industries"].split("|")}
    towns = towns_of_units()
    units = list(WEIGHTS)
    unit, region, town, park_of = [], [], [], []
    chances = {
        division: np.array([WEIGHTS[u] * (AFFINITY if (u, division) in homes else 1.0) for u in units])
        for division in sources.sectors()
    }
    for division in firms.division:
        chance = chances[division]
        chosen = units[int(random.choice(len(units), p=chance / chance.sum()))]
        place = towns[chosen][int(random.integers(len(towns[chosen])))]
        unit.append(chosen)
        town.append(place)
        region.append(place[:6])
        park_of.append(_park(chosen, division, parks, float(random.random())))
    firms.unit, firms.region = np.array(unit, object), np.array(region, object)
    firms.town, firms.park = np.array(town, object), np.array(park_of, object)


def towns_of_units() -> dict[str, list[str]]:
    """The towns that each unit manages today."""
    open_rows = [row for row in sources.read_csv("unit_towns") if not row["valid_to"]]
    by_town = {row["town"]: row["unit"] for row in open_rows if row["town"]}
    by_region = {row["region"]: row["unit"] for row in open_rows if not row["town"]}
    result: dict[str, list[str]] = {unit: [] for unit in WEIGHTS}
    for row in sources.read_csv("regions"):
        if row["level"] == "town" and not row["valid_to"]:
            result[by_town.get(row["code"], by_region[row["parent"]])].append(row["code"])
    return result


def _park(unit: str, division: str, parks: list[dict[str, str]], dice: float) -> str:
    for park in parks:
        if park["unit"] == unit and division in park["industries"].split("|"):
            if dice < float(park["weight"]):
                return park["code"]
            dice = (dice - float(park["weight"])) / (1 - float(park["weight"]))
    return ""
