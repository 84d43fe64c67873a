"""Checking what an officer wrote, by the same fence, parser and checks as the catalogue files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from gongmai.core.formula.queries import RuleVersion, describe, row_evaluator
from gongmai.core.formula.rules.catalogue import read_formulas
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.rules.examples import run_examples
from gongmai.core.formula.types import Finding, Formula, FormulaError, Param, View, Vocabulary
from gongmai.monitor.filing.queries.audits import all_audits, build_audit, vocabulary_now
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.rules.audits import PREVIOUS, Audit
from gongmai.monitor.filing.types import Severity

LANGUAGES = ("zh-Hans", "en")


def check_version(version: RuleVersion) -> list[Finding]:
    """What is wrong with a version; nothing for one that ends its rule."""
    if version.kind == "param":
        return check_value(version.code, version.entry)
    if not version.entry:
        return []
    return check_rule(version.code, version.entry, version.valid_from)


def check_value(code: str, entry: Mapping[str, Any]) -> list[Finding]:
    """A parameter's value must be a finite number of a known parameter."""
    if code not in vocabulary_now().params:
        return [Finding("unknown_param", code, {"param": code})]
    value = entry.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e12:  # noqa: PLR2004
        return [Finding("param_without_value", code)]
    return []


def check_rule(code: str, entry: Mapping[str, Any], valid_from: date | None) -> list[Finding]:
    """All that is wrong with a rule: boxes, formula, suggestion, examples."""
    words = vocabulary_now()
    found = _boxes(code, entry)
    if "formula" not in entry:
        return [*found, Finding("empty", code, position=0)]
    if found:
        return [*found, *check_text(entry.get("formula", ""), entry, words)]
    dated = {**entry, "code": code, "valid_from": valid_from or date(2020, 1, 1), "valid_to": None}
    try:
        audit = build_audit(dated, words)
    except FormulaError as error:
        return [Finding(error.code, code, error.params, error.position)]
    if audit.checked.type != "boolean":
        found.append(Finding("type", code, {"expected": "condition", "found": audit.checked.type}, 0))
        return found
    found += [
        Finding("param_not_in_force", code, {"param": param.code, "day": str(valid_from)})
        for param in audit.checked.params
        if not _has_value(param, valid_from)
    ]
    if not found:
        found += run_examples(audit.checked, row_evaluator())
    if not any(example.get("expect") is True or _fires(example) for example in entry.get("examples", ())):
        found.append(Finding("example_missing", code))
    return found


def _fires(example: Mapping[str, Any]) -> bool:
    expected = example.get("expect")
    return isinstance(expected, list) and True in expected


def _has_value(param: Param, day: date | None) -> bool:
    try:
        param.on(day or date.max)
    except FormulaError:
        return False
    return True


def check_text(text: str, entry: Mapping[str, Any], words: Vocabulary | None = None) -> list[Finding]:
    """What is wrong with the text of a formula alone, while it is being typed."""
    formula = Formula("typed", {}, text, table=entry.get("table") or None)
    try:
        check(formula, words or vocabulary_now())
    except FormulaError as error:
        return [Finding(error.code, "", error.params, error.position)]
    return []


def words_of(text: str, table: str = "") -> dict[str, str]:
    """A formula that checks in words, as `zh` and `en`; nothing for one that does not."""
    try:
        said = describe(check(Formula("typed", {}, text, table=table or None), vocabulary_now()))
    except FormulaError:
        return {}
    return {"zh": said["zh-Hans"], "en": said["en"]}


def _boxes(code: str, entry: Mapping[str, Any]) -> list[Finding]:
    found = [
        Finding("no_label", code, {"language": language})
        for name in ("label", "message", "advice")
        for language in LANGUAGES
        if not (entry.get(name) or {}).get(language)
    ]
    if not entry.get("source"):
        found.append(Finding("no_source", code))
    if entry.get("form") not in forms():
        return [*found, Finding("unknown_form", code, {"form": entry.get("form", "")})]
    if entry.get("severity") not in {severity.value for severity in Severity}:
        found.append(Finding("unknown_severity", code))
    known = known_cells(entry["form"], entry.get("table") or "")
    found += [
        Finding("unknown_cell", code, {"cell": cell})
        for cell in [entry.get("cell", ""), *entry.get("shown", ())]
        if str(cell).removeprefix(PREVIOUS) not in known
    ]
    return found


def known_cells(form: str, table: str) -> set[str]:
    """What a finding may point at: boxes, computed boxes, tables, joined figures, what present rules show."""
    shape = forms()[form]
    every = {cell.key for each in forms().values() for cell in each.cells}
    computed = {cell for each in forms().values() for cell in each.computed_cells}
    columns = {cell.key for each in shape.tables if each.code == table for cell in each.cells}
    keys = {each.key for each in shape.tables}
    shown = {cell.removeprefix(PREVIOUS) for audit in all_audits() for cell in (audit.cell, *audit.shown)}
    return every | computed | columns | keys | shown | {each.code for each in shape.tables}


def candidate_of(version: RuleVersion) -> list[tuple[Audit | None, Audit | None]]:
    """Pairs (present, candidate) that a version would make differ: one rule, or all that read a parameter."""
    if version.kind == "param":
        return _with_value(version.code, float(version.entry.get("value", 0)))
    present = present_audit(version.code, version.valid_from)
    if not version.entry:
        return [(present, None)]
    dated = {**version.entry, "code": version.code, "valid_from": date(2000, 1, 1), "valid_to": None}
    return [(present, build_audit(dated, vocabulary_now()))]


def present_audit(code: str, day: date | None = None) -> Audit | None:
    """The version of a rule in force on a day, else its latest, else None."""
    versions = [audit for audit in all_audits() if audit.code == code]
    held = [audit for audit in versions if day is not None and audit.checked.formula.in_force(day)]
    return (held or versions)[-1] if versions else None


def _with_value(code: str, value: float) -> list[tuple[Audit | None, Audit | None]]:
    return [
        (audit, with_value(audit, code, value))
        for audit in all_audits()
        if any(param.code == code for param in audit.checked.params)
        and audit.checked.formula.valid_to is None
    ]


def with_value(audit: Audit, code: str, value: float) -> Audit:
    """An audit as it would be with another value of a parameter, for all days."""
    params = tuple(
        replace(param, values=(replace(param.values[0], value=value, valid_from=date.min, valid_to=None),))
        if param.code == code
        else param
        for param in audit.checked.params
    )
    return replace(audit, checked=replace(audit.checked, params=params))


def columns_of(audit: Audit) -> list[str]:
    """The cells that an audit reads."""
    return sorted(audit.checked.columns(View.MONTH))


def example_formula(entry: Mapping[str, Any]) -> Formula:
    """The formula of an entry, for showing it."""
    (formula,) = read_formulas([{**entry, "code": entry.get("code", "x")}])
    return formula
