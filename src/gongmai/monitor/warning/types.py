"""Words of the warnings: colours, triggers, signals, states and moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

Label = Mapping[str, str]
KIND = "warning"  # the kind of audit lines and notices


class Colour(IntEnum):
    """How grave a signal is; NONE is no signal."""

    NONE = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


class Level(StrEnum):
    """What a warning is about."""

    ENTERPRISE = "enterprise"
    INDUSTRY = "industry"
    COUNTY = "county"


class Method(StrEnum):
    """How a trigger is judged: a formula of each firm, many firms tested at once, an indicator of groups."""

    FORMULA = "formula"
    BREACH = "breach"
    INDICATOR = "indicator"


class State(StrEnum):
    """Where a warning is in its life."""

    FOUND = "found"
    ASSIGNED = "assigned"
    TRUE = "true"
    ERROR = "error"  # a figure is wrong; the city is asked to send its cell back
    CORRECTING = "correcting"  # the cell is with the firm
    HANDLED = "handled"
    REPORTED = "reported"
    ESCALATED = "escalated"
    CLOSED = "closed"
    FALSE = "false"  # a false alarm: it ends here and counts against the trigger


class Move(StrEnum):
    """What moves a warning."""

    ASSIGN = "assign"
    CONFIRM = "confirm"
    CALL_ERROR = "call_error"
    CALL_FALSE = "call_false"
    SEND_BACK = "send_back"
    HANDLE = "handle"
    REPORT = "report"
    CLOSE = "close"
    ESCALATE = "escalate"
    REOPEN = "reopen"
    LAPSE = "lapse"  # never assigned and no longer firing


# state, move -> next state; whatever is not here is refused
TRANSITIONS: Mapping[tuple[State, Move], State] = {
    (State.FOUND, Move.ASSIGN): State.ASSIGNED,
    (State.FOUND, Move.LAPSE): State.CLOSED,
    (State.ASSIGNED, Move.CONFIRM): State.TRUE,
    (State.ASSIGNED, Move.CALL_ERROR): State.ERROR,
    (State.ASSIGNED, Move.CALL_FALSE): State.FALSE,
    (State.ASSIGNED, Move.ESCALATE): State.ESCALATED,
    (State.ERROR, Move.SEND_BACK): State.CORRECTING,
    (State.ERROR, Move.ASSIGN): State.ASSIGNED,
    (State.CORRECTING, Move.CLOSE): State.CLOSED,
    (State.TRUE, Move.HANDLE): State.HANDLED,
    (State.TRUE, Move.ESCALATE): State.ESCALATED,
    (State.HANDLED, Move.REPORT): State.REPORTED,
    (State.HANDLED, Move.ESCALATE): State.ESCALATED,
    (State.REPORTED, Move.CLOSE): State.CLOSED,
    (State.REPORTED, Move.ESCALATE): State.ESCALATED,
    (State.ESCALATED, Move.HANDLE): State.HANDLED,
    (State.CLOSED, Move.REOPEN): State.ASSIGNED,
    (State.FALSE, Move.REOPEN): State.ASSIGNED,
}
ENDED = frozenset({State.CLOSED, State.FALSE})
VERDICTS = frozenset({Move.CONFIRM, Move.CALL_ERROR, Move.CALL_FALSE})


@dataclass(frozen=True, slots=True)
class Step:
    """When a colour is given: the value beyond a threshold, or a condition, so many months running."""

    colour: Colour
    below: float | None = None
    above: float | None = None
    months: int = 1
    condition: str = ""
    label: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trigger:
    """An entry of the catalogue. `value` is a formula of the firm or the code of an indicator.

    `view` and `against_whole` are of indicators: the view, and whether the city's own value is taken off.
    `form` and `cell` name the box that goes back to the firm where the figure was wrong.
    """

    code: str
    label: Label
    about: Label
    level: Level
    method: Method
    value: str
    steps: tuple[Step, ...]
    shape: str
    valid_from: date
    source: Label
    valid_to: date | None = None
    where: str = ""
    view: str = ""
    against_whole: bool = False
    form: str = ""
    cell: str = ""

    def in_force(self, day: date) -> bool:
        """Whether the trigger holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Signal:
    """A trigger that fires (or was asked and does not: NONE) for one firm or group in one period.

    `share`: the firm's share of its county's usual output, a group's share of the city's; a fraction.
    """

    trigger: str
    level: Level
    key: str
    colour: Colour
    value: float | None
    share: float
    unit: str = ""
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """Parameters of the life in force on a day: deadlines in working days by state, and so on."""

    deadlines: Mapping[State, int]
    reopen_within: int  # months after the one in which it was closed
    severity: Mapping[Colour, float]
    source: Label


@dataclass(frozen=True, slots=True)
class Measure:
    """How a trigger has done. Shares are fractions, None where nothing is known; `lead` in months."""

    trigger: str
    found: int = 0
    verified: int = 0
    true: int = 0
    errors: int = 0
    false: int = 0
    due: int = 0
    in_time: int = 0
    lead: float | None = None
    by_colour: Mapping[int, int] = field(default_factory=dict)

    @property
    def precision(self) -> float | None:
        """True of what was verified."""
        return self.true / self.verified if self.verified else None

    @property
    def false_rate(self) -> float | None:
        """False alarms of what was verified."""
        return self.false / self.verified if self.verified else None

    @property
    def in_time_share(self) -> float | None:
        """Steps taken by their deadline, of the steps that had one."""
        return self.in_time / self.due if self.due else None


class WarningRefused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """Refused. `code` and `params` say why; messages.py words it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
