"""The small tables that the generator starts from."""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data"


@lru_cache
def read_yaml(name: str) -> dict[Any, Any]:
    """One YAML table of data/."""
    content: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return content


@lru_cache
def read_csv(name: str) -> list[dict[str, str]]:
    """One CSV table of data/."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def sectors() -> dict[str, dict[str, Any]]:
    """The industry divisions, by two-digit code."""
    divisions: dict[str, dict[str, Any]] = read_yaml("sectors")["divisions"]
    return divisions


def leading_industries() -> tuple[str, ...]:
    """The codes, of any level, that the city counts as its leading industries."""
    members = read_yaml("city")["groups"][0]["members"]
    return tuple(code for member in members for code in member["industries"])
