"""What the registry announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """The roster or the attributes of firms on it changed in these periods (keys such as 202212)."""

    periods: tuple[int, ...]
    name: str = "registry.roster_changed"
