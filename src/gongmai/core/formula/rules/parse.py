"""From text to the syntax tree: SQLGlot parses, a closed list of node classes is let through.

Three fences: `fence.scan` (characters, words, sizes), SQLGlot's own grammar for one expression,
and the list below. A class, or a field of a class, that is not listed is refused.
"""

from collections.abc import Callable, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from gongmai.core.formula.rules import words
from gongmai.core.formula.rules.fence import Token, scan
from gongmai.core.formula.types import FormulaError, Node

_BINARY: dict[type[exp.Expression], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.And: "and",
    exp.Or: "or",
}
_ONE: dict[type[exp.Expression], str] = {
    exp.Not: "not",
    exp.Neg: "neg",
    exp.Abs: "abs",
    exp.Floor: "floor",
    exp.Ceil: "ceil",
    exp.Ln: "ln",
    exp.Sqrt: "sqrt",
    exp.Sign: "sign",
    exp.Sum: "sum",
    exp.Avg: "avg",
    exp.Min: "min",
    exp.Max: "max",
    exp.Median: "median",
}
_MANY: dict[type[exp.Expression], str] = {
    exp.Greatest: "greatest",
    exp.Least: "least",
    exp.Coalesce: "coalesce",
}
# Flags that SQLGlot sets by itself and that say nothing about the text.
_HARMLESS = {"ignore_nulls", "typed", "safe"}
_QUALITIES = {"known": "is_known", "unknown": "is_unknown"}


def parse(text: str) -> Node:
    """Parse one expression.

    Raises `FormulaError` with the position where the text leaves the language. Items are not
    looked up here: a bare name becomes a node `name`.
    """
    tokens = scan(text)
    _check_depth_of_chain(tokens)
    try:
        tree = sqlglot.parse_one(text, into=exp.Condition)  # an expression, never a statement
    except SqlglotError as error:
        raise FormulaError("syntax", _error_position(error, text)) from None
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        raise FormulaError("syntax", 0) from None
    node = _Reader(tokens).read(tree, 0)
    if sum(1 for _ in node.walk()) > words.MAX_NODES:
        raise FormulaError("too_many_nodes", 0, limit=words.MAX_NODES)
    return node


def _check_depth_of_chain(tokens: list[Token]) -> None:
    """Refuse a chain of operators that would build a very deep left-leaning tree."""
    operators = sum(1 for token in tokens if token.text.lower() in {"+", "-", "*", "/", "and", "or"})
    if operators > words.MAX_LIST:
        raise FormulaError("too_many_nodes", 0, limit=words.MAX_LIST)


def _error_position(error: SqlglotError, text: str) -> int:
    details = getattr(error, "errors", None) or [{}]
    line, column = details[0].get("line") or 1, details[0].get("col") or 1
    before = sum(len(part) + 1 for part in text.split("\n")[: line - 1])
    return max(0, min(before + column - 1, len(text)))


def _offence(tree: exp.Expression, what: str) -> FormulaError:
    """The refusal of a node, at the first mark in or below it."""
    starts = [part.meta["start"] for part in tree.walk() if part.meta.get("start") is not None]
    return FormulaError("not_allowed", min(starts, default=None), what=what)


