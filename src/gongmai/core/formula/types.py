"""Words of the formula language: items, units, formulas, the syntax tree, findings.

Pure data. The rules that work on it live in `rules/`; files are read in `queries.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

Value = float | int | str | bool | None
Row = Mapping[str, Any]


class View(StrEnum):
    """Which of the linked figures a bare flow item means."""

    MONTH = "month"
    CUMULATIVE = "cumulative"


class Dialect(StrEnum):
    """The engines a formula compiles to."""

    SQLITE = "sqlite"
    DUCKDB = "duckdb"
    SPARK = "spark"


class Mode(StrEnum):
    """What one formula is evaluated over.

    `row`: one enterprise-period (or, with `table`, each line of a repeating table);
    `lines`: all lines of one repeating table of one return, aggregated;
    `aggregate`: a group of enterprise-periods.
    """

    ROW = "row"
    LINES = "lines"
    AGGREGATE = "aggregate"


class Kind(StrEnum):
    """How the cells of an item hang together; decides which accessors it has."""

    FLOW = "flow"  # x, x__ytd, x__base, x__ytd_base
    CUMULATIVE = "cumulative"  # x__ytd, x__ytd_base
    STOCK = "stock"  # x, x__base
    LEVEL = "level"  # x
    CHOICE = "choice"  # x, a code out of a list
    TEXT = "text"  # x
    REFERENCE = "reference"  # a number the engine joins, such as a price index
    DIMENSION = "dimension"  # an attribute of the enterprise as of the period
    CALENDAR = "calendar"  # derived from the period: year, month, months


class FormulaError(Exception):
    """A formula is refused. `code` and `params` say why, `position` where (0-based character)."""

    def __init__(self, code: str, position: int | None = None, **params: Any) -> None:
        super().__init__(code, position, params)
        self.code = code
        self.position = position
        self.params: dict[str, Any] = params

    def __str__(self) -> str:
        where = "" if self.position is None else f" at {self.position}"
        what = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.code}{where}" + (f" ({what})" if what else "")


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit of the table: `scale` of its dimension's base (money in yuan: thousand yuan is 1000)."""

    code: str
    dimension: str
    scale: Fraction
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of units with exponents, its dimensions and its scale; empty means a pure number."""

    factors: tuple[tuple[str, int], ...] = ()
    dimensions: tuple[tuple[str, int], ...] = ()
    scale: Fraction = Fraction(1)

    @property
    def name(self) -> str:
        """The unit as a rule writer would write it, `1` for a pure number."""
        top = "*".join(code for code, power in self.factors for _ in range(power))
        bottom = "".join(f"/{code}" for code, power in self.factors for _ in range(-power))
        return (top or "1") + bottom


PURE = Unit()


@dataclass(frozen=True, slots=True)
class Item:
    """One named figure or attribute of the vocabulary. `value_type`: number, text or boolean."""

    code: str
    label: Mapping[str, str] = field(compare=False)
    kind: Kind
    value_type: str = "number"
    unit: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a parameter and the days on which it is in force (`valid_to` inclusive)."""

    value: float
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Param:
    """A dated threshold or rate that formulas read by `param('code')`."""

    code: str
    label: Mapping[str, str] = field(compare=False)
    values: tuple[DatedValue, ...]
    unit: str | None = None
    source: str = ""

    def on(self, day: date) -> float:
        """Return the value in force on a day; raise `FormulaError('param_not_in_force')`."""
        for dated in self.values:
            if dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to):
                return dated.value
        raise FormulaError("param_not_in_force", param=self.code, day=day.isoformat())


@dataclass(frozen=True, slots=True)
class Formula:
    """A rule or indicator as written in a catalogue: dated, sourced, with worked examples."""

    code: str
    label: Mapping[str, str] = field(compare=False)
    text: str
    mode: Mode = Mode.ROW
    table: str | None = None
    unit: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    severity: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)
    examples: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def in_force(self, day: date) -> bool:
        """Tell whether the formula is in force on a day."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that a formula may name: items, line tables, parameters, named formulas, units."""

    items: Mapping[str, Item]
    tables: Mapping[str, Mapping[str, Item]] = field(default_factory=dict)
    params: Mapping[str, Param] = field(default_factory=dict)
    definitions: Mapping[str, Formula] = field(default_factory=dict)
    units: Mapping[str, UnitEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the syntax tree. `op` names it, `value` holds what is not a sub-tree.

    Leaves: number, text, truth, null, item (value = `Ref`), param. Everything else is an operator,
    a function, a time word or an aggregate with `args`. The checker fills `type` and `unit`.
    """

    op: str
    args: tuple["Node", ...] = ()
    value: Any = None
    position: int | None = field(default=None, compare=False)
    type: str = ""
    unit: Unit | None = None

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it, parents first."""
        yield self
        for arg in self.args:
            yield from arg.walk()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reading of an item: its current value, its base, its cumulative figure, or the head's."""

    item: Item
    base: bool = False
    ytd: bool = False
    head: bool = False

    def column(self, view: View) -> str:
        """Return the cell key, e.g. `output__ytd_base`; calendar words read `period`."""
        kind = self.item.kind
        if kind is Kind.CALENDAR:
            return "period"
        ytd = self.ytd or (kind is Kind.CUMULATIVE) or (kind is Kind.FLOW and view is View.CUMULATIVE)
        suffix = ("_ytd" if ytd else "") + ("_base" if self.base else "")
        return f"{self.item.code}_{suffix}" if suffix else self.item.code


@dataclass(frozen=True, slots=True)
class Checked:
    """A formula that passed every check, ready to compile and to explain."""

    formula: Formula
    tree: Node
    views: frozenset[View]
    params: tuple[Param, ...] = ()
    lookback: int = 0

    @property
    def code(self) -> str:
        """The formula's code, which names the result column."""
        return self.formula.code

    @property
    def type(self) -> str:
        """The result's type: number, boolean or text."""
        return self.tree.type

    @property
    def unit(self) -> Unit | None:
        """The result's unit, None where nothing fixes it."""
        return self.tree.unit

    @property
    def refs(self) -> frozenset[Ref]:
        """Every reading of an item in the tree."""
        return frozenset(node.value for node in self.tree.walk() if node.op == "item")

    @property
    def items(self) -> frozenset[str]:
        """Codes of every item read."""
        return frozenset(ref.item.code for ref in self.refs)

    def columns(self, view: View) -> frozenset[str]:
        """Cell keys needed from the row (or, in a line formula, from the line and the head)."""
        return frozenset(ref.column(view) for ref in self.refs)


class Verdict(StrEnum):
    """Three-valued outcome of a condition."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a formula came out as it did: one node per condition.

    `value`, `threshold` and `distance` (value minus threshold) are in `unit`; `missing` holds the
    cell keys that are unknown; `text` is the condition in words, by language.
    """

    op: str
    text: Mapping[str, str]
    verdict: Verdict | None
    value: Value = None
    threshold: Value = None
    distance: float | None = None
    unit: str | None = None
    missing: tuple[str, ...] = ()
    parts: tuple["Explanation", ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the static checks or worked examples of a catalogue file."""

    code: str
    formula: str
    params: Mapping[str, Any] = field(default_factory=dict)
    position: int | None = None


class VersionState(StrEnum):
    """Where a version of a rule is on its way into force."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class VersionStep(StrEnum):
    """What moves a version."""

    SAVE = "save"
    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REJECT = "reject"


class VersionRefused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A step is refused. `code` and `params` say why; `findings` where the entry does not check."""

    def __init__(self, code: str, *, findings: Sequence[Finding] = (), **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.findings = tuple(findings)
