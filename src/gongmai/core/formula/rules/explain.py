"""Why a formula came out as it did, condition by condition.

The values come from the engine that evaluated the formula: every condition, and both of its sides,
are evaluated as formulas of their own, so an explanation can never disagree with the verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.describe import LANGUAGES, Describer
from gongmai.core.formula.rules.spans import lookback
from gongmai.core.formula.types import Checked, Explanation, Mode, Node, Value, Verdict, View

Evaluate = Callable[[Sequence[Checked]], Sequence[Value]]
Describers = Mapping[str, Describer]

_BRANCHES = {"and", "or", "not", "named"}
_SIDED = words.COMPARISONS | {"between", "in"}


def explain(checked: Checked, evaluate: Evaluate, view: View, describers: Describers) -> Explanation:
    """Explain a formula; `evaluate` gives the values of formulas on the facts at hand."""
    nodes = list(dict.fromkeys(_wanted(checked.tree, checked.formula.mode)))
    parts = [sub_formula(checked, node, f"n{index}") for index, node in enumerate(nodes)]
    values = dict(zip(nodes, evaluate(parts), strict=True))
    return _Builder(values, view, describers, checked.formula.mode).build(checked.tree)


def missing_facts(
    checked: Checked, evaluate: Evaluate, view: View, describers: Describers
) -> tuple[str, ...]:
    """Return the cell keys that keep a formula unknown; empty when it has a value."""
    return explain(checked, evaluate, view, describers).missing


def sub_formula(checked: Checked, node: Node, code: str) -> Checked:
    """Make a part of a formula's tree a formula of its own."""
    formula = replace(checked.formula, code=code, unit=None)
    return Checked(formula, node, checked.views, checked.params, lookback(node))


def _wanted(tree: Node, mode: Mode) -> list[Node]:
    """The nodes whose values an explanation shows: conditions, their sides, the facts under them."""
    found = [tree]
    if tree.op in _BRANCHES:
        for arg in tree.args:
            found += _wanted(arg, mode)
    elif tree.op in _SIDED:
        found += tree.args
    elif tree.op == "for_months":
        for period in _periods(tree):
            found += _wanted(period, mode)
    for leaf in _facts(tree, mode):
        found.append(leaf)
    return [node for node in found if node.op != "text"]


def _periods(node: Node) -> list[Node]:
    """The condition of `for_months` in each of its periods, the current one first."""
    inner = node.args[0]
    return [
        inner,
        *(Node("prev", (inner,), back, node.position, "boolean") for back in range(1, node.value)),
    ]


def _facts(node: Node, mode: Mode) -> list[Node]:
    """The readings below a node that an engine can evaluate on their own."""
    if node.op in words.TIME or node.op in words.AGGREGATES or node.op == words.OVERALL:
        return [node]
    if node.op == "item":
        return [node] if mode is not Mode.AGGREGATE else []
    return [leaf for arg in node.args for leaf in _facts(arg, mode)]


class _Builder:
    def __init__(self, values: Mapping[Node, Value], view: View, describers: Describers, mode: Mode) -> None:
        self._values = values
        self._view = view
        self._describers = describers
        self._mode = mode

    def build(self, node: Node) -> Explanation:
        value = self._values.get(node)
        parts: tuple[Explanation, ...] = ()
        if node.op in _BRANCHES and (node.type == "boolean" or node.op != "named"):
            parts = tuple(self.build(arg) for arg in self._flat(node))
        if node.op == "for_months":
            parts = tuple(self.build(period) for period in _periods(node))
        missing = self._missing(node, value)
        verdict = _verdict(value) if node.type == "boolean" else None
        if node.op in _SIDED and node.args[0].type == "number":
            return self._sided(node, verdict, missing)
        if node.type == "number" and not parts:
            parts = tuple(
                self._fact(leaf) for leaf in dict.fromkeys(_facts(node, self._mode)) if leaf != node
            )
        return Explanation(
            node.op, self._text(node), verdict, value, unit=_unit(node), missing=missing, parts=parts,
            shown=self._shown(node, value),
        )  # fmt: skip

    def _flat(self, node: Node) -> list[Node]:
        """Arguments with chains of the same connective flattened."""
        if node.op not in {"and", "or"}:
            return list(node.args)
        flat: list[Node] = []
        for arg in node.args:
            flat += self._flat(arg) if arg.op == node.op else [arg]
        return flat

    def _sided(self, node: Node, verdict: Verdict | None, missing: tuple[str, ...]) -> Explanation:
        left = self._values.get(node.args[0])
        threshold = self._threshold(node, left)
        distance = None
        if _is_number(left) and _is_number(threshold):
            distance = float(left) - float(threshold)  # type: ignore[arg-type]
        parts = tuple(
            self._fact(leaf)
            for side in node.args
            for leaf in dict.fromkeys(_facts(side, self._mode))
            if leaf not in node.args
        )
        return Explanation(
            node.op, self._text(node), verdict, left, threshold, distance, _unit(node.args[0]), missing,
            parts, self._shown(node.args[0], left),
        )  # fmt: skip

    def _threshold(self, node: Node, left: Value) -> Value:
        """The other side; of a range the end that is broken, or else the nearer one."""
        if node.op == "in":
            return None
        ends = [self._values.get(arg) for arg in node.args[1:]]
        if node.op != "between" or not _is_number(left):
            return ends[0]
        known = [end for end in ends if _is_number(end)]
        return min(known, key=lambda end: abs(float(end) - float(left)), default=None)  # type: ignore[arg-type]

    def _fact(self, node: Node) -> Explanation:
        value = self._values.get(node)
        missing = self._missing(node, value)
        return Explanation(
            node.op, self._text(node), None, value, unit=_unit(node), missing=missing,
            shown=self._shown(node, value),
        )  # fmt: skip

    def _missing(self, node: Node, value: Value) -> tuple[str, ...]:
        if value is not None:
            return ()
        found: list[str] = []
        for leaf in _facts(node, self._mode):
            if self._values.get(leaf) is None:
                found += [part.value.column(self._view) for part in leaf.walk() if part.op == "item"]
        return tuple(dict.fromkeys(found))

    def _text(self, node: Node) -> Mapping[str, str]:
        return {language: self._describers[language].text(node) for language in LANGUAGES}

    def _shown(self, node: Node, value: Value) -> Mapping[str, str]:
        return {language: self._describers[language].value(value, node) for language in LANGUAGES}


def _verdict(value: Value) -> Verdict:
    if value is None:
        return Verdict.UNKNOWN
    return Verdict.TRUE if value else Verdict.FALSE


def _unit(node: Node) -> str | None:
    return None if node.unit is None else node.unit.name


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
