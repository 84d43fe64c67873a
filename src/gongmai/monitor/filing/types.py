"""Forms, cells, contents and findings: the words of filing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from gongmai.core.period.types import Period

KIND = "return"  # the kind of case and of audit line

Label = Mapping[str, str]
CellValue = int | float | str | None
Cells = Mapping[str, CellValue]
Line = Mapping[str, CellValue]
Lines = Mapping[str, Sequence[Line]]


class Part(StrEnum):
    """Which figure of an item a cell holds."""

    MONTH = "month"  # this month; of a stock: at period end; of a level: the value
    YTD = "ytd"
    BASE = "base"  # the same month last year; of a stock: a year ago
    YTD_BASE = "ytd_base"


class Severity(StrEnum):
    """A blocking finding refuses submission; an explanatory one asks for an explanation."""

    BLOCKING = "blocking"
    EXPLANATORY = "explanatory"


class Verdicts(StrEnum):
    """What an officer thinks of an explanation."""

    ACCEPTED = "accepted"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


class AdjustmentKind(StrEnum):
    """How an adjustment changes a figure: another value in its place, or an amount added to it."""

    VALUE = "value"
    AMOUNT = "amount"


PARTS: Mapping[str, tuple[Part, ...]] = {
    "flow": (Part.MONTH, Part.YTD, Part.BASE, Part.YTD_BASE),
    "cumulative": (Part.YTD, Part.YTD_BASE),
    "stock": (Part.MONTH, Part.BASE),
    "level": (Part.MONTH,),
    "choice": (Part.MONTH,),
    "text": (Part.MONTH,),
}
SUFFIX: Mapping[Part, str] = {
    Part.MONTH: "",
    Part.YTD: "__ytd",
    Part.BASE: "__base",
    Part.YTD_BASE: "__ytd_base",
}


@dataclass(frozen=True, slots=True)
class Column:
    """An item as a form asks for it, or a column of a repeating table. `unit` is a code of units.yaml.

    `carried`: last period's figure is filled in, to be confirmed or corrected.
    """

    code: str
    kind: str
    label: Label
    unit: str = ""
    decimals: int = 0
    non_negative: bool = False
    computed: bool = False
    carried: bool = False
    of: str = ""
    choices: Mapping[str, Label] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The figures that this kind of item has."""
        return PARTS[self.kind]

    def key(self, part: Part) -> str:
        """The flat cell key, such as ``output__ytd``."""
        return self.code + SUFFIX[part]

    @property
    def is_number(self) -> bool:
        """Whether its cells hold numbers."""
        return self.kind not in {"choice", "text"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of a form. `month_only` ones do not exist for January-February."""

    key: str
    column: Column
    part: Part

    @property
    def month_only(self) -> bool:
        """True for the month columns of a flow."""
        return self.column.kind == "flow" and self.part in {Part.MONTH, Part.BASE}

    def exists_in(self, period: Period) -> bool:
        """Whether the box is open in this period: January-February has no month of its own."""
        return not (self.month_only and period.is_merged)


@dataclass(frozen=True, slots=True)
class RollUp:
    """A head cell computed from the lines of a table by a formula in mode `lines`."""

    cell: str
    formula: str


@dataclass(frozen=True, slots=True)
class Table:
    """A repeating table: its key column names an entry of a code list."""

    code: str
    label: Label
    key: str
    key_list: str
    key_level: str
    minimum: int
    columns: tuple[Column, ...]
    roll_ups: tuple[RollUp, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The boxes of one line, without the key."""
        return tuple(Cell(c.key(part), c, part) for c in self.columns for part in c.parts)


@dataclass(frozen=True, slots=True)
class Section:
    """A block of items of a form."""

    code: str
    label: Label
    items: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What a legal survey form must carry."""

    table_number: Label
    authority: Label
    approved_by: Label
    document_number: Label


@dataclass(frozen=True, slots=True)
class Form:
    """A survey form as in force between two dates."""

    code: str
    label: Label
    header: Header
    valid_from: date
    valid_to: date
    source: str
    due_day: int
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    computed: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every item asked for, in the order of the form."""
        return tuple(column for section in self.sections for column in section.items)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every head box that a firm fills, in the order of the form."""
        return tuple(Cell(c.key(part), c, part) for c in self.columns for part in c.parts)

    @property
    def computed_cells(self) -> tuple[str, ...]:
        """Keys of the head cells that the lines give."""
        return tuple(roll_up.cell for table in self.tables for roll_up in table.roll_ups)

    def table(self, code: str) -> Table:
        """The repeating table of this code; KeyError when the form has none."""
        for table in self.tables:
            if table.code == code:
                return table
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Content:
    """What a return says: head cells, lines by table, explanations by finding key."""

    cells: dict[str, CellValue] = field(default_factory=dict)
    lines: dict[str, list[dict[str, CellValue]]] = field(default_factory=dict)
    explanations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit, or the reading of a value, found.

    `rule` is the audit's code or a code of the reader; `cell` the box it points at; `table` and `line`
    (0-based) place it in a repeating table; `params` word the message; `suggestion` is a value that
    would be right, where one can be told.
    """

    rule: str
    severity: Severity
    cell: str = ""
    value: CellValue = None
    table: str = ""
    line: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    suggestion: CellValue = None

    @property
    def key(self) -> str:
        """What an explanation is filed under: the rule and, in a table, the line."""
        return self.rule if self.line is None else f"{self.rule}@{self.table}.{self.line}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "cell": self.cell,
            "value": self.value,
            "table": self.table,
            "line": self.line,
            "params": dict(self.params),
            "suggestion": self.suggestion,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Finding":
        """The reverse of `as_dict`."""
        return cls(**{**data, "severity": Severity(data["severity"])})


@dataclass(frozen=True, slots=True)
class Lock:
    """What stands against a move: a code with its parameters, worded by messages.word_lock."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


May = Mapping[str, Lock | None]  # move -> None when it is open now


@dataclass(frozen=True, slots=True)
class Change:
    """A box that differs between two versions; in a table `line` is the key of the line."""

    cell: str
    old: CellValue
    new: CellValue
    table: str = ""
    line: str = ""


class FilingError(Exception):
    """Refused. `code` and `params` say why (messages.py words it); `findings` where there are any."""

    def __init__(self, code: str, *, findings: Sequence[Finding] = (), cell: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.cell = cell
        self.findings = tuple(findings)
