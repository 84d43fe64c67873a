import pytest
from tests.core.panel import memory

from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries import roster, vintages
from gongmai.core.ports import adapter
from gongmai.core.registry.models import City
from gongmai.monitor.indicator.queries import kept

LAST, P = 202112, 202212

FIRMS = [
    {"id": 1, "region": "999901", "industry": "2011", "size": "L", "tags": "|giant|gazelle|"},
    {"id": 2, "region": "999901", "industry": "1311", "size": "S", "tags": "|gazelle|"},
    {"id": 3, "region": "999902", "industry": "2012", "size": "S", "tags": "|"},
    {"id": 4, "region": "999902", "industry": "3110", "size": "M", "tags": "|"},
    {"id": 5, "region": "999902", "industry": "3110", "size": "M", "tags": "|"},  # new, no base
]
# firm: cumulative output, its base as stated in 2022, what it filed in 2021
FIGURES = {
    1: (1100, 1000, 1000),
    2: (950, 900, 880),
    3: (300, 200, 200),
    4: (720, 800, 800),
    5: (130, None, None),
}


@pytest.fixture
def small_city(db, settings, tmp_path, monkeypatch):
    """A small city: firm 5 entered in 2022, firm 6 left after 2021, firm 2 restated its base."""
    settings.DATA_DIR = tmp_path
    settings.GONGMAI_ADAPTERS = {
        **settings.GONGMAI_ADAPTERS,
        "fact_source": "tests.core.panel.memory.MemorySource",
    }
    store = memory.STORE
    monkeypatch.setattr(store, "facts", [])
    monkeypatch.setattr(store, "rosters", {P: FIRMS, LAST: [*FIRMS[:4], {"id": 6, "region": "999901"}]})
    monkeypatch.setattr(
        store,
        "parameters",
        {P: {"va_rate": {"20": 0.22, "13": 0.2, "31": 0.18}, "ppi": {"20": 1.02, "13": 0.98, "31": 0.9}}},
    )
    monkeypatch.setattr(roster, "snapshot", memory.snapshot)
    monkeypatch.setattr(roster, "parameters", memory.parameters)
    for forget in (adapter.cache_clear, vintages.clear, kept.forget):
        forget()
    City.objects.create(
        code="999900",
        label_zh="示例市",
        label_en="Sample",
        settings={
            "groups": [
                {
                    "code": "leading",
                    "label": {"zh-Hans": "优势产业", "en": "Leading"},
                    "members": [
                        {"code": "wood", "label": {"zh-Hans": "木业", "en": "Wood"}, "industries": ["20"]},
                        {"code": "food", "label": {"zh-Hans": "食品", "en": "Food"}, "industries": ["13"]},
                    ],
                }
            ]
        },
    )
    for firm, (value, base, last) in FIGURES.items():
        store.file(
            P,
            firm,
            output=value // 10,
            output__ytd=value,
            output__base=base and base // 10,
            output__ytd_base=base,
        )
        if last is not None:
            store.file(LAST, firm, output=last // 10, output__ytd=last)
    store.file(LAST, 6, output=7, output__ytd=70)
    publish()
    yield store
    for forget in (adapter.cache_clear, vintages.clear, kept.forget):
        forget()
