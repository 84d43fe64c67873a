"""Annual outputs of every firm, calibrated so that the sums are the published ones.

2022 is solved first: who is above 100 million yuan, the four groups (band x leading industries), their
outputs and their bases. The years before follow backwards through drawn growth, each scaled to what was
published for 2020; 2023 forwards, scaled to the first half of 2023.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gongmai.demo import calibrate, sources
from gongmai.demo.months import typical_shares
from gongmai.demo.types import FIRST_YEAR, YEARS, Bools, Firms, Floats, Ints, index_of, stream

BAND = 100_000  # 100 million yuan in thousand yuan
FLOOR = 11_000
Y2019, Y2020, Y2021, Y2022, Y2023 = range(YEARS)
SMALL_LEADING = 0.74  # share of the leading industries in the output of the firms below the band
DEC_2020, DEC_2022, JUN_2023 = index_of(202012), index_of(202212), index_of(202306)
HALF = 5  # parts of the first half-year


@dataclass(frozen=True, slots=True)
class Target:
    """Output and base of one group in 2022, thousand yuan."""

    members: Bools
    output: int
    base: int


def solve_annual(firms: Firms, shares: Floats) -> Ints:
    """Output by year and firm (years, firms), thousand yuan."""
    random = stream("sizes")
    working = _working_part(firms)
    growth = _growth(firms, random)
    annual = np.zeros((YEARS, firms.count), np.int64)
    targets = _solve_2022(firms, working[Y2022], annual)
    _solve_2021(firms, working, growth, annual, targets)
    _solve_before(firms, working, growth, annual)
    _solve_2023(firms, working, growth, annual, shares)
    return annual


def _working_part(firms: Firms) -> Floats:
    """The part of a full year that a firm worked, by year."""
    everybody = firms.start.copy()
    full = typical_shares(firms)
    firms.start = np.full(firms.count, -1, np.int64)
    whole = typical_shares(firms)
    firms.start = everybody
    total = whole.sum(axis=2)
    part: Floats = np.divide(full.sum(axis=2), total, out=np.zeros_like(total), where=total > 0)
    return part


def _growth(firms: Firms, random: np.random.Generator) -> Floats:
    """Growth factor of each year over the year before, as drawn."""
    sectors = sources.sectors()
    factor = np.ones((YEARS, firms.count))
    spread = np.where(firms.raw > BAND, 0.09, 0.13)
    for year in range(1, YEARS):
        mean = np.array([1 + sectors[code]["growth"][FIRST_YEAR + year] for code in firms.division])
        factor[year] = mean * np.exp(random.normal(0, 1, firms.count) * spread)
    factor[Y2021] *= 1.03
    leaving = firms.exit <= DEC_2022
    factor[Y2022:] = np.where(leaving, factor[Y2022:] * 0.85, factor[Y2022:])
    return factor


def _solve_2022(firms: Firms, working: Floats, annual: Ints) -> list[Target]:
    published: dict[str, Any] = sources.read_yaml("published")[2022]
    on = firms.on_roster(DEC_2022)
    if int(on.sum()) != published["firms"]:
        raise ValueError(f"{int(on.sum())} firms on the roster of 2022-12, not {published['firms']}")
    raw = np.maximum(firms.raw * working, 3_000.0)
    order = np.argsort(-np.where(on, raw, 0.0), kind="stable")
    above = np.zeros(firms.count, np.bool_)
    above[order[: published["above_100_million"]["firms"]]] = True
    targets = _targets_2022(published, firms.leading, on, above)
    for target in targets:
        mine = raw[target.members]
        if above[target.members][0]:
            annual[Y2022, target.members] = calibrate.stretch_above(mine, BAND, target.output)
        else:
            solved = calibrate.squeeze_between(mine, FLOOR, BAND, target.output)
            annual[Y2022, target.members] = solved
    # who is not on the roster of December 2022 follows the shape of the small ones
    absent = ~on & (working > 0)
    annual[Y2022, absent] = np.clip(raw[absent] * 0.8, 9_000, 92_000).astype(np.int64)
    return targets


def _targets_2022(published: dict[str, Any], leading: Bools, on: Bools, above: Bools) -> list[Target]:
    output, lead, big = published["output"], published["leading"], published["above_100_million"]
    base = round(output / (1 + published["growth"]))
    lead_base = lead["output"] - round((output - base) * lead["share_of_growth"])
    big_base = round(big["output"] / (1 + big["growth"]))
    small, small_base = output - big["output"], base - big_base
    small_lead, small_lead_base = round(small * SMALL_LEADING), round(small_base * SMALL_LEADING)
    return [
        Target(on & above & leading, lead["output"] - small_lead, lead_base - small_lead_base),
        Target(
            on & above & ~leading,
            big["output"] - lead["output"] + small_lead,
            big_base - lead_base + small_lead_base,
        ),
        Target(on & ~above & leading, small_lead, small_lead_base),
        Target(on & ~above & ~leading, small - small_lead, small_base - small_lead_base),
    ]


def _full_year(annual: Ints, working: Floats) -> Floats:
    rate: Floats = np.divide(annual, working, out=np.zeros(len(annual)), where=working > 0)
    return rate


def _solve_2021(firms: Firms, working: Floats, growth: Floats, annual: Ints, targets: list[Target]) -> None:
    raw = _full_year(annual[Y2022], working[Y2022]) / growth[Y2022] * working[Y2021]
    others = ~firms.on_roster(DEC_2022)
    annual[Y2021, others] = raw[others].astype(np.int64)
    for target in targets:
        annual[Y2021, target.members] = calibrate.round_to_total(raw[target.members], target.base)


def _solve_before(firms: Firms, working: Floats, growth: Floats, annual: Ints) -> None:
    published = sources.read_yaml("published")[2020]
    lead = published["leading"]
    lead_base = round(lead["output"] / (1 + lead["growth"]))
    base = round((lead["output"] - lead_base) / lead["pull"])
    output = round(base * (1 + published["growth"]))
    on = firms.on_roster(DEC_2020)
    totals = {
        True: (lead["output"], lead_base),
        False: (output - lead["output"], base - lead_base),
    }
    for year, position in ((Y2020, 0), (Y2019, 1)):
        raw = _full_year(annual[year + 1], working[year + 1]) / growth[year + 1] * working[year]
        for is_leading, total in totals.items():
            group = firms.leading == is_leading
            inside = on & group
            raw[group & ~on] *= total[position] / raw[inside].sum()
            annual[year, group & ~on] = raw[group & ~on].astype(np.int64)
            annual[year, inside] = calibrate.round_to_total(raw[inside], total[position])


def _solve_2023(firms: Firms, working: Floats, growth: Floats, annual: Ints, shares: Floats) -> None:
    published = sources.read_yaml("published")["2023-06"]
    rate = _full_year(annual[Y2022], working[Y2022])
    rate[firms.start > index_of(202212)] = firms.raw[firms.start > index_of(202212)]
    raw = rate * growth[Y2023] * working[Y2023]
    on = firms.on_roster(JUN_2023)
    half = {year: shares[year, :, :HALF].sum(axis=1) for year in (Y2022, Y2023)}
    base = annual[Y2022] * half[Y2022]
    lead = base[on & firms.leading].sum()
    total = base[on].sum()
    wanted = {
        True: lead * (1 + published["leading"]["growth"]),
        False: total * (1 + published["growth"]) - lead * (1 + published["leading"]["growth"]),
    }
    for is_leading, goal in wanted.items():
        group = firms.leading == is_leading
        now = (raw * half[Y2023])[on & group].sum()
        annual[Y2023, group] = np.round(raw[group] * (goal / now)).astype(np.int64)
