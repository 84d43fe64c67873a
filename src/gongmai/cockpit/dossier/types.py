"""The shape of a section of the page of an enterprise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gongmai.core.access.types import Actor

# What a section shows of a firm (an Enterprise row); None where it has nothing to show to this reader.
Build = Callable[[Actor, Any], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its code (the anchor), its heading (a msgid), its template and its content."""

    code: str
    heading: str
    template: str
    build: Build
