"""The accounts of the demonstration: one for each kind of person, all marked as such."""

from collections.abc import Mapping
from dataclasses import dataclass

from gongmai.demo import sources


@dataclass(frozen=True, slots=True)
class Person:
    """An account; `scope_value` starting with ``@`` stands for the firms that the open month picks."""

    username: str
    password: str
    display_name: str
    role: str
    scope_kind: str
    scope_value: str
    label: Mapping[str, str]


def demo_people() -> list[Person]:
    """All accounts of the demonstration, in the order in which they are shown."""
    table = sources.read_yaml("people")
    return [Person(password=table["password"], **person) for person in table["people"]]
