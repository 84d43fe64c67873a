import pytest
from tests.core.panel import memory

from gongmai.core.panel.queries import roster, vintages
from gongmai.core.ports import adapter


@pytest.fixture
def store(db, settings, tmp_path, monkeypatch):
    """An empty panel in a folder of its own, fed from memory."""
    settings.DATA_DIR = tmp_path
    settings.GONGMAI_ADAPTERS = {
        **settings.GONGMAI_ADAPTERS,
        "fact_source": "tests.core.panel.memory.MemorySource",
    }
    adapter.cache_clear()
    vintages.clear()
    monkeypatch.setattr(memory.STORE, "facts", [])
    monkeypatch.setattr(memory.STORE, "rosters", {})
    monkeypatch.setattr(memory.STORE, "parameters", {})
    monkeypatch.setattr(roster, "snapshot", memory.snapshot)
    monkeypatch.setattr(roster, "parameters", memory.parameters)
    yield memory.STORE
    adapter.cache_clear()
    vintages.clear()
