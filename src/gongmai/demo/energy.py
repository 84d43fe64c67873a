"""The energy form: each kind of energy from the start of the year, balanced to the hundredth."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.flows import price_level
from gongmai.demo.lines import Lines
from gongmai.demo.types import FIRST_YEAR, YEARS, Firms, Floats, Ints, Story, stream

COEFFICIENT_SCALE = 100_000
PRICE_INDEX = {2019: 1.0, 2020: 0.95, 2021: 1.18, 2022: 1.30, 2023: 1.18}
COLUMNS = (
    "opening", "purchase", "own_production", "consumption", "feedstock", "other_consumption", "supplied",
    "loss", "closing",
)  # fmt: skip


def energy_lines(firms: Firms, story: Story) -> Lines:
    """All kinds of energy of all firms; quantities in hundredths of the unit, cumulative."""
    kinds = sources.read_yaml("goods")["energy"]
    parts = [_kind(firms, story, name, kind) for name, kind in kinds.items()]
    lines = Lines(
        key="energy",
        firm=np.concatenate([part.firm for part in parts]),
        code=np.concatenate([part.code for part in parts]),
        hundredths=frozenset({*COLUMNS, "tce_base"}),
    )
    for column in parts[0].levels:
        lines.levels[column] = np.concatenate([part.levels[column] for part in parts], axis=1)
    lines.levels["tce_base"] = _base(lines)
    return lines


def _kind(firms: Firms, story: Story, name: str, kind: dict[str, object]) -> Lines:
    random = stream(f"energy {name}")
    sectors = sources.sectors()
    intensity = np.array([sectors[code]["energy"].get(name, 0.0) for code in firms.division])
    only = kind.get("only")
    may = intensity > 0
    if isinstance(only, list):
        may &= np.array([code.startswith(tuple(only)) for code in firms.industry])
    uses = may & ((random.random(firms.count) < 0.72) | (name == "electricity"))
    firm = np.flatnonzero(uses)
    consumption = _consumption(firms, story, name, firm, intensity[firm], random)
    transport = float(str(kind["transport"]))
    other = np.floor(consumption * transport).astype(np.int64)
    inside = consumption - other
    loss = np.floor(consumption * (0.002 if kind["stored"] else 0.0)).astype(np.int64)
    running = {item: np.cumsum(values, axis=2) for item, values in
               (("consumption", inside), ("other_consumption", other), ("loss", loss))}  # fmt: skip
    closing, opening = _stocks(consumption, stored=bool(kind["stored"]), random=random)
    used = running["consumption"] + running["other_consumption"] + running["loss"]
    purchase = used + closing - opening
    short = np.minimum(purchase, 0)  # a firm that stopped cannot buy less than nothing: it keeps more
    closing, purchase = closing - short, purchase - short
    index = np.array([PRICE_INDEX[FIRST_YEAR + year] for year in range(YEARS)])[:, None, None]
    price = float(str(kind["price"])) * index * np.exp(random.normal(0, 0.06, len(firm)))[None, :, None]
    coefficient = np.full(len(firm), float(str(kind["coefficient"])))
    if kind["stored"] and name in {"raw_coal", "washed_coal"}:
        coefficient = np.round(coefficient * np.exp(random.normal(0, 0.05, len(firm))), 4)
    zero = np.zeros_like(purchase)
    feedstock = np.floor(running["consumption"] * (0.8 if name == "washed_coal" else 0.0)).astype(np.int64)
    levels = {
        "opening": opening,
        "purchase": purchase,
        "purchase_value": np.round(purchase / 100 * price / 1000).astype(np.int64),
        "own_production": zero,
        "consumption": running["consumption"],
        "feedstock": feedstock,
        "other_consumption": running["other_consumption"],
        "supplied": zero,
        "loss": running["loss"],
        "closing": closing,
        "coefficient": np.broadcast_to(
            np.round(coefficient * COEFFICIENT_SCALE).astype(np.int64)[None, :, None], purchase.shape
        ),
    }
    return Lines(key="energy", firm=firm, code=np.full(len(firm), name, object), levels=levels)


def _consumption(
    firms: Firms, story: Story, name: str, firm: Ints, intensity: Floats, random: np.random.Generator
) -> Ints:
    if name == "electricity":
        return story.flows["electricity"][:, firm, :]
    own = np.exp(random.normal(0, 0.45, len(firm)))
    real = story.flows["output"][:, firm, :] / price_level(firms)[:, firm, None] / 100_000
    thrift = 0.985 ** np.arange(YEARS)[:, None, None]
    wobble = np.exp(random.standard_normal(real.shape) * 0.05)
    result: Ints = np.round(real * (intensity * own)[None, :, None] * thrift * wobble * 100).astype(np.int64)
    return result


def _stocks(consumption: Ints, *, stored: bool, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Closing stock of each period and, for the whole year, the stock at its start."""
    if not stored:
        zero = np.zeros_like(consumption)
        return zero, zero
    months: Floats = random.uniform(0.2, 0.8, len(consumption[0]))
    usual = consumption.mean(axis=2, keepdims=True) * months[None, :, None]
    closing = np.round(usual * np.exp(random.standard_normal(consumption.shape) * 0.2)).astype(np.int64)
    opening = np.zeros_like(closing)
    opening[1:] = closing[:-1, :, -1:]
    opening[0] = closing[0, :, :1]
    return closing, opening


def standard_coal(lines: Lines) -> Floats:
    """Tonnes of standard coal of each line, as the form rolls them up."""
    used = (lines.levels["consumption"] + lines.levels["other_consumption"]) / 100
    result: Floats = used * (lines.levels["coefficient"] / COEFFICIENT_SCALE)
    return result


def _base(lines: Lines) -> Ints:
    """Last year's standard coal in hundredths; the lines of a firm add up to its rounded total."""
    last = standard_coal(lines)[:-1] * 100
    rounded = np.round(last).astype(np.int64)
    count = int(lines.firm.max()) + 1
    years, _, parts = last.shape
    total, kept = np.zeros((years, count, parts)), np.zeros((years, count, parts), np.int64)
    for year in range(years):
        np.add.at(total[year], lines.firm, last[year])
        np.add.at(kept[year], lines.firm, rounded[year])
    rest = np.round(total).astype(np.int64) - kept
    electricity = lines.code == "electricity"  # every firm has exactly one such line
    rounded[:, electricity, :] += rest[:, lines.firm[electricity], :]
    base = np.zeros((years + 1, *rounded.shape[1:]), np.int64)
    base[1:] = np.maximum(rounded, 0)
    return base