class _Reader:
    """Turns a SQLGlot tree into ours; remembers where words stand in the text."""

    def __init__(self, tokens: list[Token]) -> None:
        self._starts = {token.start for token in tokens}
        self._special: dict[type[exp.Expression], Callable[[exp.Expression, int], Node]] = {
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Boolean: lambda tree, _: Node("truth", value=bool(tree.this)),
            exp.Null: lambda _tree, _: Node("null"),
            exp.Paren: lambda tree, depth: self.read(tree.this, depth),
            exp.Anonymous: self._function,
            exp.Is: self._is,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Case: self._case,
            exp.Round: self._round,
            exp.Pow: self._power,
            exp.Log: self._log,
        }

    def read(self, tree: object, depth: int) -> Node:
        """Read one SQLGlot node."""
        if not isinstance(tree, exp.Expression):
            raise FormulaError("syntax", 0)
        if depth > words.MAX_LIST * 2:
            raise FormulaError("too_deep", self._position(tree), limit=words.MAX_DEPTH)
        kind = type(tree)
        if kind in self._special:
            return self._special[kind](tree, depth + 1)
        if kind in _BINARY:
            return self._plain(tree, _BINARY[kind], ("this", "expression"), depth)
        if kind in _ONE:
            return self._plain(tree, _ONE[kind], ("this",), depth)
        if kind in _MANY:
            return self._plain(tree, _MANY[kind], ("this", "expressions"), depth)
        raise _offence(tree, kind.__name__)

    def _plain(self, tree: exp.Expression, op: str, keys: tuple[str, ...], depth: int) -> Node:
        self._only(tree, keys)
        args: list[Node] = []
        for key in keys:
            found = tree.args.get(key)
            parts = found if isinstance(found, list) else [found]
            args.extend(self.read(part, depth + 1) for part in parts)
        return self._node(op, args, tree)

    def _node(self, op: str, args: list[Node], tree: exp.Expression) -> Node:
        position = self._position(tree, args)
        if op == "in" and len(args) == 1:
            raise FormulaError("syntax", position)
        if op in words.FUNCTIONS:
            least, most = words.arity(op)
            if not least <= len(args) <= most:
                raise FormulaError("arguments", position, name=op, expected=least, found=len(args))
        return Node(op, tuple(args), position=position)

    def _only(self, tree: exp.Expression, keys: tuple[str, ...]) -> None:
        for key, value in tree.args.items():
            if key not in keys and key not in _HARMLESS and value not in (None, False, []):
                raise _offence(tree, f"{type(tree).__name__}.{key}")

    @staticmethod
    def _position(tree: exp.Expression, args: Sequence[Node] = ()) -> int | None:
        """Where a node starts: its own mark, that of its name, or that of its first argument."""
        for part in (tree, tree.args.get("this")):
            start = part.meta.get("start") if isinstance(part, exp.Expression) else None
            if start is not None:
                return int(start)
        return next((arg.position for arg in args if arg.position is not None), None)

    def _column(self, tree: exp.Expression, _depth: int) -> Node:
        self._only(tree, ("this",))
        identifier = tree.this
        if type(identifier) is not exp.Identifier or identifier.args.get("quoted"):
            raise FormulaError("not_allowed", self._position(tree), what="name")
        return Node("name", value=str(identifier.this).lower(), position=self._position(tree))

    def _literal(self, tree: exp.Expression, _depth: int) -> Node:
        if tree.args.get("is_string"):
            text = str(tree.this)
            if "'" in text or "\\" in text:  # the fence lets none through; the engines must not see one
                raise FormulaError("character", self._position(tree), found=text)
            return Node("text", value=text, position=self._position(tree))
        return Node("number", value=float(str(tree.this)), position=self._position(tree))

    def _function(self, tree: exp.Expression, depth: int) -> Node:
        self._only(tree, ("this", "expressions"))
        name = str(tree.this).lower()
        if name not in words.FUNCTIONS:
            raise FormulaError("unknown_function", self._position(tree), name=name)
        return self._node(name, [self.read(part, depth) for part in tree.expressions], tree)

    def _is(self, tree: exp.Expression, depth: int) -> Node:
        self._only(tree, ("this", "expression"))
        right = tree.expression
        inner = self.read(tree.this, depth)
        position = inner.position
        if type(right) is exp.Null:
            return Node("is_unknown", (inner,), position=position)
        if type(right) is exp.Boolean:
            return Node("is_true" if right.this else "is_false", (inner,), position=position)
        if type(right) is exp.Column and right.name.lower() in _QUALITIES:
            return Node(_QUALITIES[right.name.lower()], (inner,), position=position)
        raise FormulaError("not_allowed", position, what="is")

    def _in(self, tree: exp.Expression, depth: int) -> Node:
        return self._plain(tree, "in", ("this", "expressions"), depth)

    def _between(self, tree: exp.Expression, depth: int) -> Node:
        return self._plain(tree, "between", ("this", "low", "high"), depth)

    def _case(self, tree: exp.Expression, depth: int) -> Node:
        self._only(tree, ("ifs", "default"))
        args: list[Node] = []
        for branch in tree.args["ifs"]:
            args += [self.read(branch.this, depth), self.read(branch.args.get("true"), depth)]
        default = tree.args.get("default")
        args.append(Node("null") if default is None else self.read(default, depth))
        return Node("case", tuple(args), position=args[0].position)

    def _round(self, tree: exp.Expression, depth: int) -> Node:
        keys = ("this", "decimals") if tree.args.get("decimals") is not None else ("this",)
        return self._plain(tree, "round", keys, depth)

    def _power(self, tree: exp.Expression, depth: int) -> Node:
        return self._plain(tree, "power", ("this", "expression"), depth)

    def _log(self, tree: exp.Expression, depth: int) -> Node:
        ten = tree.this
        if type(ten) is not exp.Literal or str(ten.this) != "10":
            raise FormulaError("unknown_function", self._position(tree), name="log")
        self._only(tree, ("this", "expression"))
        return Node("log10", (self.read(tree.expression, depth),), position=self._position(tree))
