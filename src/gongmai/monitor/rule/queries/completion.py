"""What the editor offers while an officer types a formula."""

from typing import Any

from gongmai.core.formula.queries import phrases, units
from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.units import parse_unit
from gongmai.core.formula.types import FormulaError, Item, Kind
from gongmai.monitor.filing.queries.audits import vocabulary_now


def offers(table: str = "") -> list[dict[str, Any]]:
    """Items, functions, time words, parameters and connectives with their labels and units."""
    known = vocabulary_now()
    items = {**known.items, **known.tables.get(table, {})}
    found = [_item(item) for item in items.values()]
    found += [
        {
            "text": param.code,
            "insert": f"param('{param.code}')",
            "kind": "param",
            "zh": param.label["zh-Hans"],
            "en": param.label["en"],
            "unit": f"{param.values[-1].value:g}",
        }
        for param in known.params.values()
    ]
    for name in words.FUNCTIONS:
        if name == "param" or (name in words.AGGREGATES and not table) or name == words.OVERALL:
            continue
        kind = "time" if name in words.TIME else "function"
        said = {language: _phrase(language, name) for language in ("zh-Hans", "en")}
        found.append(
            {"text": name, "insert": f"{name}(", "kind": kind, "zh": said["zh-Hans"], "en": said["en"],
             "unit": _shape(name)}
        )  # fmt: skip
    connectives = ("and", "or", "not", "between", "in", "is known", "is unknown", "case when")
    plain = {"kind": "word", "zh": "", "en": "", "unit": ""}
    return found + [{"text": name, "insert": f"{name} ", **plain} for name in connectives]


def _item(item: Item) -> dict[str, Any]:
    unit = ""
    try:
        parsed = parse_unit(item.unit, units()) if item.unit else None
        unit = (
            units()[item.unit].label["zh-Hans"]
            if parsed is not None and item.unit and item.unit in units()
            else ""
        )
    except FormulaError:
        unit = item.unit or ""
    kind = "item" if item.kind not in {Kind.CALENDAR, Kind.DIMENSION} else "attribute"
    return {
        "text": item.code, "insert": item.code, "kind": kind, "zh": item.label.get("zh-Hans", ""),
        "en": item.label.get("en", ""), "unit": unit,
    }  # fmt: skip


def _phrase(language: str, name: str) -> str:
    table: Any = phrases()[language]
    text = str(table.get(name) or table.get(f"{name}_n") or "")
    return text.replace("{0}", "x").replace("{1}", "y").replace("{n}", "n").replace("{items}", "x, y")


def _shape(name: str) -> str:
    letters = words.FUNCTIONS[name].replace("?", "").replace("*", "")
    named = {"e": "x", "n": "x", "c": "c", "k": "n", "s": "'…'"}
    return "(" + ", ".join(named[letter] for letter in letters) + ")"
