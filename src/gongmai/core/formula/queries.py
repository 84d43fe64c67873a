"""Reading catalogues, vocabularies and the engine that evaluates a return.

>>> vocabulary = build_vocabulary(load_yaml(path_of_items)["items"], tables={"energy_lines": columns})
>>> rules = check_all(load_catalogue(path).formulas, vocabulary)
>>> row_evaluator().evaluate(rules, history, lines={"energy_lines": lines})
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any, cast

import jsonschema
import yaml
from django.conf import settings
from django.db.models import Count, Max, QuerySet

from gongmai.core.formula.models import RuleVersion
from gongmai.core.formula.ports import RowEvaluator
from gongmai.core.formula.rules.catalogue import (
    check_params,
    check_validity,
    fill_item,
    read_formulas,
    read_items,
    read_params,
    read_units,
    write_out,
)
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.rules.describe import LANGUAGES, Describer, Phrases
from gongmai.core.formula.rules.examples import run_examples
from gongmai.core.formula.rules.explain import Evaluate
from gongmai.core.formula.rules.explain import explain as rules_explain
from gongmai.core.formula.rules.staged import compile_grouped, compile_rows
from gongmai.core.formula.rules.versions import Approved
from gongmai.core.formula.types import (
    Checked,
    Explanation,
    Finding,
    Formula,
    FormulaError,
    Item,
    Mode,
    Param,
    Row,
    UnitEntry,
    Value,
    VersionState,
    View,
    Vocabulary,
)
from gongmai.core.ports import adapter

__all__ = [  # other modules reach the language through here
    "Catalogue",
    "RuleVersion",
    "approved_versions",
    "build_vocabulary",
    "check",
    "check_all",
    "compile_grouped",
    "compile_rows",
    "describe",
    "describers",
    "dimensions",
    "explain",
    "explain_with",
    "forget_stamps",
    "load_catalogue",
    "load_yaml",
    "missing_facts",
    "phrases",
    "row_evaluator",
    "stamp_of",
    "units",
    "versions_of",
]  # fmt: skip

DATA = Path(__file__).parent / "data"
STAMP_SECONDS = 1.0  # how long a process may not know of a version that another one approved
_stamps: dict[tuple[str, str], tuple[float, tuple[int, int]]] = {}


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
    return _catalogue(load_yaml(path))


def _catalogue(document: Mapping[str, Any]) -> Catalogue:
    return Catalogue(
        tuple(read_formulas(document.get("formulas", ()))), read_params(document.get("params", ()))
    )


def check_all(formulas: Sequence[Formula], vocabulary: Vocabulary) -> list[Checked]:
    """Check formulas in order; raise the first `FormulaError`."""
    return [check(formula, vocabulary) for formula in formulas]


def row_evaluator() -> RowEvaluator:
    """The engine that the settings name for evaluating one return."""
    return cast("RowEvaluator", adapter("row_evaluator"))


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """How the words of the language read in Chinese and English."""
    return cast("Phrases", load_yaml(DATA / "phrases.yaml"))


def describers(checked: Checked) -> Mapping[str, Describer]:
    """The wording of a formula's tree, by language code."""
    params = {param.code: param for param in checked.params}
    return {language: Describer(language, phrases(), units(), params) for language in LANGUAGES}


def describe(checked: Checked) -> Mapping[str, str]:
    """Return a formula in words, by language code."""
    return {language: words.text(checked.tree) for language, words in describers(checked).items()}


def explain(
    checked: Checked,
    rows: Sequence[Row],
    *,
    lines: Mapping[str, Sequence[Row]] | None = None,
    view: View = View.MONTH,
    at: date | None = None,
) -> Explanation:
    """Explain a row or lines formula on an enterprise's history (the latest row is judged)."""

    def evaluate(parts: Sequence[Checked]) -> Sequence[Value]:
        found = row_evaluator().evaluate(parts, rows, lines=lines, view=view, at=at)
        return [
            value[0] if isinstance(value, list) and value else None if isinstance(value, list) else value
            for value in found
        ]

    return explain_with(checked, evaluate, view)


def explain_with(checked: Checked, evaluate: Evaluate, view: View) -> Explanation:
    """Explain a formula with the values that an engine gives for its parts, also for a group."""
    return rules_explain(checked, evaluate, view, describers(checked))


