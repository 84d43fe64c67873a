"""The shape of a line of the trail."""

from dataclasses import dataclass

STREAMS = 16
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Line:
    """One write, as it is hashed. `payload` is canonical JSON text; `at` an ISO time with zone."""

    stream: int
    number: int
    at: str
    actor_id: int | None
    actor: str
    action: str
    kind: str
    object_id: str
    payload: str


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where the chain does not hold. `reason` is a code worded by messages.py."""

    stream: int
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification saw: lines read, anchored places compared, every breach, signatures that hold."""

    lines: int
    anchors: int
    breaches: tuple[Breach, ...]
    signatures: int = 0
