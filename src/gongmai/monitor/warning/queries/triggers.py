"""The catalogue of triggers and the parameters of a warning's life, as of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gongmai.core.formula.queries import build_vocabulary
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.types import Checked, Formula
from gongmai.core.panel.queries.items import entries
from gongmai.monitor.warning.rules.writing import formulas_of
from gongmai.monitor.warning.types import Colour, Level, Life, Method, State, Step, Trigger, WarningRefused

_DATA = Path(__file__).parent.parent / "data"
WEIGHT = "usual_output"
ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every version of every trigger, and what their formulas may name."""

    triggers: tuple[Trigger, ...]
    definitions: tuple[Formula, ...]
    weight: str
    errors: int  # errors that the interval of a firm rests on
    complete: float  # share of the roster that must have reported before groups are judged


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The file data/triggers.yaml."""
    document = _read("triggers.yaml")
    definitions = tuple(Formula(e["code"], {}, e["formula"]) for e in document["definitions"])
    triggers = tuple(_trigger(entry) for entry in document["triggers"])
    return Catalogue(
        triggers,
        definitions,
        document["weight"],
        int(document["breach"]["errors"]),
        float(document["complete"]),
    )


def triggers_on(day: date) -> list[Trigger]:
    """The triggers in force on a day, in the order of the file."""
    return [one for one in catalogue().triggers if one.in_force(day)]


def trigger_of(code: str) -> Trigger:
    """The last version of a trigger. Raises WarningRefused `unknown_trigger`."""
    for one in reversed(catalogue().triggers):
        if one.code == code:
            return one
    raise WarningRefused("unknown_trigger", trigger=code)


def checked(day: date, method: Method) -> list[Checked]:
    """The formulas of the firm triggers of a kind in force on a day, and the weight, checked.

    Raises FormulaError for a formula that does not hold.
    """
    found = catalogue()
    own = [trigger for trigger in triggers_on(day) if trigger.method is method]
    formulas = [formula for trigger in own for formula in formulas_of(trigger)]
    if method is Method.BREACH:
        formulas += [Formula(f"{t.code}__{ENOUGH}", t.label, t.where) for t in own if t.where]
    formulas.append(Formula(WEIGHT, {}, found.weight))
    named = {formula.code: formula for formula in (*found.definitions, *formulas)}
    words = build_vocabulary(entries(), definitions=named)
    return [check(formula, words) for formula in formulas]


@lru_cache(maxsize=8)
def life_on(day: date) -> Life:
    """The deadlines and limits in force on a day."""
    rows = [entry for entry in _read("life.yaml")["life"] if entry["valid_from"] <= day]
    if not rows:
        raise WarningRefused("no_life", day=day.isoformat())
    entry = max(rows, key=lambda row: row["valid_from"])
    return Life(
        deadlines={State(state): int(days) for state, days in entry["deadlines"].items()},
        reopen_within=int(entry["reopen_within"]),
        severity={Colour[name.upper()]: float(weight) for name, weight in entry["severity"].items()},
        source=entry["source"],
    )


def _trigger(entry: Mapping[str, Any]) -> Trigger:
    plain = {
        name: entry[name]
        for name in ("where", "view", "against_whole", "form", "cell", "valid_to")
        if name in entry
    }
    return Trigger(
        code=entry["code"],
        label=entry["label"],
        about=entry["about"],
        level=Level(entry["level"]),
        method=Method(entry["method"]),
        value=entry["value"],
        shape=entry["shape"],
        valid_from=entry["valid_from"],
        source=entry["source"],
        steps=tuple(
            Step(
                Colour[step["colour"].upper()],
                step.get("below"),
                step.get("above"),
                int(step.get("months", 1)),
                step.get("condition", ""),
                step.get("label", {}),
            )
            for step in entry["colours"]
        ),
        **plain,
    )


def _read(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
