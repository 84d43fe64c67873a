"""A formula in words, in Chinese and in English, from its syntax tree and the items' labels.

The phrases are data (`data/phrases.yaml`); nothing here knows a language.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gongmai.core.formula.rules import words
from gongmai.core.formula.types import PURE, Formula, Node, Param, Ref, Unit, UnitEntry, Value

Phrases = Mapping[str, Mapping[str, str]]
LANGUAGES = ("zh-Hans", "en")

_SIGNS = {"*": "×", "/": "÷", "<=": "≤", ">=": "≥", "<>": "≠", "-": "−"}  # noqa: RUF001 - as printed
_BINDING = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
_LOOSE = 4  # comparisons
_ATOM = 9
_RATIO_KEEPS = {"+", "-", "neg", "abs", "least", "greatest", "coalesce", "round", "rescale"}
_SENTENCES = frozenset(
    {"not", "for_months", "count_last", "count_where", "case", "between", "in", "to_unit", "coalesce"}
    | {"least", "greatest", "sum_where", "named"}
)
_WHOLE = 1e15


class Describer:
    """Words trees in one language."""

    def __init__(
        self,
        language: str,
        phrases: Phrases,
        units: Mapping[str, UnitEntry],
        params: Mapping[str, Param] | None = None,
    ) -> None:
        self._language = language
        self._phrases = phrases[language]
        self._units = units
        self._params = params or {}

    def text(self, node: Node) -> str:
        """Return the tree in words."""
        return self._text(node, percent=False)

    def value(self, value: Value, node: Node) -> str:
        """Return a value of a node as people read it: with its unit, a ratio in percent."""
        if value is None:
            return self._phrases["unknown_value"]
        if isinstance(value, bool):
            return self._phrases["true" if value else "false"]
        if isinstance(value, str):
            return value
        return self._number(float(value), percent=is_ratio(node)) + self._unit_mark(node.unit)

    def _text(self, node: Node, *, percent: bool) -> str:
        if node.op in words.COMPARISONS or node.op in words.NUMERIC or node.op in {"and", "or"}:
            return self._infix(node, percent=percent)
        leaf = self._leaf(node, percent=percent)
        if leaf is not None:
            return leaf
        if node.op == "case":
            return self._case(node)
        as_percent = node.op in {"between", "in"} and is_ratio(node.args[0])
        least = _LOOSE if node.op in _SENTENCES else _ATOM
        parts = [self._argument(arg, least, percent=as_percent or percent) for arg in node.args]
        return self._phrase(node, parts)

    def _leaf(self, node: Node, *, percent: bool) -> str | None:
        if node.op in {"in_unit", "rescale"}:
            inner = self._text(node.args[0], percent=percent)
            return inner + self._unit_mark(node.unit) if node.op == "in_unit" else inner
        if node.op == "neg":
            return "-" + self._argument(node.args[0], _ATOM, percent=percent)
        if node.op == "number":
            return self._number(node.value, percent=percent)
        plain: Mapping[str, Callable[[Any], str]] = {
            "item": self._item,
            "named": self._labelled,
            "param": lambda code: self._labelled(self._params.get(code), code),
            "text": str,
            "truth": lambda truth: self._phrases[str(truth).lower()],
            "null": lambda _: self._phrases["null"],
        }
        return plain[node.op](node.value) if node.op in plain else None

    def _labelled(self, thing: Formula | Param | None, code: str = "") -> str:
        return code if thing is None else str(thing.label.get(self._language) or thing.code)

    def _item(self, ref: Ref) -> str:
        text = str(ref.item.label.get(self._language) or ref.item.code)
        if ref.ytd:
            text = self._phrases["ytd"].format(text)
        if ref.base:
            text = self._phrases["base"].format(text)
        return self._phrases["head"].format(text) if ref.head else text

    def _infix(self, node: Node, *, percent: bool) -> str:
        logical = node.op in words.COMPARISONS
        shown = any(is_ratio(arg) for arg in node.args) if logical or node.op in {"+", "-"} else False
        own = _BINDING.get(node.op, _LOOSE)
        left = self._argument(node.args[0], own, percent=shown or percent)
        right = self._argument(node.args[1], own + (node.op in {"-", "/"}), percent=shown or percent)
        if node.op in {"and", "or"}:
            return self._phrases[node.op].format(left, right)
        return f"{left} {_SIGNS.get(node.op, node.op)} {right}"

    def _argument(self, node: Node, least: int, *, percent: bool) -> str:
        text = self._text(node, percent=percent)
        own = _LOOSE if node.op in words.COMPARISONS else _BINDING.get(node.op, _ATOM)
        return self._phrases["bracket"].format(text) if own < least else text

    def _phrase(self, node: Node, parts: Sequence[str]) -> str:
        key = node.op
        if key == "prev" and node.value > 1:
            key = "prev_n"
        if key == "round" and node.value:
            key = "round_to"
        listed = parts[1:] if node.op == "in" else parts
        return self._phrases[key].format(
            *parts,
            items=self._phrases["separator"].join(listed),
            n=node.value,
            tag=node.value,
            unit=self._unit_name(node.unit),
        )

    def _case(self, node: Node) -> str:
        parts = [
            self._phrases["case_when"].format(self.text(when), self.text(then))
            for when, then in zip(node.args[:-1:2], node.args[1::2], strict=False)
        ]
        parts.append(self._phrases["case_else"].format(self.text(node.args[-1])))
        return self._phrases["separator"].join(parts)

    def _number(self, value: float, *, percent: bool) -> str:
        shown = value * 100 if percent else value
        if shown == int(shown) and abs(shown) < _WHOLE:
            text = f"{int(shown):,}"
        elif abs(shown) >= 1000:  # noqa: PLR2004 - four digits need no decimals
            text = f"{shown:,.1f}"
        else:
            text = f"{shown:.4g}" if not percent else f"{shown:.2f}".rstrip("0").rstrip(".")
        return text + ("%" if percent else "")

    def _unit_mark(self, unit: Unit | None) -> str:
        name = self._unit_name(unit)
        return f" {name}" if name else ""

    def _unit_name(self, unit: Unit | None) -> str:
        if unit is None or unit == PURE:
            return ""
        return name_unit(unit, self._units, self._language)


def name_unit(unit: Unit, table: Mapping[str, UnitEntry], language: str) -> str:
    """Return a unit in words of a language, such as `tce/10 thousand yuan`."""
    labels = {code: table[code].label.get(language, code) for code, _ in unit.factors}
    top = "·".join(labels[code] for code, power in unit.factors for _ in range(power))
    bottom = "".join(f"/{labels[code]}" for code, power in unit.factors for _ in range(-power))
    return (top or "1") + bottom


def is_ratio(node: Node) -> bool:
    """Tell whether a node is a share or a growth rate, which people read in percent."""
    if node.type != "number" or node.unit is None or node.unit != PURE:
        return False
    if node.op == "/":
        return all(arg.unit is None or bool(arg.unit.dimensions) for arg in node.args)
    if node.op == "named":
        return is_ratio(node.args[0])
    if node.op in words.TIME:
        return node.op != "count_last" and is_ratio(node.args[0])
    return node.op in _RATIO_KEEPS and any(is_ratio(arg) for arg in node.args)
