"""The shape of a figure's life."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a figure. `kind` names the icon and the heading (messages.py).

    `value` is the figure after it, where it changed it; `old` the one before; `key` an attachment's address.
    """

    at: datetime
    kind: str
    by: str = ""
    text: str = ""
    note: str = ""
    old: Any = None
    value: Any = None
    has_value: bool = False
    version: int | None = None
    key: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """The vintages over which the panel held one value of the figure; `last` None: until today."""

    first: int
    last: int | None
    at: datetime
    reason: str
    value: Any
    is_present: bool


@dataclass(frozen=True, slots=True)
class Container:
    """A published indicator that the figure goes into."""

    code: str
    label: str
    view: str
    item: str
    period: str


@dataclass(frozen=True, slots=True)
class Life:
    """A figure with everything that is known of it."""

    filing: Any
    form: Any
    period: Any
    cell: str
    label: str
    unit: str
    value: Any
    version: int | None
    events: list[Event] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    adjustments: list[Any] = field(default_factory=list)
