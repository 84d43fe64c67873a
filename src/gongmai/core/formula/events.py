"""What the rules announce."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RuleApproved:
    """A version of a rule or parameter was approved; it is in force from `valid_from` (ISO date)."""

    name: ClassVar[str] = "formula.approved"
    version_id: int
    catalogue: str
    kind: str
    code: str
    valid_from: str