def missing_facts(
    checked: Checked, rows: Sequence[Row], *, view: View = View.MONTH, at: date | None = None
) -> tuple[str, ...]:
    """Return the cell keys that keep a formula unknown on a return; empty when it has a value."""
    return explain(checked, rows, view=view, at=at).missing


def check_file(
    path: Path,
    vocabulary: Vocabulary,
    *,
    evaluator: RowEvaluator | None = None,
    item: str = "",
) -> list[Finding]:
    """Check a catalogue file: schema, dates, every formula, every worked example.

    Entries with `for_each` stand for one formula per item. A formula of any item (with {item} in its
    text) is checked for `item` and for the items that its examples name. The parameters of the file add
    to those of the vocabulary, and its row formulas may be named by others of the file. Returns
    findings, none when the file is good; `messages.word` words them.
    """
    document = _plain(load_yaml(path))
    if isinstance(document, dict) and isinstance(document.get("formulas"), list):
        try:
            document = {**document, "formulas": list(write_out(document["formulas"], vocabulary.items))}
        except FormulaError as error:
            return [Finding(error.code, "", error.params)]
    broken = _schema_findings(document)
    if broken:
        return broken
    catalogue = _catalogue(document)
    findings = check_validity(catalogue.formulas) + check_params(catalogue.params)
    full = extend_vocabulary(vocabulary, catalogue)
    for formula in catalogue.formulas:
        for filled in fill_item(formula, item):
            try:
                checked = check(filled, full)
            except FormulaError as error:
                findings.append(Finding(error.code, formula.code, error.params, error.position))
                continue
            findings += run_examples(checked, evaluator or row_evaluator())
    return findings


def extend_vocabulary(vocabulary: Vocabulary, catalogue: Catalogue) -> Vocabulary:
    """Add a catalogue's parameters and its row formulas, by code, to what may be named."""
    named = {
        formula.code: formula
        for formula in catalogue.formulas
        if formula.mode is Mode.ROW and formula.table is None and formula.code not in vocabulary.items
    }
    return replace(
        vocabulary,
        params={**vocabulary.params, **catalogue.params},
        definitions={**vocabulary.definitions, **named},
    )


def _schema_findings(document: Any) -> list[Finding]:
    schema = json.loads((DATA / "catalogue.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    return [
        Finding("schema", "", {"where": error.json_path, "what": error.message})
        for error in sorted(validator.iter_errors(document), key=lambda error: error.json_path)
    ]


def _plain(value: Any) -> Any:
    """Turn YAML dates into text, so that a schema can be applied."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def stamp_of(catalogue: str) -> tuple[int, int]:
    """Number and last of the approved versions of a catalogue: changes with every approval.

    What is built from the versions is kept under it, in every process; asked again after STAMP_SECONDS.
    """
    key = (str(settings.DATABASES["default"]["NAME"]), catalogue)
    asked, stamp = _stamps.get(key, (0.0, (0, 0)))
    now = monotonic()
    if not asked or now - asked > STAMP_SECONDS:
        found = RuleVersion.objects.filter(catalogue=catalogue, state=VersionState.APPROVED).aggregate(
            count=Count("pk"), last=Max("pk")
        )
        stamp = (found["count"], found["last"] or 0)
        _stamps[key] = (now, stamp)
    return stamp


def forget_stamps() -> None:
    """Ask anew: a version was approved here, or the database was exchanged."""
    _stamps.clear()


def approved_versions(catalogue: str, kind: str) -> list[Approved]:
    """The approved versions of a catalogue in the order of their approval."""
    rows = RuleVersion.objects.filter(catalogue=catalogue, kind=kind, state=VersionState.APPROVED)
    return [
        Approved(row.code, row.valid_from, row.entry)
        for row in rows.order_by("decided_at", "pk")
        if row.valid_from is not None
    ]


def versions_of(catalogue: str, code: str = "") -> QuerySet[RuleVersion]:
    """Every version written in the product, of one code or of all, the newest first."""
    rows = RuleVersion.objects.filter(catalogue=catalogue).order_by("-pk")
    return rows.filter(code=code) if code else rows
