"""The shapes of admission: kinds of requests, limits, tickets and refusals."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Kind(IntEnum):
    """What a request is for; the lower, the sooner it is served."""

    WRITE = 0  # a firm saves, checks or submits; an officer decides
    ENTRY = 1  # signing in
    READ = 2
    EXPORT = 3


class Reason(StrEnum):
    """Why a request was refused."""

    FULL = "full"  # more wait already than can be served in time
    LATE = "late"  # it waited as long as it may
    PUSHED = "pushed"  # something more urgent took its place in the line
    RATE = "rate"  # this client asks too often
    SHARE = "share"  # this client has enough in the line


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one process takes on. Seconds and requests.

    `slots` are served at once and `waiting` may wait, each at most `patience`. A client may ask `burst` times
    at once and `rate` times a second for long (0: without limit), and may have `share` waiting. At most
    `exports` of the slots hold exports.
    """

    slots: int = 3
    waiting: int = 32
    patience: float = 0.9
    rate: float = 10.0
    burst: float = 100.0
    share: int = 8
    exports: int = 1


@dataclass(slots=True)
class Ticket:
    """One request's place: in service, waiting, or out of the line for a reason."""

    kind: Kind
    client: str
    order: int
    arrived: float
    is_heavy: bool = False
    is_served: bool = False
    refused: Reason | None = None


@dataclass(slots=True)
class Totals:
    """What a process has let in and refused since it began."""

    served: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    longest_wait: float = 0.0
