"""The shape of the inventory of personal data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """Fields of one model about a person. `person`: the column of their number, self or none."""

    model: str
    fields: tuple[str, ...]
    person: str
    purpose: str
    basis: str
    kept: str
    seen_by: tuple[str, ...]
    erase: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of a model that go when `column` is older than so many days."""

    model: str
    column: str
    days: int
    why: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is kept of persons, which names only look like it, and what goes in time."""

    kept: tuple[Kept, ...]
    not_personal: Mapping[str, frozenset[str]]
    retention: tuple[Retention, ...]


class NoSuchPerson(LookupError):  # noqa: N818 - reads as a sentence where it is raised
    """Nobody of that login."""
