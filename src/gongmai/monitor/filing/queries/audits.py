"""The audits and roll-ups in force, checked once, and how they judge one return."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from gongmai.core.formula.queries import (
    approved_versions,
    build_vocabulary,
    check_all,
    row_evaluator,
    stamp_of,
)
from gongmai.core.formula.rules.catalogue import read_formulas, read_params, write_out
from gongmai.core.formula.rules.versions import lay_over, lay_values_over
from gongmai.core.formula.types import Checked, FormulaError, Vocabulary
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.forms import forms, items
from gongmai.monitor.filing.rules.audits import Audit, split_suggestions
from gongmai.monitor.filing.rules.locks import lock_columns
from gongmai.monitor.filing.types import CellValue, Form, Severity

CATALOGUE = "audits"
log = logging.getLogger(__name__)


def _read(name: str) -> Any:
    text = files("gongmai.monitor.filing").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@lru_cache(maxsize=1)
def audit_entries() -> tuple[dict[str, Any], ...]:
    """The catalogue's entries, written out for each item."""
    return tuple(write_out(_read("audits.yaml")["formulas"], vocabulary().items))


def locked_items() -> list[dict[str, Any]]:
    """`x_locked` and `x_ytd_locked` for every item with a base: what was filed a year ago."""
    found = []
    for entry in items().values():
        label = {language: f"{text} (t-1)" for language, text in entry["label"].items()}
        found += [
            {"code": code, "kind": "reference", "unit": entry.get("unit"), "label": label}
            for code, _, _ in lock_columns([entry])
        ]
    return found


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """What audits and roll-ups may name, with the parameters as the file has them; needs no database."""
    return _build_words(_read("parameters.yaml")["params"])


def _build_words(params: Sequence[Mapping[str, Any]]) -> Vocabulary:
    tables: dict[str, list[dict[str, Any]]] = {}
    for form in forms().values():
        for table in form.tables:
            key = {"code": table.key, "kind": "text", "label": {"zh-Hans": table.key, "en": table.key}}
            columns = [
                {"code": c.code, "kind": c.kind, "label": c.label, "unit": c.unit or None}
                for c in table.columns
            ]
            tables[table.code] = [key, *columns]
    return build_vocabulary(
        [*items().values(), *locked_items(), *_read("context.yaml")["items"]],
        tables=tables,
        params=read_params(params),
    )


def param_entries() -> list[dict[str, Any]]:
    """The parameters with all their dated values: those of the file and those approved in the product."""
    return lay_values_over(_read("parameters.yaml")["params"], approved_versions(CATALOGUE, "param"))


def vocabulary_now() -> Vocabulary:
    """What audits may name, with the values that were approved in the product."""
    return _words(*stamp_of(CATALOGUE))


@lru_cache(maxsize=4)
def _words(count: int, last: int) -> Vocabulary:
    del last
    return _build_words(param_entries()) if count else vocabulary()


def parameters_on(day: date) -> dict[str, float]:
    """The value of every parameter of the audits and of selective editing on a day."""
    return {code: param.on(day) for code, param in vocabulary_now().params.items()}


def entries_now() -> list[dict[str, Any]]:
    """The audits as catalogue entries: those of the file with the approved versions laid over them."""
    return lay_over(audit_entries(), approved_versions(CATALOGUE, "formula"))


def all_audits() -> tuple[Audit, ...]:
    """Every audit of every form and date, also those approved in the product.

    One of the file that does not check raises FormulaError; an approved version that no longer does (an item
    was taken away) is left out with a line in the log: a rule must not stop all returns.
    """
    return _audits(*stamp_of(CATALOGUE))


@lru_cache(maxsize=4)
def _audits(count: int, last: int) -> tuple[Audit, ...]:
    del last
    if not count:
        return file_audits()
    written, words = {version.code for version in approved_versions(CATALOGUE, "formula")}, vocabulary_now()
    found = []
    for entry in entries_now():
        try:
            found.append(build_audit(entry, words))
        except FormulaError:
            if entry["code"] not in written:
                raise
            log.exception("rule %s of %s does not check", entry["code"], entry["valid_from"])
    return tuple(found)


@lru_cache(maxsize=1)
def file_audits() -> tuple[Audit, ...]:
    """The audits as the file has them; needs no database."""
    return tuple(build_audit(entry, vocabulary()) for entry in audit_entries())


def build_audit(entry: Mapping[str, Any], words: Vocabulary) -> Audit:
    """An audit from a catalogue entry; FormulaError where it does not check."""
    (checked,) = check_all(read_formulas([entry]), words)
    suggestions = check_all(read_formulas(split_suggestions([entry])), words)
    return Audit(
        code=entry["code"],
        form=entry["form"],
        table=entry.get("table") or "",
        severity=Severity(entry["severity"]),
        cell=entry["cell"],
        shown=tuple(entry.get("shown", ())),
        label=entry["label"],
        message=entry["message"],
        advice=entry["advice"],
        checked=checked,
        suggest=suggestions[0] if suggestions else None,
    )


def audits_of(form: str, day: date) -> tuple[Audit, ...]:
    """The audits of a form in force on a day."""
    return _audits_of(form, day, stamp_of(CATALOGUE))


@lru_cache(maxsize=128)
def _audits_of(form: str, day: date, stamp: tuple[int, int]) -> tuple[Audit, ...]:
    return tuple(
        audit for audit in _audits(*stamp) if audit.form == form and audit.checked.formula.in_force(day)
    )


def audits_by_code() -> dict[str, Audit]:
    """Every audit by its code (the latest version of each)."""
    return _by_code(*stamp_of(CATALOGUE))


@lru_cache(maxsize=4)
def _by_code(count: int, last: int) -> dict[str, Audit]:
    return {audit.code: audit for audit in _audits(count, last)}


@lru_cache(maxsize=16)
def roll_ups_of(form: Form | str) -> tuple[tuple[str, int, Checked], ...]:
    """The computed head cells of a form: cell, decimals, formula."""
    code = form if isinstance(form, str) else form.code
    found = forms()[code]
    decimals = {column.code: column.decimals for column in found.computed}
    entries = [
        {
            "code": roll_up.cell, "label": table.label, "formula": roll_up.formula, "mode": "lines",
            "table": table.code, "valid_from": found.valid_from, "source": found.source,
        }
        for table in found.tables
        for roll_up in table.roll_ups
    ]  # fmt: skip
    checked = check_all(read_formulas(entries), vocabulary())
    return tuple((each.code, decimals.get(each.code.split("__")[0], 0), each) for each in checked)


def roll_up(
    form: str, period: Period, lines: Mapping[str, Sequence[Mapping[str, CellValue]]]
) -> dict[str, Any]:
    """The head cells that the lines give, unknown ones left out."""
    rules = roll_ups_of(form)
    if not rules or not any(lines.values()):
        return {}
    filled = {code: rows for code, rows in lines.items() if rows}
    wanted = [rule for rule in rules if rule[2].formula.table in filled]
    values = row_evaluator().evaluate([rule[2] for rule in wanted], [{"period": period.key}], lines=filled)
    found: dict[str, Any] = {}
    for (cell, places, _), value in zip(wanted, values, strict=True):
        if isinstance(value, int | float):
            found[cell] = round(float(value), places) if places else round(value)
    return found
