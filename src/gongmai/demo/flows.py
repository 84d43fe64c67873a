"""The monthly form: output, sales, exports, orders, stocks, electricity, investment, workforce."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.months import active, wound_up
from gongmai.demo.types import PARTS, YEARS, Firms, Floats, Ints, Story, stream

MONTHS_IN_PART = np.array([2.0] + [1.0] * (PARTS - 1))
SOLD = 0.985  # what is used up or written off never becomes sales


def tell_story(firms: Firms, shares: Floats, annual: Ints, workers: Ints) -> Story:
    """Every cell of the monthly form for every firm and period, whole numbers that add up."""
    story = Story(shares=shares, annual=annual)
    random = stream("flows")
    running = np.round(annual[:, :, None] * np.cumsum(shares, axis=2)).astype(np.int64)
    output = np.diff(running, axis=2, prepend=0)
    story.flows["output"] = output
    alive = active(firms)
    _sell(story, firms, random)
    _export(story, firms, random)
    _use_electricity(story, firms, random)
    _order(story, random)
    _invest(story, random)
    _employ(story, workers, random)
    for item in story.stocks:
        story.stocks[item][~alive] = 0
    # a few people stay to wind up a firm that no longer produces
    story.stocks["workforce"][wound_up(firms)] = 3
    return story


def _noise(random: np.random.Generator, shape: tuple[int, ...], spread: float) -> Floats:
    result: Floats = np.exp(random.standard_normal(shape) * spread)
    return result


def _sell(story: Story, firms: Firms, random: np.random.Generator) -> None:
    """Finished stock follows the usual month; sales are what is produced and not stocked."""
    output = story.flows["output"]
    usual = story.annual / np.maximum((output > 0) @ MONTHS_IN_PART, 1.0)
    days = np.exp(random.normal(np.log(0.32), 0.45, firms.count)).clip(0.05, 1.1)
    level = usual[:, :, None] * days[None, :, None] * _noise(random, output.shape, 0.09)
    stock = np.round(level).astype(np.int64)
    flat = stock.transpose(1, 0, 2).reshape(firms.count, -1)
    change = np.diff(flat, axis=1, prepend=flat[:, :1]).reshape(firms.count, YEARS, PARTS).transpose(1, 0, 2)
    sales = np.round(output * SOLD).astype(np.int64) - change
    # a month sells at least seven tenths of what it makes, and a stopped firm sells from stock
    lowest, highest = (output * 0.72).astype(np.int64), (output * 1.28).astype(np.int64)
    story.stocks["stock_value"] = stock
    story.flows["sales"] = np.where(output > 0, np.clip(sales, lowest, highest), 0)


def _export(story: Story, firms: Firms, random: np.random.Generator) -> None:
    sectors = sources.sectors()
    chance = np.array([sectors[code]["export"] for code in firms.division])
    exporter = random.random(firms.count) < chance
    share = np.where(exporter, random.beta(1.3, 2.2, firms.count), 0.0)
    part = np.clip(share[None, :, None] * _noise(random, story.flows["sales"].shape, 0.07), 0.0, 0.98)
    story.flows["exports"] = np.floor(story.flows["sales"] * part).astype(np.int64)


def _use_electricity(story: Story, firms: Firms, random: np.random.Generator) -> None:
    """In hundredths of 10,000 kWh; it follows output in constant prices."""
    sectors = sources.sectors()
    intensity = np.array([sectors[code]["energy"]["electricity"] for code in firms.division])
    own = np.exp(random.normal(0, 0.35, firms.count))
    spread = _noise(random, story.flows["output"].shape, 0.035)
    real = story.flows["output"] / price_level(firms)[:, :, None]
    used = real / 100_000 * (intensity * own)[None, :, None] * spread * 100
    floor = np.where(story.flows["output"] > 0, 3, 1)
    story.flows["electricity"] = np.maximum(np.round(used), floor).astype(np.int64)
    story.flows["electricity"][~active(firms)] = 0


def price_level(firms: Firms) -> Floats:
    """Prices of the industry by year, 2019 = 1 (years, firms)."""
    sectors = sources.sectors()
    level = np.ones((YEARS, firms.count))
    for year in range(1, YEARS):
        index = np.array([sectors[code]["ppi"][2019 + year] for code in firms.division])
        level[year] = level[year - 1] * index
    return level


def _order(story: Story, random: np.random.Generator) -> None:
    output, sales = story.flows["output"], story.flows["sales"]
    orders = np.round(output * _noise(random, output.shape, 0.13) * 1.01).astype(np.int64)
    share = story.flows["exports"] / np.maximum(sales, 1)
    story.flows["new_orders"] = orders
    story.flows["export_orders"] = np.floor(orders * share).astype(np.int64)
    months = np.exp(random.normal(np.log(1.3), 0.4, output.shape[1]))
    usual = story.annual[:, :, None] / 12 * months[None, :, None]
    story.stocks["orders_in_hand"] = np.round(usual * _noise(random, output.shape, 0.08)).astype(np.int64)


def _invest(story: Story, random: np.random.Generator) -> None:
    """One firm in eight renovates in a year, over a few months."""
    output = story.flows["output"]
    years, count, parts = output.shape
    renovates = random.random((years, count)) < 0.125
    budget = story.annual * np.exp(random.normal(np.log(0.03), 0.7, (years, count))) * renovates
    rhythm = random.random((years, count, parts)) ** 3
    spent = budget[:, :, None] * rhythm / rhythm.sum(axis=2, keepdims=True)
    story.flows["renovation_investment"] = np.where(output > 0, np.round(spent), 0).astype(np.int64)


def _employ(story: Story, workers: Ints, random: np.random.Generator) -> None:
    """Month-ends between the years' means, with a dip after the Spring Festival of 2020."""
    years, count, parts = story.flows["output"].shape
    nodes = np.arange(years) + 0.5
    grid = (np.arange(years * parts) + 0.5) / parts
    place = np.clip(np.searchsorted(nodes, grid) - 1, 0, years - 2)
    weight = np.clip(grid - nodes[place], 0.0, 1.0)
    path = workers[place] * (1 - weight)[:, None] + workers[place + 1] * weight[:, None]
    path = path.reshape(years, parts, count).transpose(0, 2, 1) * _noise(random, (years, count, parts), 0.012)
    path[1, :, 0] *= 0.93
    story.stocks["workforce"] = np.maximum(np.round(path), 5).astype(np.int64)
