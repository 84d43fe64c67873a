"""Value-added rates and price indices, shifted so that value-added growth is the published one."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.types import CURRENT, FIRST, FIRST_YEAR, PARTS, Firms, Floats, Ints, index_of, text_of

Rows = list[tuple[object, ...]]
COLUMNS = ("parameter", "industry_division", "period", "value", "source")
SOURCE = "synthetic, solved for the published value-added growth"
SOLVED = {202012: 2020, 202212: 2022, 202306: "2023-06"}


def parameter_rows(firms: Firms, ytd: Ints) -> Rows:
    """One value-added rate and one price index for each division and period.

    `ytd` is output accumulated (years, firms, parts). The price index is meant for the cumulative view.
    """
    sectors = sources.sectors()
    divisions = list(sectors)
    rate = np.array([sectors[code]["va"] for code in divisions])
    shifts = _shifts(firms, ytd, divisions, rate)
    rows: Rows = []
    for index in range(FIRST, CURRENT + 1):
        year = FIRST_YEAR + index // PARTS
        index_values = _prices(divisions, year, index % PARTS, shifts[year])
        for position, code in enumerate(divisions):
            rows.append(("va_rate", code, text_of(index), f"{rate[position]:.4f}", SOURCE))
            rows.append(("ppi", code, text_of(index), f"{index_values[position]:.6f}", SOURCE))
    return rows


def _prices(divisions: list[str], year: int, part: int, shift: float) -> Floats:
    """The index of a period: the year's figure, approached from the year before through the months."""
    sectors = sources.sectors()
    now = np.array([sectors[code]["ppi"][year] for code in divisions])
    last = np.array([sectors[code]["ppi"].get(year - 1, 1.0) for code in divisions])
    weight = 0.15 * (PARTS - 1 - part) / (PARTS - 1) if year != 2023 else 0.0
    return np.round(now * (1 - weight) + last * weight + shift, 6)


def _shifts(firms: Firms, ytd: Ints, divisions: list[str], rate: Floats) -> dict[int, float]:
    published = sources.read_yaml("published")
    shifts = dict.fromkeys(range(2020, 2024), 0.0)
    for key, name in SOLVED.items():
        index = index_of(key)
        year, part = divmod(index, PARTS)
        on = firms.on_roster(index)
        output = _by_division(firms, ytd[year, :, part] * on, divisions)
        base = _by_division(firms, ytd[year - 1, :, part] * on, divisions)
        goal = published[name]["value_added_growth"]
        low, high = -0.2, 0.2
        for _ in range(40):
            shift = (low + high) / 2
            prices = _prices(divisions, FIRST_YEAR + year, part, shift)
            growth = (output * rate / prices).sum() / (base * rate).sum() - 1
            low, high = (shift, high) if growth > goal else (low, shift)
        shifts[FIRST_YEAR + year] = shift
    return shifts


def _by_division(firms: Firms, values: Ints, divisions: list[str]) -> Floats:
    totals = dict.fromkeys(divisions, 0.0)
    for code in divisions:
        totals[code] = float(values[firms.division == code].sum())
    return np.array([totals[code] for code in divisions])
