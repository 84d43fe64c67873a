"""Shapes of the registry: labels, findings, and a city as its folder of plain files states it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gongmai.core.period.types import Period


@dataclass(frozen=True, slots=True)
class Label:
    """An official name in both languages; where the English one is missing the Chinese one stands."""

    zh: str
    en: str = ""

    def text(self, language: str) -> str:
        """The name for a language code such as ``zh-hans`` or ``en``."""
        return self.zh if language.startswith("zh") or not self.en else self.en


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file. `rule` is a code that messages.py words; `row` counts from 1 = header."""

    file: str
    row: int | None
    column: str
    rule: str
    value: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row of a table: its line number and its cells as stripped text."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file of the folder: its name, its header and its rows."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A row of a code list."""

    list: str
    code: str
    label: Label
    valid_from: date
    valid_to: date | None = None
    parent: str = ""
    source: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def holds_on(self, day: date) -> bool:
        """Whether the entry is valid on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Mapping:
    """When a town (or, with an empty town, the rest of a region) belongs to a unit. Period keys."""

    region: str
    town: str
    unit: str
    valid_from: int
    valid_to: int | None = None

    def holds_in(self, period: int) -> bool:
        """Whether the mapping is in force in that period."""
        return self.valid_from <= period and (self.valid_to is None or period <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Place:
    """The attributes of a firm that change with time, without the unit that follows from them."""

    region: str
    town: str
    park: str
    industry: str
    workers: int | None
    revenue: int | None
    size: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileSpan:
    """A place that holds from one period to another, with the unit that it belongs to then."""

    valid_from: int
    valid_to: int | None
    unit: str
    place: Place


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay on the roster. Period keys, both ends included."""

    from_period: int
    to_period: int | None
    entry_type: str
    exit_type: str = ""


@dataclass(slots=True)
class Firm:
    """An enterprise of the folder with its dated rows."""

    credit_code: str
    name: str
    registered_on: date | None = None
    address: str = ""
    contact: str = ""
    contact_phone: str = ""
    profiles: list[ProfileSpan] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A value-added rate or a price index of an industry division in a period."""

    code: str
    industry_division: str
    period: int
    value: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class GrantEntry:
    """A role for a person; for an enterprise `scope_value` is the credit code."""

    username: str
    display_name: str
    role: str
    scope_kind: str
    scope_value: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class CityFile:
    """What city.yaml says."""

    code: str
    label: Label
    bureau: Label
    is_synthetic: bool
    simulated_now: datetime | None
    history_from: Period
    current_period: Period
    groups: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class CityPlan:
    """Everything of the folder except the returns, checked and ready to be written."""

    city: CityFile
    codes: list[CodeEntry] = field(default_factory=list)
    mappings: list[Mapping] = field(default_factory=list)
    firms: dict[str, Firm] = field(default_factory=dict)
    parameters: list[ParameterEntry] = field(default_factory=list)
    grants: list[GrantEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SizeFloor:
    """The floors of a size class: persons and thousand yuan of revenue a year, with their dates."""

    code: str
    workers: int
    revenue_kcny: int
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """How the superseded edition of the industry classification betrays itself."""

    edition: str
    superseded: str
    old_labels: dict[str, str]
    new_groups: tuple[str, ...]
    retired_classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class EnterpriseFilter:
    """Which firms a list shows; an empty field does not filter. `roster` is "on", "off" or ""."""

    text: str = ""
    unit: str = ""
    region: str = ""
    park: str = ""
    industry: str = ""
    size: str = ""
    tag: str = ""
    roster: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its rows, its number from 1, the number of pages and of rows in all."""

    rows: tuple[Any, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What a city's folder is checked against: national lists, size floors, editions, types of entry."""

    entries: tuple[CodeEntry, ...]
    floors: tuple[SizeFloor, ...]
    edition: Edition
    entry_months: dict[str, tuple[int, int] | None]
    exit_types: tuple[str, ...]
    roles: tuple[str, ...]


class RefusedEdit(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """An edit that the registry's rules refuse: the form's field and a rule that messages.py words."""

    def __init__(self, column: str, rule: str, value: object = "", **detail: object) -> None:
        super().__init__(column, rule)
        self.finding = Finding("", None, column, rule, str(value), dict(detail))
