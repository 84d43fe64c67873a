"""A small panel with planted events: what is really wrong is known, so that triggers can be judged."""

import math
import random

import pytest

from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries import roster, vintages
from gongmai.core.period.types import Period
from gongmai.core.ports import adapter
from gongmai.core.registry.models import City, Enterprise
from gongmai.monitor.indicator.queries import kept
from tests.core.panel import memory

FIRMS = 60
FIRST, LAST = Period(2020, 2), Period(2022, 12)
STOP, SLOW, SLIP = (7, 23), (12, 41), (30, 55)
STOPPED_IN, SLOWING_FROM = Period(2022, 11), Period(2022, 7)


def seasonal(period: Period) -> float:
    """The season that all firms share: strong, so that comparing with the month before misleads."""
    return 1 + 0.35 * math.sin(2 * math.pi * period.month / 12) + (1.0 if period.is_merged else 0.0)


def output_of(firm: int, period: Period, noise: random.Random) -> int:
    """A firm's figure: its size, growth, season and noise, and what is planted in it."""
    wobble = 0.04 + 0.12 * (firm % 5) / 4  # some firms are steady, others are not
    level = 2_000 * (1 + firm % 17) * 1.05 ** (period.year - 2020) * seasonal(period)
    value = level * math.exp(noise.gauss(0, wobble))
    if firm in STOP and period >= STOPPED_IN:
        return 0
    if firm in SLOW and period >= SLOWING_FROM:
        value *= 0.9 ** (period.index - SLOWING_FROM.index + 1)
    if firm in SLIP and period == LAST:
        value *= 10
    return round(value)


def history(seed: int = 4) -> dict[tuple[int, Period], dict[str, float]]:
    """Every firm's cells of every period, with the base and the cumulative figures that follow from them."""
    noise = random.Random(seed)
    raw: dict[tuple[int, Period], int] = {}
    cells: dict[tuple[int, Period], dict[str, float]] = {}
    for firm in range(1, FIRMS + 1):
        for index in range(FIRST.index, LAST.index + 1):
            period = Period.from_index(index)
            raw[firm, period] = output_of(firm, period, noise)
            year = [raw[firm, Period(period.year, month)] for month in range(2, period.month + 1)]
            ago = [raw.get((firm, Period(period.year - 1, month))) for month in range(2, period.month + 1)]
            power = 0.0 if firm in STOP and period >= STOPPED_IN else round(raw[firm, period] / 90, 2)
            found: dict[str, float] = {"output__ytd": sum(year)}
            if None not in ago:
                found["output__ytd_base"] = sum(ago)
            if period.is_merged:
                found["electricity__ytd"] = power
            else:
                found |= {"output": raw[firm, period], "electricity": power}
                if ago[-1] is not None:
                    found["output__base"] = ago[-1]
            cells[firm, period] = found
    return cells


@pytest.fixture
def planted_city(db, settings, tmp_path, monkeypatch):
    """The panel of sixty firms in three counties; everything up to the last period is published."""
    settings.DATA_DIR = tmp_path
    settings.GONGMAI_ADAPTERS = {
        **settings.GONGMAI_ADAPTERS,
        "fact_source": "tests.core.panel.memory.MemorySource",
    }
    store = memory.STORE
    firms = [{"id": n, "region": f"99990{1 + n % 3}", "unit": f"u{1 + n % 3}"} for n in range(1, FIRMS + 1)]
    cells = history()
    periods = sorted({period for _firm, period in cells})
    monkeypatch.setattr(store, "facts", [])
    monkeypatch.setattr(store, "rosters", {period.key: firms for period in periods})
    monkeypatch.setattr(store, "parameters", {})
    monkeypatch.setattr(roster, "snapshot", memory.snapshot)
    monkeypatch.setattr(roster, "parameters", memory.parameters)
    for forget in (adapter.cache_clear, vintages.clear, kept.forget):
        forget()
    City.objects.create(code="999900", label_zh="示例市", label_en="Sample", settings={})
    Enterprise.objects.bulk_create(
        Enterprise(
            pk=one["id"], credit_code=f"91{one['id']:016d}", name=f"Firm {one['id']}", region=one["region"],
            unit=one["unit"], industry="2011",
        )
        for one in firms
    )  # fmt: skip
    for (firm, period), row in cells.items():
        store.file(period.key, firm, **row)
    publish()
    yield store
    for forget in (adapter.cache_clear, vintages.clear, kept.forget):
        forget()
