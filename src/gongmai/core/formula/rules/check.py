"""The static checks: names, types, units, levels (row or group), views, spans.

`check` turns a formula into a `Checked` tree in which every node carries type and unit, accessors
are folded into the items they read, and named formulas are written out.
"""

from dataclasses import replace

from gongmai.core.formula.rules import quantities, spans, words
from gongmai.core.formula.rules.parse import parse
from gongmai.core.formula.rules.units import hides_factor, parse_unit
from gongmai.core.formula.types import (
    PURE,
    Checked,
    Formula,
    FormulaError,
    Item,
    Kind,
    Mode,
    Node,
    Param,
    Ref,
    Unit,
    View,
    Vocabulary,
)

_NAMED_DEPTH = 8
_HAS_BASE = {Kind.FLOW, Kind.CUMULATIVE, Kind.STOCK}
_HAS_YTD = {Kind.FLOW, Kind.CUMULATIVE}
_SHARED = {Kind.CALENDAR, Kind.DIMENSION}


def check(formula: Formula, vocabulary: Vocabulary) -> Checked:
    """Check a formula against a vocabulary.

    >>> check(Formula("growth", {}, "sum(output) / sum(base(output)) - 1", Mode.AGGREGATE), vocabulary)

    Raises `FormulaError` (unknown_item, type, unit_scale, unit_mismatch, bare_number, mixed_levels,
    arguments, span, ...) with the position in the formula's text.
    """
    if formula.table is not None and formula.table not in vocabulary.tables:
        raise FormulaError("unknown_table", table=formula.table)
    if formula.mode is Mode.LINES and formula.table is None:
        raise FormulaError("unknown_table", table="")
    checker = _Checker(formula, vocabulary)
    tree = checker.expression(parse(formula.text), 0)
    spans.check_levels(tree, formula.mode)
    tree = checker.settle(tree)
    views = _views(tree)
    lookback = spans.lookback(tree)
    spans.check_size(tree)
    params = {node.value: checker.param(node.value, None) for node in tree.walk() if node.op == "param"}
    return Checked(formula, tree, views, tuple(params[key] for key in sorted(params)), lookback)


def _views(tree: Node) -> frozenset[View]:
    refs = [node.value for node in tree.walk() if node.op == "item"]
    bare = any(ref.item.kind is Kind.CUMULATIVE and not ref.ytd for ref in refs)
    return frozenset({View.CUMULATIVE}) if bare else frozenset(View)


class _Checker:
    def __init__(self, formula: Formula, vocabulary: Vocabulary) -> None:
        self._formula = formula
        self._words = vocabulary
        self._table = vocabulary.tables.get(formula.table or "", {})

    def settle(self, tree: Node) -> Node:
        """Check the result's unit against the declared one."""
        if tree.type == "null":
            raise FormulaError("type", 0, expected="number", found="null")
        if tree.type != "number":
            return tree
        declared = parse_unit(self._formula.unit, self._words.units)
        if tree.unit is not None and hides_factor(tree.unit, self._words.units):
            raise FormulaError("unit_factor", 0, unit=tree.unit.name)
        if declared is None:
            return tree
        if tree.unit is None:
            return replace(tree, unit=declared)
        same = tree.unit.dimensions == declared.dimensions
        if not same or (declared.dimensions and tree.unit.scale != declared.scale):
            raise FormulaError("unit_declared", 0, declared=declared.name, found=tree.unit.name)
        return tree

    def expression(self, node: Node, depth: int) -> Node:
        """Resolve names below a node, then type it."""
        if node.op == "name":
            return self._name(node, depth)
        if node.op in words.ACCESSORS:
            return self._item(node)
        if node.op in {"number", "text", "truth", "null"}:
            kind = {"number": "number", "text": "text", "truth": "boolean", "null": "null"}[node.op]
            return replace(node, type=kind, unit=PURE if kind == "number" else None)
        if node.op == "param":
            return self._param_node(node)
        if node.op == "has_tag":
            return self._tag(node)
        args = tuple(self.expression(arg, depth) for arg in node.args)
        return quantities.typed(replace(node, args=args), self._words.units)

    def _name(self, node: Node, depth: int) -> Node:
        definition = self._words.definitions.get(node.value)
        if node.value in self._table or node.value in self._words.items or definition is None:
            return self._item(node)
        if depth >= _NAMED_DEPTH:
            raise FormulaError("circular", node.position, name=node.value)
        try:
            inner = self.expression(parse(definition.text), depth + 1)
        except FormulaError as error:
            if error.code == "circular":
                raise FormulaError("circular", node.position, name=node.value) from None
            raise
        return Node("named", (inner,), definition, node.position, inner.type, inner.unit)

    def _item(self, node: Node) -> Node:
        seen: set[str] = set()
        inner = node
        while inner.op in words.ACCESSORS:
            if inner.op in seen:
                raise FormulaError("accessor", node.position, word=inner.op, item="")
            seen.add(inner.op)
            inner = inner.args[0]
        if inner.op != "name":
            raise FormulaError("accessor_needs_item", node.position, word=node.op)
        item, head = self._find(inner, "head" in seen)
        ref = Ref(item, "base" in seen, "ytd" in seen, head)
        for word, kinds in (("base", _HAS_BASE), ("ytd", _HAS_YTD)):
            if word in seen and item.kind not in kinds:
                raise FormulaError("accessor", node.position, word=word, item=item.code)
        unit = self._unit(item) if item.value_type == "number" else None
        return Node("item", (), ref, node.position, item.value_type, unit)

    def _find(self, node: Node, head: bool) -> tuple[Item, bool]:
        name = str(node.value)
        in_lines = self._formula.table is not None
        if head and not in_lines:
            raise FormulaError("head_outside_lines", node.position, item=name)
        if in_lines and not head and name in self._table:
            return self._table[name], False
        item = self._words.items.get(name)
        if item is None or (in_lines and not head and item.kind not in _SHARED):
            raise FormulaError("unknown_item", node.position, item=name)
        return item, in_lines

    def _unit(self, item: Item) -> Unit | None:
        return parse_unit(item.unit, self._words.units)

    def param(self, code: str, position: int | None) -> Param:
        """Return a parameter of the vocabulary."""
        if code not in self._words.params:
            raise FormulaError("unknown_param", position, param=code)
        return self._words.params[code]

    def _param_node(self, node: Node) -> Node:
        code = self._text(node)
        param = self.param(code, node.position)
        unit = parse_unit(param.unit, self._words.units) or PURE
        return Node("param", (), code, node.position, "number", unit)

    def _tag(self, node: Node) -> Node:
        tag = self._text(node)
        tags = self._words.items.get("tags")
        if tags is None:
            raise FormulaError("unknown_item", node.position, item="tags")
        if not tag.replace("_", "").replace("-", "").isalnum():
            raise FormulaError("tag", node.position, tag=tag)
        ref = Ref(tags, head=self._formula.table is not None)
        return Node("has_tag", (Node("item", (), ref, node.position, "text"),), tag, node.position, "boolean")

    @staticmethod
    def _text(node: Node) -> str:
        if node.args[0].op != "text":
            raise FormulaError("literal_needed", node.position, word=node.op)
        return str(node.args[0].value)
