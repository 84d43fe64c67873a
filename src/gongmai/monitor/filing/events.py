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


@dataclass(frozen=True, slots=True)
class SubmittedLate:
    """A return was filed for the first time after its deadline."""

    name: ClassVar[str] = "filing.submitted_late"
    return_id: int
    enterprise_id: int
    form: str
    period: int
    submitted_at: str


@dataclass(frozen=True, slots=True)
class Extended:
    """Deadlines were moved; ISO times. One event for all that was granted in one move."""

    name: ClassVar[str] = "filing.extended"
    batch: str
    return_ids: tuple[int, ...]
    new_due_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unextended:
    """An extension was taken back: the earlier deadlines hold again."""

    name: ClassVar[str] = "filing.unextended"
    batch: str
    return_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BaseDecided:
    """The city approved or refused a firm's request to change a locked base."""

    name: ClassVar[str] = "filing.base_decided"
    revision_id: int
    return_id: int
    cell: str
    wanted: float | None
    approved: bool
    note: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A history of returns was written whole."""

    name: ClassVar[str] = "filing.imported"
    at: str
    returns: int
    files: int
