"""Shapes of the API of review."""

from datetime import date
from typing import Any

from ninja import Field, Schema

from gongmai.core.review.types import Move
from gongmai.monitor.filing.api.shapes import FindingOut, LockOut
from gongmai.monitor.filing.types import AdjustmentKind, Verdicts

MOST = 200


class RowOut(Schema):
    """A return in a list."""

    id: int
    credit_code: str
    name: str
    unit: str
    state: str
    version: int
    unread: int
    may: dict[str, LockOut | None]


class ListOut(Schema):
    """A page of returns."""

    count: int
    page: int
    pages: int
    returns: list[RowOut]


class RemarkOut(Schema):
    """One remark."""

    text: str
    author: str
    by_firm: bool
    version: int
    at: str


class ThreadOut(Schema):
    """What is said about a box, or about the whole return (`box` empty)."""

    id: int
    box: str
    internal: bool
    resolved: bool
    unread: int
    remarks: list[RemarkOut]


class SeenOut(Schema):
    """One return with what may be done and what stands beside the figures."""

    id: int
    form: str
    period: str
    credit_code: str
    state: str
    version: int
    revision: int
    standings: dict[str, str] = Field(description="level -> what the return is to it")
    cells: dict[str, Any]
    lines: dict[str, list[dict[str, Any]]]
    explanations: dict[str, str]
    findings: list[FindingOut]
    open_boxes: list[str] | None = Field(description="the boxes open to the firm; null: all")
    box_reasons: dict[str, str]
    answer_by: str | None
    flags: list[str] = Field(description="the boxes that the caller marked; an empty one is the whole return")
    threads: list[ThreadOut]
    may: dict[str, LockOut | None]


class MoveIn(Schema):
    """A move. `version` and `revision` guard against acting on what has changed since it was read."""

    move: Move = Field(examples=["send_back"])
    reason: str = Field("", max_length=1000)
    boxes: dict[str, str] = Field(
        {}, description="single boxes, each with its reason", examples=[{"sales": ""}]
    )
    answer_by: date | None = None
    version: int | None = None
    revision: int | None = None


class ManyIn(Schema):
    """Returns to pass, each with the version that was seen."""

    move: Move = Field(examples=["pass_county"])
    returns: dict[int, int] = Field(description="return -> version", max_length=MOST)


class ManyOut(Schema):
    """What came of it."""

    done: list[int]
    refused: dict[int, LockOut]


class RankedOut(Schema):
    """A waiting return with its place."""

    id: int
    credit_code: str
    name: str
    version: int
    score: float = Field(description="percentage points of the county's growth times suspicion")
    influence: float
    suspicion: float
    disputed: bool
    above: bool = Field(description="whether it is looked at before it is passed")


class RemarkIn(Schema):
    """What is said."""

    text: str = Field(max_length=2000)
    box: str = Field("", max_length=120)
    internal: bool = False


class FlagIn(Schema):
    """A mark at a box."""

    box: str = Field("", max_length=120)
    on: bool = True


class VerdictIn(Schema):
    """What an officer thinks of the explanation of a finding."""

    finding: str = Field(max_length=160, examples=["V4_zero"])
    verdict: Verdicts
    note: str = Field("", max_length=2000)
    version: int | None = None


class AdjustmentIn(Schema):
    """A correction to be laid over a published figure."""

    cell: str = Field(max_length=60, examples=["output"])
    kind: AdjustmentKind = AdjustmentKind.VALUE
    number: float
    reason: str = Field(max_length=1000)


class AdjustmentOut(Schema):
    """An adjustment with both figures."""

    id: int
    enterprise: int
    form: str
    period: str
    cell: str
    kind: str
    number: float
    reason: str
    state: str
    reported: Any = None
    adjusted: Any = None


class ReasonIn(Schema):
    """Why."""

    reason: str = Field(max_length=1000)
