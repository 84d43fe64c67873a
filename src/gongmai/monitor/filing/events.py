"""What filing announces."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Submitted:
    """A version was filed and waits for the county."""

    name: ClassVar[str] = "filing.submitted"
    return_id: int
    enterprise_id: int
    form: str
    period: int
    version: int


@dataclass(frozen=True, slots=True)
class Approved:
    """The city passed a version: the panel may take it in."""

    name: ClassVar[str] = "filing.approved"
    return_id: int
    enterprise_id: int
    form: str
    period: int
    version: int
    version_id: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A return went back to the firm with a reason.

    `boxes`: the single boxes that were opened, each with its reason; empty when all are.
    `answer_by`: until when the answer is awaited, as ISO time.
    """

    name: ClassVar[str] = "filing.returned"
    return_id: int
    enterprise_id: int
    form: str
    period: int
    version: int
    reason: str
    boxes: dict[str, str] = field(default_factory=dict)
    answer_by: str = ""


@dataclass(frozen=True, slots=True)
class Commented:
    """Somebody wrote about a return. `internal`: for officers only; `by_firm`: the firm wrote it."""

    name: ClassVar[str] = "filing.commented"
    return_id: int
    enterprise_id: int
    form: str
    period: int
    box: str
    text: str
    author: str
    by_firm: bool
    internal: bool


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjustment came into force or was removed: the period is published again."""

    name: ClassVar[str] = "filing.adjusted"
    adjustment_id: int
    enterprise_id: int
    form: str
    period: int
