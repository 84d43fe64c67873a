"""Catalogue documents: from parsed YAML to items, parameters and formulas, with the file checks.

A catalogue file has `formulas:` and, where it needs them, `params:`. Its JSON Schema is
`data/catalogue.schema.json`. Pure: `queries.py` reads the files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from gongmai.core.formula.types import (
    DatedValue,
    Finding,
    Formula,
    FormulaError,
    Item,
    Kind,
    Mode,
    Param,
    UnitEntry,
)

ITEM = "{item}"
_OWN = {
    "code", "label", "formula", "mode", "table", "unit", "valid_from", "valid_to", "source", "severity",
    "params", "examples",
}  # fmt: skip
_TEXT_KINDS = {Kind.CHOICE, Kind.TEXT}


def read_units(entries: Iterable[Mapping[str, Any]]) -> dict[str, UnitEntry]:
    """Read the table of units; each is found by its code and by its Chinese name."""
    table: dict[str, UnitEntry] = {}
    for entry in entries:
        unit = UnitEntry(entry["code"], entry["dimension"], Fraction(str(entry["scale"])), entry["label"])
        table[unit.code] = unit
        table.setdefault(entry["label"]["zh-Hans"], unit)
    return table


def read_items(entries: Iterable[Mapping[str, Any]]) -> dict[str, Item]:
    """Read items of a dictionary, columns of a repeating table, or dimensions."""
    return {entry["code"]: _item(entry) for entry in entries}


def read_params(entries: Iterable[Mapping[str, Any]]) -> dict[str, Param]:
    """Read dated parameters."""
    return {
        entry["code"]: Param(
            entry["code"],
            entry["label"],
            tuple(
                DatedValue(
                    float(value["value"]), _day(value["valid_from"]) or date.min, _day(value.get("valid_to"))
                )
                for value in entry["values"]
            ),
            entry.get("unit"),
            entry.get("source", ""),
        )
        for entry in entries
    }


def read_formulas(entries: Iterable[Mapping[str, Any]]) -> list[Formula]:
    """Read formulas in the order of the file; keys that are not the language's go to `extra`."""
    return [_formula(entry) for entry in entries]


def write_out(entries: Iterable[Any], items: Mapping[str, Item]) -> Iterator[Any]:
    """Yield each entry as it stands, or once for each item of its `for_each` with {item}, {label} put in."""
    for entry in entries:
        if not isinstance(entry, Mapping) or "for_each" not in entry:
            yield entry
            continue
        plain = {key: value for key, value in entry.items() if key != "for_each"}
        for code in entry["for_each"]:
            if code not in items:
                raise FormulaError("unknown_item", item=code)
            yield _put_in(plain, items[code], "en")


def fill_item(formula: Formula, default: str) -> list[Formula]:
    """Fill {item} in a formula of any item: by the default, and by the items that its examples name."""
    if ITEM not in formula.text:
        return [formula]
    wanted = dict.fromkeys([default, *(str(example.get("item", default)) for example in formula.examples)])
    return [
        replace(
            formula,
            text=formula.text.replace(ITEM, item),
            examples=tuple(each for each in formula.examples if each.get("item", default) == item),
        )
        for item in wanted
    ]


def _put_in(value: Any, item: Item, language: str) -> Any:
    if isinstance(value, str):
        return value.replace(ITEM, item.code).replace("{label}", item.label.get(language, item.code))
    if isinstance(value, Mapping):
        return {
            _put_in(key, item, language): _put_in(each, item, key if key in {"zh-Hans", "en"} else language)
            for key, each in value.items()
        }
    return [_put_in(each, item, language) for each in value] if isinstance(value, list) else value


def check_validity(formulas: Sequence[Formula]) -> list[Finding]:
    """Find formulas without a date, with dates the wrong way round, and overlapping versions."""
    findings: list[Finding] = []
    versions: dict[str, list[Formula]] = {}
    for formula in formulas:
        versions.setdefault(formula.code, []).append(formula)
        if formula.valid_from is None:
            findings.append(Finding("no_date", formula.code))
        elif formula.valid_to is not None and formula.valid_to < formula.valid_from:
            findings.append(Finding("dates_reversed", formula.code))
        findings.extend(
            Finding("no_label", formula.code, {"language": language})
            for language in ("zh-Hans", "en")
            if not formula.label.get(language)
        )
        if not formula.source:
            findings.append(Finding("no_source", formula.code))
    for code, group in versions.items():
        ordered = sorted(group, key=lambda formula: formula.valid_from or date.min)
        for earlier, later in pairwise(ordered):
            if earlier.valid_to is None or earlier.valid_to >= (later.valid_from or date.min):
                findings.append(Finding("overlap", code, {"from": str(later.valid_from)}))
    return findings


def check_params(params: Mapping[str, Param]) -> list[Finding]:
    """Find parameters whose values overlap in time or have none."""
    findings: list[Finding] = []
    for param in params.values():
        if not param.values:
            findings.append(Finding("param_without_value", param.code))
        ordered = sorted(param.values, key=lambda value: value.valid_from)
        for earlier, later in pairwise(ordered):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                findings.append(Finding("overlap", param.code, {"from": str(later.valid_from)}))
    return findings


def _item(entry: Mapping[str, Any]) -> Item:
    kind = Kind(entry["kind"])
    value_type = entry.get("type") or ("text" if kind in _TEXT_KINDS else "number")
    options = entry.get("options") or entry.get("choices") or ()
    codes = tuple(option["code"] if isinstance(option, Mapping) else str(option) for option in options)
    return Item(entry["code"], entry["label"], kind, value_type, entry.get("unit"), codes)


def _formula(entry: Mapping[str, Any]) -> Formula:
    return Formula(
        code=str(entry["code"]),
        label=entry["label"],
        text=str(entry["formula"]),
        mode=Mode(entry.get("mode", "row")),
        table=entry.get("table"),
        unit=entry.get("unit"),
        valid_from=_day(entry.get("valid_from")),
        valid_to=_day(entry.get("valid_to")),
        source=str(entry.get("source", "")),
        severity=entry.get("severity"),
        params=entry.get("params", {}),
        examples=tuple(entry.get("examples", ())),
        extra={key: value for key, value in entry.items() if key not in _OWN},
    )


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
