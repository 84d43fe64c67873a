"""The repeating tables of the monthly form: output by industry class, products, materials."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gongmai.demo import sources
from gongmai.demo.flows import price_level
from gongmai.demo.moves import Moves
from gongmai.demo.types import PARTS, YEARS, Firms, Floats, Ints, Story, Texts, stream


@dataclass(slots=True)
class Lines:
    """Lines of one repeating table: the firm and the key of each, and its columns (years, lines, parts)."""

    key: str
    firm: Ints
    code: Texts
    flows: dict[str, Ints] = field(default_factory=dict)  # of the month; cumulated and based when written
    levels: dict[str, Ints] = field(default_factory=dict)
    hundredths: frozenset[str] = frozenset()
    earlier: dict[int, tuple[int, str]] = field(default_factory=dict)  # by line: period, the key before it


def output_lines(firms: Firms, story: Story, moves: Moves) -> Lines:
    """One line for the main class; a fifth of the firms also has a side line, a few have two."""
    random = stream("output lines")
    side = random.choice([0, 1, 2], firms.count, p=[0.79, 0.17, 0.04])
    classes = {code: list(sector["classes"]) for code, sector in sources.sectors().items()}
    share = np.zeros((2, firms.count))
    for place in range(2):
        share[place] = np.where(side > place, random.uniform(0.04, 0.24, firms.count), 0.0)
    firm: list[Ints] = [np.arange(firms.count)]
    code: list[Texts] = [firms.industry]
    parts: list[Ints] = []
    left = np.cumsum(story.flows["output"], axis=2)
    taken: list[set[str]] = [{str(name)} for name in firms.industry]
    for index, (_, before) in moves.industry_before.items():
        taken[index].add(before)
    for place in range(2):
        members: list[int] = []
        names: list[str] = []
        for index in np.flatnonzero(share[place]).tolist():
            free = [name for name in classes[firms.division[index]] if name not in taken[index]]
            if free:
                names.append(free[int(random.integers(len(free)))])
                taken[index].add(names[-1])
                members.append(index)
        who = np.array(members, np.int64)
        running = np.floor(
            np.cumsum(story.flows["output"][:, who, :], axis=2) * share[place][who][None, :, None]
        )
        left[:, who, :] -= running.astype(np.int64)
        firm.append(who)
        code.append(np.array(names, object))
        parts.append(running.astype(np.int64))
    total = np.concatenate([left, *parts], axis=1)
    return Lines(
        key="industry",
        firm=np.concatenate(firm),
        code=np.concatenate(code),
        flows={"output": np.diff(total, axis=2, prepend=0)},
        earlier=dict(moves.industry_before),
    )


def product_lines(firms: Firms, story: Story) -> Lines:
    """Quantity, sales and price of the firm's main product."""
    random = stream("products")
    goods = sources.read_yaml("goods")["products"]
    firm, code, base = _spread(firms, goods, random, most=1)
    price = _prices(firms, firm, code, base, random)
    worth = story.flows["output"][:, firm, :] * 0.92
    quantity = np.floor(worth * 1000 / price * 100).astype(np.int64)
    ratio = story.flows["sales"][:, firm, :] / np.maximum(story.flows["output"][:, firm, :], 1)
    return Lines(
        key="product",
        firm=firm,
        code=code,
        flows={"quantity": quantity, "sold": np.floor(quantity * ratio).astype(np.int64)},
        levels={"price": _cents(price), "price_previous": _cents(_before(price))},
        hundredths=frozenset({"quantity", "sold", "price", "price_previous"}),
    )


def material_lines(firms: Firms, story: Story) -> Lines:
    """Quantity bought in the month and the price paid for up to two materials."""
    random = stream("materials")
    goods = sources.read_yaml("goods")["materials"]
    firm, code, base = _spread(firms, goods, random, most=2)
    price = _prices(firms, firm, code, base, random)
    part = random.uniform(0.12, 0.34, len(firm))[None, :, None]
    bought = np.floor(story.flows["output"][:, firm, :] * part * 1000 / price * 100).astype(np.int64)
    return Lines(
        key="material",
        firm=firm,
        code=code,
        levels={"purchased": bought, "price": _cents(price), "price_previous": _cents(_before(price))},
        hundredths=frozenset({"purchased", "price", "price_previous"}),
    )


def longest(table: dict[str, Any], industry: str) -> Any:
    """The entry for an industry class: of the class itself, its group or its division."""
    for length in (4, 3, 2):
        if industry[:length] in table:
            return table[industry[:length]]
    return None


def _spread(
    firms: Firms, goods: dict[str, dict[str, float]], random: np.random.Generator, most: int
) -> tuple[Ints, Texts, Floats]:
    firm, code, price = [], [], []
    for index, industry in enumerate(firms.industry):
        choices = list((longest(goods, industry) or {}).items())
        picks = random.permutation(len(choices))[:most]
        for pick in picks:
            name, cost = choices[int(pick)]
            firm.append(index)
            code.append(name)
            price.append(float(cost))
    return np.array(firm, np.int64), np.array(code, object), np.array(price)


def _prices(firms: Firms, firm: Ints, code: Texts, base: Floats, random: np.random.Generator) -> Floats:
    """Prices follow the industry's level, a wave common to the good, and the firm's own premium."""
    names = {name: place for place, name in enumerate(sorted(set(code)))}
    wave = np.cumsum(random.normal(0, 0.012, (len(names), YEARS * PARTS)), axis=1) * 0.6
    shared = np.exp(wave[[names[name] for name in code]]).reshape(len(code), YEARS, PARTS).transpose(1, 0, 2)
    own = np.exp(random.normal(0, 0.08, len(code)))[None, :, None]
    jitter = np.exp(random.standard_normal(shared.shape) * 0.006)
    result: Floats = base[None, :, None] * price_level(firms)[:, firm, None] * shared * own * jitter
    return result


def _before(price: Floats) -> Floats:
    """The price of the period before, the first one repeated."""
    flat = price.transpose(1, 0, 2).reshape(price.shape[1], -1)
    moved = np.concatenate([flat[:, :1], flat[:, :-1]], axis=1)
    result: Floats = moved.reshape(price.shape[1], YEARS, PARTS).transpose(1, 0, 2)
    return result


def _cents(price: Floats) -> Ints:
    return np.round(price * 100).astype(np.int64)
