"""Steps and plans of chasing, what a round did, rows of the league."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from gongmai.core.period.types import Period

KIND = "chase"  # the kind of audit lines
FIRM_KIND = "chase.firm"  # the kind of notice to a firm
ALL_FORMS = ""
Label = Mapping[str, str]


class To(StrEnum):
    """Whom a step reaches, from the firm upward."""

    FIRM = "firm"
    COUNTY = "county"
    HEAD = "head"
    CITY = "city"


@dataclass(frozen=True, order=True, slots=True)
class Step:
    """A reminder `offset` working days from the deadline (negative: before), at a time of day, to some."""

    offset: int
    at: time
    to: tuple[To, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in force for a form (empty: for all). `number` is 0 for the one that we ship."""

    form: str
    valid_from: date
    steps: tuple[Step, ...]
    number: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the plan on the calendar."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round did, or would do: firms chased, people told, firms of which nobody can be told."""

    form: str
    period: Period
    due_on: date
    step: Step
    to: To
    firms: int
    people: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """A coded outcome of a telephone call. `needs_date`: the firm promised a day."""

    code: str
    label: Label
    needs_date: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the league counts of a unit over some periods."""

    unit: str
    due: int
    filed: int
    on_time: int
    late: int
    extended: int
    corrected: int
    returned: int
    reviewed: int
    review_days: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the league. `moved`: places won since the period before; None where there was none."""

    figures: Figures
    score: float | None
    rank: int
    moved: int | None = None

    @property
    def on_time_share(self) -> float | None:
        """In time by the deadline in force, of what was due."""
        return self.figures.on_time / self.figures.due if self.figures.due else None

    @property
    def filed_share(self) -> float | None:
        """Filed of what was due."""
        return self.figures.filed / self.figures.due if self.figures.due else None

    @property
    def returned_share(self) -> float | None:
        """Sent back at least once, of what was filed."""
        return self.figures.returned / self.figures.filed if self.figures.filed else None

    @property
    def corrected_share(self) -> float | None:
        """Filed more than once, of what was filed."""
        return self.figures.corrected / self.figures.filed if self.figures.filed else None


class ChaseError(Exception):
    """Refused. `code` and `params` say why; messages.py words it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
