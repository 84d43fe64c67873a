"""Names of the files of a city folder that hold returns, and the states of returns still open."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gongmai.core.period.types import Period
from gongmai.core.review.types import State
from gongmai.monitor.filing.types import Form

_NAME = re.compile(
    r"^(?P<form>[a-z][a-z0-9_]*)(\.(?P<table>[a-z][a-z0-9_]*))?\.(?P<period>\d{4}-\d{2})\.(csv|xlsx)$"
)


def read_name(name: str, forms: Mapping[str, Form]) -> tuple[str, str, Period]:
    """Form, table (empty for the head) and period that a file name states.

    Raises ValueError with a code: `bad_file_name`, `unknown_form`, `unknown_table`, `bad_period`.
    """
    match = _NAME.match(name)
    if match is None:
        raise ValueError("bad_file_name")
    form, table = match["form"], match["table"] or ""
    if form not in forms:
        raise ValueError("unknown_form")
    if table and table not in {entry.code for entry in forms[form].tables}:
        raise ValueError("unknown_table")
    try:
        return form, table, Period.parse(match["period"])
    except ValueError:
        raise ValueError("bad_period") from None


def names_twice(names: Iterable[str]) -> list[str]:
    """Tables that stand in the folder both as CSV and as a workbook."""
    seen: dict[str, int] = {}
    for name in names:
        stem = name.rsplit(".", 1)[0]
        seen[stem] = seen.get(stem, 0) + 1
    return sorted(stem for stem, count in seen.items() if count > 1)


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """What states.csv says of a return that is not, or not yet, approved."""

    state: State
    submitted_at: datetime | None = None
    reason: str = ""
    explanation: str = ""
