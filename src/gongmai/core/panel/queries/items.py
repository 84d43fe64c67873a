"""The item dictionary, read once."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gongmai.core.panel import rules
from gongmai.core.panel.types import Column, PanelItem

_FILE = Path(__file__).parent.parent / "data" / "items.yaml"


@lru_cache(maxsize=1)
def entries() -> tuple[Mapping[str, Any], ...]:
    """The entries of the dictionary as written, for vocabularies of formulas."""
    return tuple(yaml.safe_load(_FILE.read_text(encoding="utf-8"))["items"])


@lru_cache(maxsize=1)
def items() -> tuple[PanelItem, ...]:
    """Every item that a return or a parameter can say, in the dictionary's order."""
    return tuple(
        PanelItem(
            code=entry["code"],
            kind=entry["kind"],
            label=entry["label"],
            form=entry.get("form", ""),
            unit=entry.get("unit", ""),
            decimals=entry.get("decimals", 0),
            source=entry.get("source", ""),
        )
        for entry in entries()
    )


@lru_cache(maxsize=1)
def columns() -> tuple[Column, ...]:
    """Every cell column of the panel."""
    return rules.compute_columns(items())


@lru_cache(maxsize=1)
def items_by_code() -> dict[str, PanelItem]:
    """The dictionary by code."""
    return {item.code: item for item in items()}


def label_of_cell(cell: str) -> dict[str, str]:
    """The label of the item that a cell belongs to."""
    item = items_by_code().get(cell.split("__", maxsplit=1)[0])
    return dict(item.label) if item else {"zh-Hans": cell, "en": cell}
