"""A small city with a history: three years and four months of output of twelve firms."""

import numpy as np
import pytest

from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries import roster, vintages
from gongmai.core.period.types import Period, periods_between
from gongmai.core.ports import adapter
from gongmai.core.registry.models import City
from gongmai.monitor.indicator.queries import kept
from tests.core.panel import memory

FIRST, LAST = Period(2020, 2), Period(2023, 5)
COUNTIES, INDUSTRIES = ("999901", "999902"), ("2011", "1311", "3110")
FIRMS = [
    {
        "id": number,
        "region": COUNTIES[number % 2],
        "industry": INDUSTRIES[number % 3],
        "size": "S",
        "tags": "|",
    }
    for number in range(1, 13)
]


def draw_outputs() -> dict[int, dict[int, int]]:
    """Output by firm and period key, from the year before the first filing on: growth, season, noise."""
    random = np.random.default_rng(11)
    found: dict[int, dict[int, int]] = {}
    for firm in FIRMS:
        level, growth = 1000 * int(firm["id"]), random.uniform(0.0, 0.01)
        found[int(firm["id"])] = {}
        for step, period in enumerate(periods_between(Period(FIRST.year - 1, FIRST.month), LAST)):
            season = 1.6 if period.is_merged else 1 + 0.15 * np.sin(period.month)
            value = level * (1 + growth) ** step * season * np.exp(random.normal(0, 0.04))
            found[int(firm["id"])][period.key] = round(value)
    return found


def file_history(store, outputs) -> None:
    """File each firm's returns: month, since January, and both of last year."""
    for firm, figures in outputs.items():
        sums: dict[int, int] = {}
        for key, value in figures.items():
            before = 0 if key % 100 == 2 else sums[key - 1]
            sums[key] = before + value
            if key < FIRST.key:
                continue
            merged = key % 100 == 2
            store.file(
                key,
                firm,
                output=None if merged else value,
                sales__ytd=sums[key],
                sales=None if merged else value,
                output__ytd=sums[key],
                output__base=None if merged else figures[key - 100],
                output__ytd_base=sums[key - 100],
            )
            store.file(key, firm, form="finance", profit__ytd=sums[key] // 10)


@pytest.fixture
def monthly_city(db, settings, tmp_path, monkeypatch):
    """The small city, published; gives its outputs by firm and period."""
    settings.DATA_DIR = tmp_path
    settings.GONGMAI_ADAPTERS = {
        **settings.GONGMAI_ADAPTERS,
        "fact_source": "tests.core.panel.memory.MemorySource",
    }
    keys = [period.key for period in periods_between(FIRST, LAST)]
    monkeypatch.setattr(memory.STORE, "facts", [])
    monkeypatch.setattr(memory.STORE, "rosters", dict.fromkeys(keys, FIRMS))
    monkeypatch.setattr(memory.STORE, "parameters", {})
    monkeypatch.setattr(roster, "snapshot", memory.snapshot)
    monkeypatch.setattr(roster, "parameters", memory.parameters)
    for forget in (adapter.cache_clear, vintages.clear, kept.forget):
        forget()
    City.objects.create(code="999900", label_zh="示例市", label_en="Sample", settings={})
    outputs = draw_outputs()
    file_history(memory.STORE, outputs)
    publish()
    yield outputs
    for forget in (adapter.cache_clear, vintages.clear, kept.forget):
        forget()
