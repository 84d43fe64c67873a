"""The dated parameters of nowcasting: data/nowcast.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parents[1] / "data" / "nowcast.yaml"


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the estimate in words."""

    code: str
    label: Mapping[str, str]
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Definition:
    """How resumption and production rates are defined: share of the base, month of the base, source."""

    valid_from: date
    source: str
    threshold: float
    base_month: int
    about: Mapping[str, str]


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The file as it is."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def parameters(on: date) -> dict[str, Any]:
    """The constants in force on a day; the first ones before their time."""
    return _in_force(document()["parameters"], on)


def inputs() -> tuple[Input, ...]:
    """The inputs in the order in which estimates are kept; the last is the naive one."""
    return tuple(Input(each["code"], each["label"], each["about"]) for each in document()["inputs"])


def definition(on: date) -> Definition:
    """The definition of resumption in force on a day."""
    return Definition(**_in_force(document()["resumption"], on))


def _in_force(entries: list[dict[str, Any]], on: date) -> dict[str, Any]:
    valid = [entry for entry in entries if entry["valid_from"] <= on]
    return max(valid, key=lambda entry: entry["valid_from"]) if valid else entries[0]
