"""What the panel announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A vintage came into force; `periods` are the period keys whose files it replaced."""

    vintage: int
    periods: tuple[int, ...]
    name: str = "panel.published"
