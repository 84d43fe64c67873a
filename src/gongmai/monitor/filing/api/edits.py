"""Edits of single boxes as a system sends them, and those that could not be put in."""

from typing import Any

from ninja import Field, Schema


class EditIn(Schema):
    """One box as somebody typed into it.

    `address`: `c.CELL` a head box, `l.TABLE.LINE.COLUMN` a box of a line (the names of lines are in
    `line_names`; a new name that begins with `n` adds a line), `r.TABLE.LINE` takes a line away (`base`: the
    line as seen, `value`: null), `e.FINDING` an explanation, `k.CELL` (`base` null, `value` "1") confirms a
    figure that was filled in from last period.
    """

    address: str = Field(examples=["c.output", "l.output_lines.k1311.output"], max_length=200)
    base: Any = Field(description="what stood in the box when it was typed into; null: nothing")
    value: Any = Field(description="what stands there now; null: nothing")


class ConflictOut(Schema):
    """An edit that was not put in: both values, and why."""

    address: str
    why: str = Field(description="differs; gone: its line was taken away; closed: the box was not sent back")
    base: Any = None
    mine: Any = None
    theirs: Any = None
