"""What filing needs from engines: reading a whole history of returns set by set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gongmai.core.period.types import Period
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


class HistorySession(Protocol):
    """One reading of many files; closed at the end."""

    def load(
        self, form: Form, files: Sequence[SourceFile], codes: Mapping[str, frozenset[str]]
    ) -> list[FileFinding]:
        """Read and type all files of a form; give what is structurally wrong in them.

        `codes`: code list -> codes that lines may name.
        """
        ...

    def join(self, forms: Sequence[Form]) -> None:
        """Bring the loaded forms into one relation `history`: a wide row for each firm and period."""
        ...

    def audit(self, form: Form, sql: str, rules: Sequence[Any], limit: int) -> list[FileFinding]:
        """Run compiled audits over `history` and give what they found in the rows of `form`."""
        ...

    def contents(self, form: Form) -> Iterator[Any]:
        """Yield Arrow record batches enterprise_id, period, cells (JSON), lines (JSON) by period and firm."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class HistoryReader(Protocol):
    """Opens sessions."""

    def open(self, firms: Any) -> HistorySession:
        """Start with the firms: an Arrow table credit_code, enterprise_id, from_period, to_period by stay."""
        ...
