"""What filing needs from engines: reading a whole history of returns set by set."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from gongmai.core.formula.types import Checked
from gongmai.core.period.types import Period
from gongmai.monitor.filing.rules.audits import Audit
from gongmai.monitor.filing.types import CellValue, Form

# how far it is: done, total, text
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A table of one form and period: a CSV file, or the text columns read from a workbook."""

    name: str
    form: str
    table: str  # empty for the head
    period: Period
    path: str = ""
    columns: Mapping[str, Sequence[str | None]] | None = None
    rows: Sequence[int] | None = None  # of `columns`, as a spreadsheet counts; None: from 2 on


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What is wrong in a file: where, by which rule, which value, worded by `rule` and `params`.

    `row` counts as a spreadsheet does: the header is row 1. `severity` is that of types.Severity.
    """

    file: str
    row: int | None
    cell: str
    rule: str
    value: CellValue
    severity: str = "blocking"
    credit_code: str = ""
    enterprise_id: int | None = None
    form: str = ""
    period: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    table: str = ""
    line: int | None = None
    suggestion: CellValue = None


@dataclass(frozen=True, slots=True)
class Broken:
    """One audit that one return breaks; `line` is the number of the line, sorted by its key."""

    enterprise_id: int
    period: int
    audit: Audit
    line: int | None = None
    suggestion: CellValue = None


class HistorySession(Protocol):
    """One reading of many files; closed at the end."""

    def load(
        self,
        form: Form,
        files: Sequence[SourceFile],
        codes: Mapping[str, frozenset[str]],
        roll_ups: Sequence[tuple[str, int, Checked]],
        day: date,
    ) -> list[FileFinding]:
        """Read and type all files of a form; give what is structurally wrong in them.

        `codes`: code list -> codes that lines may name. `roll_ups`: head cell, decimals and the formula
        that gives it from the lines, under the parameters of `day`.
        """
        ...

    def firms(self, forms: Sequence[Form]) -> set[int]:
        """The firms in the loaded files of these forms."""
        ...

    def join(self, forms: Sequence[Form], filed: Iterable[tuple[Form, Any]] = ()) -> None:
        """Bring the loaded forms into one relation: a wide row for each firm and period.

        `filed`: form and Arrow table of what is on file already; a loaded row takes its place.
        """
        ...

    def prepare_audits(self, wanted: Sequence[str], locks: Sequence[tuple[str, str, str]]) -> None:
        """Join what the audits read. `wanted`: their columns; `locks` as of rules.locks.lock_columns."""
        ...

    def audit(
        self, form: Form, audits: Sequence[Audit], day: date, periods: Sequence[int]
    ) -> Iterator[Broken]:
        """Yield what the audits of a form find in its returns of these periods, in one statement."""
        ...

    def rows(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
        """The wide rows of some returns, by firm and period."""
        ...

    def contents(self, form: Form) -> Iterator[Any]:
        """Yield Arrow record batches enterprise_id, period, cells (JSON), lines (JSON) by period and firm."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class HistoryReader(Protocol):
    """Opens sessions."""

    def open(self, stays: Any, profiles: Any) -> HistorySession:
        """Start with two Arrow tables.

        `stays`: credit_code, enterprise_id, from_period, to_period, entry_type.
        `profiles`: enterprise_id, valid_from, valid_to, region, unit, industry, size.
        """
        ...


@dataclass(frozen=True, slots=True)
class Fired:
    """An audit that came out true on a return of the history.

    `subject` is the firm, or below zero minus the id of a return that was judged as it was filed first.
    """

    rule: str
    subject: int
    period: int
    unit: str


class TrialTooLong(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A trial took more time or memory than it may; `seconds` is the limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"more than {seconds} s")
        self.seconds = seconds


class TrialSession(Protocol):
    """A history on which rules are tried; closed at the end."""

    def fired(
        self, form: str, audits: Sequence[Audit], day: date, periods: Sequence[int], seconds: float
    ) -> list[Fired]:
        """What the audits (not those on lines) find in the returns of these periods.

        Parameters are those of `day`. Raises TrialTooLong past the seconds or the memory limit.
        """
        ...

    def judged(self, form: str, periods: Sequence[int]) -> Iterator[tuple[int, str, int]]:
        """Period, management unit and number of returns that could be judged."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class TrialRunner(Protocol):
    """Opens trials."""

    def open(
        self,
        files: Sequence[Path],
        filed: Mapping[str, Any],
        stays: Any,
        columns: Mapping[str, Sequence[str]],
        wanted: Sequence[str],
        locks: Sequence[tuple[str, str, str]],
    ) -> TrialSession:
        """Bring together the panel's files and what stands beside them.

        `filed`: by form an Arrow table subject, firm, period and cells: for a subject above zero what was
        filed but not published; below zero a return as filed first, judged in a copy of its firm's history.
        `columns`: the cells of each form; `wanted`: the columns that the rules read; `locks` as of
        rules.locks.lock_columns.
        """
        ...
