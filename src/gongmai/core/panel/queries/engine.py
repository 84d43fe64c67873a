"""Asking the panel: the engine by name, over the files of a vintage."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import pyarrow as pa

from gongmai.core.panel.ports import PanelEngine
from gongmai.core.panel.queries import vintages
from gongmai.core.panel.types import Layer
from gongmai.core.ports import adapter

RELATION = "panel"


def engine(name: str = "duckdb") -> PanelEngine:
    """The engine that the settings name: ``duckdb`` or ``spark``; KeyError for another name."""
    return cast("PanelEngine", adapter(f"panel_engine.{name}"))


def ask(
    sql: str,
    parameters: Sequence[Any] = (),
    *,
    vintage: int,
    periods: Iterable[int],
    engine_name: str = "duckdb",
    layer: Layer = Layer.REPORTED,
) -> pa.Table:
    """Run SQL over relation ``panel``: those periods of a vintage. NotPublished when it has none."""
    wanted = sorted(set(periods))
    files = vintages.paths(vintage, wanted, layer)
    if not files:
        raise vintages.NotPublished(vintage=vintage, period=wanted[-1] if wanted else None)
    return engine(engine_name).query(sql, parameters, sources={RELATION: files})
