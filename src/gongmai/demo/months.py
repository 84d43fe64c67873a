"""How a year's output spreads over its eleven periods."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.types import FIRST_YEAR, NEVER, PARTS, YEARS, Bools, Firms, Floats, stream


def draw_shares(firms: Firms) -> Floats:
    """Shares of the year (years, firms, parts) that add up to one where the firm produced, else to zero."""
    random = stream("months")
    shares = typical_shares(firms)
    habit = np.exp(random.normal(0, 0.05, (firms.count, PARTS)))
    spread = random.uniform(0.03, 0.08, firms.count)
    noise = np.exp(random.standard_normal((YEARS, firms.count, PARTS)) * spread[:, None])
    # a year rises or falls through its months in a way of its own
    slope = np.exp(random.normal(0, 0.012, (YEARS, firms.count))[:, :, None] * (np.arange(PARTS) - 5))
    shares = shares * habit * noise * slope
    shares[_stopped(firms, random)] = 0.0
    total = shares.sum(axis=2, keepdims=True)
    result: Floats = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return result


def typical_shares(firms: Firms) -> Floats:
    """The season of the industry times the city's course of the year, zero before the firm's start."""
    sectors, tables = sources.sectors(), sources.read_yaml("sectors")
    season = np.array([tables["seasons"][sectors[code]["season"]] for code in firms.division])
    course = np.array([tables["course"][FIRST_YEAR + year] for year in range(YEARS)])
    shares: Floats = season[None, :, :] * course[:, None, :]
    return shares * active(firms)


def active(firms: Firms) -> Bools:
    """Which firm produces in which period at all: from its start to its end (years, firms, parts)."""
    index = np.arange(YEARS * PARTS).reshape(YEARS, 1, PARTS)
    started: Bools = index >= firms.start[None, :, None]
    return started & ~wound_up(firms)


def wound_up(firms: Firms) -> Bools:
    """Which firm has ended: who is struck off stops in the period of its last return."""
    index = np.arange(YEARS * PARTS).reshape(YEARS, 1, PARTS)
    dead = (firms.exit != NEVER) & np.isin(firms.exit_type, ["bankrupt", "deregistered"])
    result: Bools = dead[None, :, None] & (index >= firms.exit[None, :, None])
    return result


def _stopped(firms: Firms, random: np.random.Generator) -> Bools:
    """Stops of one to three periods, mostly of small firms."""
    stopped = np.zeros((YEARS, firms.count, PARTS), np.bool_)
    likely = np.where(firms.raw < 60_000, 0.05, np.where(firms.raw < 300_000, 0.012, 0.0))
    for year in range(YEARS):
        who = np.flatnonzero(random.random(firms.count) < likely)
        first = random.integers(0, PARTS - 1, len(who))
        length = random.integers(1, 4, len(who))
        for firm, begin, count in zip(who, first, length, strict=True):
            stopped[year, firm, begin : begin + count] = True
    return stopped
