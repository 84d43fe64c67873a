"""Reading the cells of a city's tables: text in, values or findings out."""

import calendar
import re
from collections.abc import Iterable
from datetime import date

from gongmai.core.period.types import Period
from gongmai.core.registry.types import Finding, Row, Table

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_INTEGER = re.compile(r"^-?\d+(\.0+)?$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$")
MAX_SHOWN = 80


def last_day(period: int) -> date:
    """The last day of a period (key): attributes of a period are those of its end."""
    year, month = divmod(period, 100)
    return date(year, month, calendar.monthrange(year, month)[1])


class TableReader:
    """Reads one table cell by cell and collects what is wrong with it."""

    def __init__(self, table: Table, findings: list[Finding]) -> None:
        self.table = table
        self.findings = findings

    def check_header(self, required: Iterable[str], optional: Iterable[str], *, free: bool = False) -> bool:
        """Whether the columns are there. A missing or (unless `free`) an unknown column is a finding."""
        needed, known = list(required), {*required, *optional}
        missing = [column for column in needed if column not in self.table.header]
        unknown = [] if free else [column for column in self.table.header if column not in known]
        for column in missing:
            self.findings.append(Finding(self.table.file, 1, column, "header_missing"))
        for column in unknown:
            columns = ", ".join([*needed, *(c for c in optional if c not in needed)])
            self.findings.append(
                Finding(self.table.file, 1, column, "header_unknown", column, {"columns": columns})
            )
        return not missing and not unknown

    def add(self, row: Row, column: str, rule: str, **detail: object) -> None:
        """Record that a cell is wrong."""
        value = row.cells.get(column, "")[:MAX_SHOWN]
        self.findings.append(Finding(self.table.file, row.number, column, rule, value, detail))

    def text(self, row: Row, column: str, limit: int = 200, *, required: bool = False) -> str:
        """The text of a cell; a finding when it is too long, or empty though required."""
        value = row.cells.get(column, "")
        if required and not value:
            self.add(row, column, "cell_required")
        elif len(value) > limit:
            self.add(row, column, "cell_too_long", limit=limit)
            return value[:limit]
        return value

    def day(self, row: Row, column: str, default: date | None = None) -> date | None:
        """A date such as 2020-10-31; the default for an empty cell."""
        value = row.cells.get(column, "")
        if not value:
            return default
        try:
            if _DATE.match(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.add(row, column, "date_form")
        return default

    def period(
        self, row: Row, column: str, default: int | None = None, *, required: bool = False
    ) -> int | None:
        """The key of a period such as 2022-12; the default for an empty cell."""
        value = row.cells.get(column, "")
        if not value:
            if required:
                self.add(row, column, "cell_required")
            return default
        try:
            return Period.parse(value).key
        except ValueError:
            self.add(row, column, "period_form")
            return default

    def integer(self, row: Row, column: str, *, minimum: int = 0) -> int | None:
        """A whole number; None for an empty cell."""
        value = row.cells.get(column, "")
        if not value:
            return None
        if not _INTEGER.match(value):
            self.add(row, column, "integer_form")
            return None
        number = int(value.split(".")[0])
        if number < minimum:
            self.add(row, column, "number_small", minimum=minimum)
            return None
        return number

    def number(self, row: Row, column: str, low: float, high: float) -> float | None:
        """A required number between two bounds; None (and a finding) otherwise."""
        value = row.cells.get(column, "")
        if not _NUMBER.match(value):
            self.add(row, column, "number_form" if value else "cell_required")
            return None
        number = float(value)
        if not low <= number <= high:
            self.add(row, column, "number_range", low=low, high=high)
            return None
        return number
