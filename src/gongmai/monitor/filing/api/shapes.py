"""Shapes that every operation of filing's API gives: findings, locks, refusals."""

from typing import Any

from ninja import Field, Schema, Status

from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Refused
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.types import FilingError, Finding, Lock, May

CONFLICTS = {"stale_draft", "not_open", "stale", "move_not_open", "key_reused", "already_asked"}


class FindingOut(Schema):
    """What an audit found. An explanation is sent under `key`."""

    key: str = Field(examples=["V3_output"])
    rule: str
    severity: str = Field(examples=["blocking", "explanatory"])
    cell: str
    table: str = ""
    line: int | None = None
    value: Any = None
    values: dict[str, Any] = Field({}, description="the figures that the rule looked at")
    suggestion: Any = None
    message: str
    advice: str


class Problem(Schema):
    """Why a call was refused."""

    code: str = Field(examples=["blocking_findings"])
    message: str
    cell: str = ""
    findings: list[FindingOut] = []


class LockOut(Schema):
    """What stands against a move."""

    code: str = Field(examples=["four_eyes"])
    message: str


REFUSALS = dict.fromkeys((403, 404, 409, 422), Problem)


def finding_out(finding: Finding) -> FindingOut:
    """A finding in words."""
    return FindingOut(
        key=finding.key,
        rule=finding.rule,
        severity=finding.severity.value,
        cell=finding.cell,
        table=finding.table,
        line=finding.line,
        value=finding.value,
        values=dict(finding.params),
        suggestion=finding.suggestion,
        message=messages.word(finding.rule, finding.params),
        advice=messages.advise(finding.rule, finding.params),
    )


def lock_out(lock: Lock) -> LockOut:
    """What stands against a move, in words."""
    return LockOut(code=lock.code, message=messages.word_lock(lock))


def locks_out(may: May) -> dict[str, LockOut | None]:
    """What may be done, with words for what may not."""
    return {move: lock_out(lock) if lock else None for move, lock in may.items()}


def refuse(error: FilingError | Refused) -> Status[Problem]:
    """The refusal with its status: 404 not there, 409 overtaken, 422 to be corrected."""
    if isinstance(error, Refused):
        return Status(409, Problem(code=error.code, message=review_messages.word(error)))
    missing = {"no_such_return", "no_such_adjustment", "unknown_form", "bad_period"}
    status = 404 if error.code in missing else 409 if error.code in CONFLICTS else 422
    return Status(
        status,
        Problem(
            code=error.code,
            message=messages.word_error(error),
            cell=error.cell,
            findings=[finding_out(finding) for finding in error.findings],
        ),
    )
