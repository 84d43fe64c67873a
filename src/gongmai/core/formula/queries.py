"""Reading catalogues, vocabularies and the engine that evaluates a return.

>>> vocabulary = build_vocabulary(load_yaml(path_of_items)["items"], tables={"energy_lines": columns})
>>> rules = check_all(load_catalogue(path).formulas, vocabulary)
>>> row_evaluator().evaluate(rules, history, lines={"energy_lines": lines})
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from gongmai.core.formula.ports import RowEvaluator
from gongmai.core.formula.rules.catalogue import read_formulas, read_items, read_params, read_units
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.types import Checked, Formula, Item, Param, UnitEntry, Vocabulary
from gongmai.core.ports import adapter

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One catalogue file as read: its formulas in order and its parameters."""

    formulas: tuple[Formula, ...]
    params: Mapping[str, Param] = field(default_factory=dict)


def load_yaml(path: Path) -> Any:
    """Read a YAML file with plain values only."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def units() -> Mapping[str, UnitEntry]:
    """The table of units."""
    return read_units(load_yaml(DATA / "units.yaml"))


@lru_cache(maxsize=1)
def dimensions() -> Mapping[str, Item]:
    """What every formula may name beside the items: attributes of the enterprise and the calendar."""
    return read_items(load_yaml(DATA / "dimensions.yaml"))


def build_vocabulary(
    items: Iterable[Mapping[str, Any]],
    *,
    tables: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    params: Mapping[str, Param] | None = None,
    definitions: Mapping[str, Formula] | None = None,
) -> Vocabulary:
    """Build a vocabulary from entries of an item dictionary and of repeating tables.

    Entries have `code, label, kind` and, where they apply, `type, unit, options` (or `choices`).
    The dimensions are always part of it. `definitions` are formulas that others may name.
    """
    return Vocabulary(
        items={**dimensions(), **read_items(items)},
        tables={code: read_items(columns) for code, columns in (tables or {}).items()},
        params=params or {},
        definitions=definitions or {},
        units=units(),
    )


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue file: `formulas:` and `params:`; see `data/catalogue.schema.json`."""
    document = load_yaml(path)
    return Catalogue(
        tuple(read_formulas(document.get("formulas", ()))), read_params(document.get("params", ()))
    )


def check_all(formulas: Sequence[Formula], vocabulary: Vocabulary) -> list[Checked]:
    """Check formulas in order; raise the first `FormulaError`."""
    return [check(formula, vocabulary) for formula in formulas]


def row_evaluator() -> RowEvaluator:
    """The engine that the settings name for evaluating one return."""
    return cast("RowEvaluator", adapter("row_evaluator"))
