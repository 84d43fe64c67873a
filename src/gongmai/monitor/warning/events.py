"""What happened to warnings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The triggers were evaluated and something new was found. `reopened`: numbers of warnings."""

    period: int
    vintage: int
    found: int
    reopened: tuple[int, ...]
    name: str = "warning.evaluated"


@dataclass(frozen=True, slots=True)
class Assigned:
    """The city gave warnings to their counties in one go."""

    batch: str
    alerts: tuple[int, ...]
    due_on: str
    name: str = "warning.assigned"


@dataclass(frozen=True, slots=True)
class Moved:
    """A warning was answered by the county, or escalated by the city. `revision` counts its moves."""

    alert: int
    revision: int
    move: str
    text: str
    due_on: str
    name: str = "warning.moved"
