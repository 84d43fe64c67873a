"""The finance form: results from the start of the year and balances at the end of the period."""

from typing import Any

import numpy as np
import numpy.typing as npt

from gongmai.demo import sources
from gongmai.demo.flows import MONTHS_IN_PART
from gongmai.demo.types import Firms, Floats, Ints, Story, stream

OPEX = {"selling_expense": 0.22, "admin_expense": 0.22, "rd_expense": 0.11, "finance_expense": 0.07}
OPEX_SHARE = 0.62  # of the gross margin goes to expenses; the rest is profit
SURTAX, VAT, WAGE = 0.005, 0.024, 66.0  # wage: thousand yuan a year in 2019
INCOME_TAX = 0.15


def account(firms: Firms, story: Story, workers: Ints) -> None:
    """Add the items of the finance form to the story."""
    random = stream("finance")
    revenue = _revenue(firms, story, random)
    results = _results(firms, story, workers, revenue, random)
    for item, monthly in results.items():
        story.cumulative[item] = np.cumsum(monthly, axis=2)
    _close_results(story)
    _balances(firms, story, revenue, random)
    story.stocks["average_workers"] = np.maximum(
        np.round(_running_mean(story.stocks["workforce"])), 1
    ).astype(np.int64)


def _running_mean(level: Ints) -> Floats:
    """The mean of the month-ends of the year so far."""
    weighted = np.cumsum(level * MONTHS_IN_PART, axis=2)
    result: Floats = weighted / np.cumsum(MONTHS_IN_PART)
    return result


def _revenue(firms: Firms, story: Story, random: np.random.Generator) -> Ints:
    other = np.exp(random.normal(0.02, 0.05, firms.count)).clip(0.8, 1.35)
    spread = np.exp(random.standard_normal(story.flows["sales"].shape) * 0.015)
    result: Ints = np.round(story.flows["sales"] * other[None, :, None] * spread).astype(np.int64)
    return result


def _results(
    firms: Firms, story: Story, workers: Ints, revenue: Ints, random: np.random.Generator
) -> dict[str, Ints]:
    sectors = sources.sectors()
    years, count = len(revenue), firms.count
    normal = np.array([sectors[code]["cost"] for code in firms.division])
    own = random.normal(0, 0.028, count)[None, :] + random.normal(0, 0.012, (years, count))
    # the epidemic year earned well after spring; dear materials cost margin in 2021 and 2022
    tide = np.array([0.0, -0.006, 0.002, 0.004, -0.002])[:, None]
    ratio = np.clip(normal[None, :] + own * (1.6 - normal[None, :]) + tide, 0.3, 1.06)[:, :, None]
    wobble = random.standard_normal(revenue.shape) * 0.009
    rows: dict[str, npt.NDArray[np.floating[Any]]] = {
        "revenue": revenue.astype(np.float64),
        "cost": revenue * np.clip(ratio + wobble, 0.28, 1.08),
    }
    margin = OPEX_SHARE * (1 - normal)
    total = sum(OPEX.values())
    steady = story.annual[:, :, None] * story.shares * 0.6 + revenue * 0.4
    for item, weight in OPEX.items():
        habit = np.exp(random.normal(0, 0.35, count))
        rows[item] = steady * (margin * weight / total * habit)[None, :, None]
    rows["surtax"] = revenue * SURTAX * np.exp(random.normal(0, 0.3, count))[None, :, None]
    rows["interest_expense"] = rows["finance_expense"] * random.uniform(0.6, 0.98, count)[None, :, None]
    lucky = (random.random((years, count)) < 0.04)[:, :, None]
    rows["investment_income"] = revenue * lucky * 0.004
    rows["other_income"] = revenue * np.abs(random.standard_normal(revenue.shape)) * 0.0015
    rows["other_expense"] = revenue * np.abs(random.standard_normal(revenue.shape)) * 0.0009
    wages = WAGE * 1.06 ** np.arange(years)[:, None] * np.exp(random.normal(0, 0.16, count))[None, :]
    rows["payroll"] = (workers * wages / 12)[:, :, None] * MONTHS_IN_PART * (revenue > 0)
    rows["vat"] = revenue * VAT * np.exp(random.normal(0, 0.35, count))[None, :, None]
    return {item: np.round(values).astype(np.int64) for item, values in rows.items()}


def _close_results(story: Story) -> None:
    """Operating profit, total profit and income tax follow from the rest."""
    book = story.cumulative
    spent = sum(book[item] for item in ("cost", "surtax", *OPEX))
    book["operating_profit"] = book["revenue"] - spent + book["investment_income"]
    book["profit"] = book["operating_profit"] + book["other_income"] - book["other_expense"]
    book["income_tax"] = np.round(np.maximum(book["profit"], 0) * INCOME_TAX).astype(np.int64)


def _balances(firms: Firms, story: Story, revenue: Ints, random: np.random.Generator) -> None:
    shape = revenue.shape
    yearly = np.maximum(revenue.sum(axis=2), 1)
    # a slow measure of the firm's size: assets do not jump with a month
    size = (yearly * 0.6 + np.maximum(yearly.mean(axis=0), 1.0)[None, :] * 0.4)[:, :, None]
    month = size / 12

    def around(mean: float, own: float, wobble: float) -> Floats:
        firm = np.exp(random.normal(np.log(mean), own, firms.count))
        result: Floats = firm[None, :, None] * np.exp(random.standard_normal(shape) * wobble)
        return result

    stocks = story.stocks
    finished = stocks["stock_value"]
    inventory = finished + np.round(month * around(0.55, 0.4, 0.06)).astype(np.int64)
    receivables = np.round(np.minimum(month * around(0.95, 0.5, 0.07), month * 4)).astype(np.int64)
    money = np.round(month * around(1.1, 0.5, 0.08)).astype(np.int64)
    current = inventory + receivables + money
    fixed = np.round(size * around(0.33, 0.45, 0.01)).astype(np.int64)
    total = current + fixed
    leverage = np.clip(random.normal(0.55, 0.16, firms.count), 0.08, 1.08)[None, :, None]
    debt = np.round(total * leverage * np.exp(random.standard_normal(shape) * 0.012)).astype(np.int64)
    stocks["finished_goods"] = finished
    stocks["inventory"] = inventory
    stocks["receivables"] = receivables
    stocks["current_assets"] = current
    stocks["total_assets"] = total
    stocks["total_liabilities"] = debt
    stocks["equity"] = total - debt
