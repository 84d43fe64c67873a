"""The shapes of events, handlers and deliveries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Event(Protocol):
    """A fact announced: a frozen dataclass of plain values with a ``name`` such as ``filing.submitted``."""

    @property
    def name(self) -> str:
        """What the event is called."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a handler receives: the event's name and plain values, and the delivery's number."""

    delivery_id: int
    name: str
    payload: dict[str, Any]


# A handler takes all messages that wait for it (at least one) and must be idempotent.
# It may report progress: progress(done, total, text).
Progress = Callable[[int, int, str], None]
Handler = Callable[[Sequence[Message], Progress], None]
Flow = Sequence[tuple[type, Handler]]
# What the worker does every so many seconds; it runs in any number of workers and must be idempotent.
Ticks = Sequence[tuple[float, Callable[[], object]]]
