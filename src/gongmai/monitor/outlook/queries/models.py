"""The catalogue of models."""

from functools import lru_cache
from pathlib import Path

import yaml

from gongmai.monitor.outlook.types import Model, Transform

_FILE = Path(__file__).parents[1] / "data" / "models.yaml"


@lru_cache(maxsize=1)
def models() -> tuple[Model, ...]:
    """The models in the order of the catalogue; the first is the seasonal naive that all are judged by."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["models"]
    return tuple(
        Model(e["code"], e["label"], e["method"], Transform(e["transform"]), e["combined"]) for e in entries
    )
