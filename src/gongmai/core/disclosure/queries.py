"""The parameters in force, and the patterns kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import cast

import yaml

from gongmai.core.disclosure.models import Pattern
from gongmai.core.disclosure.ports import Attacker, Suppressor
from gongmai.core.disclosure.types import Key, Parameters
from gongmai.core.ports import adapter

_FILE = Path(__file__).parent / "data" / "parameters.yaml"


@dataclass(frozen=True, slots=True)
class Kept:
    """What earlier publications of a subject and year hide; nothing at first."""

    hidden: frozenset[Key]
    rolled_up: bool
    vintages: frozenset[int]


@lru_cache(maxsize=1)
def _parameters() -> tuple[Parameters, ...]:
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["parameters"]
    return tuple(sorted((Parameters.read(entry) for entry in entries), key=lambda one: one.valid_from))


def parameters(on: date) -> Parameters:
    """The primary rules in force on a day; the first ones before their time."""
    in_force = [entry for entry in _parameters() if entry.valid_from <= on]
    return in_force[-1] if in_force else _parameters()[0]


def suppressor() -> Suppressor:
    """The solver that the settings name."""
    return cast("Suppressor", adapter("suppressor"))


def attacker() -> Attacker:
    """The attacker that the settings name."""
    return cast("Attacker", adapter("attacker"))


def kept(subject: str, year: int) -> Kept:
    """All that publications of the year hide so far: what was hidden once is not shown in the next."""
    rows = Pattern.objects.filter(subject=subject, year=year).values_list("vintage", "hidden", "rolled_up")
    return Kept(
        hidden=frozenset(read_key(text) for _vintage, hidden, _rolled in rows for text in hidden),
        rolled_up=any(rolled for _vintage, _hidden, rolled in rows),
        vintages=frozenset(vintage for vintage, _hidden, _rolled in rows),
    )


def subjects_kept(year: int) -> list[str]:
    """What readers outside the bureau have looked at so far in a year, the latest first."""
    rows = Pattern.objects.filter(year=year).values_list("subject", flat=True).order_by("-pk")
    return list(dict.fromkeys(rows))


def write_key(key: Key) -> str:
    """A cell's place as text."""
    return "|".join(f"{dimension}={code}" for dimension, code in key)


def read_key(text: str) -> Key:
    """The place of a cell out of its text."""
    pairs = (part.partition("=") for part in text.split("|") if part)
    return tuple((dimension, code) for dimension, _sign, code in pairs)


def write_keys(keys: Iterable[Key]) -> list[str]:
    """Places as text, in order."""
    return sorted(write_key(key) for key in keys)
