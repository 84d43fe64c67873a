"""Words of the indicators: what is asked, and the tables that answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from gongmai.core.formula.types import Checked, Formula, View
from gongmai.core.panel.types import Layer
from gongmai.core.period.types import Period

Label = Mapping[str, str]
ITEM_MARK = "{item}"


class Basis(StrEnum):
    """What a figure is compared with.

    `comparable` (official): the base stated on the same form by the current roster; `same_sample`: firms
    with both figures above zero; `nominal`: the level that last year's roster reported last year.
    """

    COMPARABLE = "comparable"
    SAME_SAMPLE = "same_sample"
    NOMINAL = "nominal"


class IndicatorError(Exception):
    """A request is refused. `code` and `params` say why; messages.py words it."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Request:
    """A question to the panel.

    `by` are codes of cuts, `filters` pairs of a cut and the codes kept. `vintage` None is the one in
    force, `indicators` come beside the standard ones.
    """

    period: Period
    view: View = View.CUMULATIVE
    item: str = "output"
    by: tuple[str, ...] = ()
    basis: Basis = Basis.COMPARABLE
    indicators: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tag: str | None = None
    vintage: int | None = None
    engine: str = "duckdb"
    layer: Layer = Layer.REPORTED

    def narrowed(self, cut: str, *codes: str) -> "Request":
        """The same question within some codes of a cut."""
        return replace(self, filters=(*(f for f in self.filters if f[0] != cut), (cut, codes)))


@dataclass(frozen=True, slots=True)
class Indicator:
    """An entry of the catalogue. Its formula may hold ``{item}``, which a request fills.

    `shape` tells how a value is printed: money, count, percent (of a fraction), points (of a fraction),
    number, days. `nominal` is False where the nominal basis has no meaning.
    """

    formula: Formula
    views: frozenset[View]
    shape: str
    about: Label
    per_item: bool
    nominal: bool = True

    @property
    def code(self) -> str:
        """The code, which names the column."""
        return self.formula.code

    @property
    def label(self) -> Label:
        """The name in each language."""
        return self.formula.label


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to cut the city into groups. `column` is a panel column, `cases` a list of (condition, code).

    `codes` names the code list with the labels, `labels` gives them directly. `overlapping` cuts (tags)
    count a firm in each group it belongs to, so that the groups do not add up.
    """

    code: str
    label: Label
    column: str = ""
    cases: tuple[tuple[str, str], ...] = ()
    other: str = ""
    codes: str = ""
    labels: Mapping[str, Label] = field(default_factory=dict)
    overlapping: bool = False
    aliases: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the indicator as it was computed, with its formula in force."""

    indicator: Indicator
    checked: Checked


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its codes by cut and its values by indicator. None is unknown.

    `note` is a code of rules.printing where the growth is to be worded (turned to loss, and so on);
    `hidden` says why the contribution should not be shown, empty when it may be.
    """

    codes: Mapping[str, str]
    values: Mapping[str, float | None]
    note: str = ""
    hidden: str = ""

    def __getitem__(self, indicator: str) -> float | None:
        """The value of an indicator."""
        return self.values[indicator]


@dataclass(frozen=True, slots=True)
class Table:
    """The answer: rows by group in order of their codes, the total, and what every number rests on."""

    request: Request
    vintage: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row
    labels: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)

    def label(self, cut: str, code: str, language: str) -> str:
        """The name of a group's code, the code itself where the list has none."""
        return self.labels.get(cut, {}).get(code, {}).get(language) or code


@dataclass(frozen=True, slots=True)
class Bridge:
    """From last year's published level to this year's, for one group; everything in the item's unit.

    ``current - published_base =
    (current - base) + entries + moves + revisions + exits + missing`` holds exactly:
    `entries` is the base of firms that were not on the roster a year ago, `exits` (negative) what firms
    that left had reported, `moves` what changed group, `revisions` bases stated otherwise than filed then,
    `missing` (negative) what firms had reported that are still to file or to be approved.
    """

    codes: Mapping[str, str]
    current: float
    base: float
    published_base: float
    entries: float
    exits: float
    moves: float
    revisions: float
    firms: Mapping[str, int]
    missing: float = 0.0

    @property
    def growth_amount(self) -> float:
        """Comparable growth as an amount."""
        return self.current - self.base


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm behind a number. `pull` is on the total of the request (a fraction)."""

    enterprise_id: int
    credit_code: str
    name: str
    value: float | None
    base: float | None
    change: float | None
    growth: float | None
    pull: float | None
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirmPage:
    """A page of the firms behind a number, and how many there are."""

    firms: tuple[Firm, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Series:
    """One group over time: by indicator the values of each period asked, None where there is none."""

    codes: Mapping[str, str]
    values: Mapping[str, tuple[float | None, ...]]


@dataclass(frozen=True, slots=True)
class Trend:
    """Groups over periods."""

    request: Request
    vintage: int
    periods: tuple[Period, ...]
    columns: tuple[Column, ...]
    series: tuple[Series, ...]
    labels: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Input:
    """A cell that a formula read: its total over the group and how many firms reported it."""

    cell: str
    label: Label
    unit: str
    total: float | None
    known: int


@dataclass(frozen=True, slots=True)
class OpenNumber:
    """A number opened: what it is, how it came about, what it rests on."""

    indicator: Indicator
    text: str
    explanation: Label
    value: float | None
    unit: str
    inputs: tuple[Input, ...]
    firms: int
    vintage: int
    published_at: Any
    growth: Mapping[Basis, float | None]
    codes: Mapping[str, str]
    may_see_firms: bool
    hidden: str = ""
