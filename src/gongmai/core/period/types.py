"""Reporting periods of industrial statistics.

January is not filed: the first period of a year is the merged January-February, written as month 2.
A year therefore has eleven periods. Source: national reporting practice for above-scale industry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_MONTH = 2
LAST_MONTH = 12
PERIODS_PER_YEAR = 11
_TEXT = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A reporting period: a year and a month from 2 (January-February merged) to 12.

    >>> Period(2023, 2).previous()
    Period(year=2022, month=12)
    >>> Period.parse("2022-12").key
    202212
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse months that are not filed."""
        if not FIRST_MONTH <= self.month <= LAST_MONTH:
            raise ValueError(
                f"month {self.month} is not a reporting period: use 2 to 12, January is merged into 2"
            )
        if not 1900 <= self.year <= 2999:  # noqa: PLR2004 - four-digit years only
            raise ValueError(f"year {self.year} is out of range")

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2022-12``; raise ValueError for anything else, January included."""
        match = _TEXT.match(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a period: write it as 2022-12")
        return cls(int(match.group(1)), int(match.group(2)))

    @classmethod
    def from_key(cls, key: int) -> "Period":
        """Turn the stored integer, such as 202212, into a period."""
        return cls(key // 100, key % 100)

    @classmethod
    def from_index(cls, index: int) -> "Period":
        """Turn the running number of `index` back into a period."""
        return cls(index // PERIODS_PER_YEAR, index % PERIODS_PER_YEAR + FIRST_MONTH)

    @property
    def key(self) -> int:
        """The integer that is stored and sorted: year * 100 + month."""
        return self.year * 100 + self.month

    @property
    def index(self) -> int:
        """Running number: neighbouring periods differ by one, the same period a year ago by eleven."""
        return self.year * PERIODS_PER_YEAR + self.month - FIRST_MONTH

    @property
    def months(self) -> int:
        """Months accumulated since the start of the year."""
        return self.month

    @property
    def is_merged(self) -> bool:
        """True for January-February, which has a cumulative figure and no month of its own."""
        return self.month == FIRST_MONTH

    def previous(self) -> "Period":
        """The period before this one."""
        return Period.from_index(self.index - 1)

    def next(self) -> "Period":
        """The period after this one."""
        return Period.from_index(self.index + 1)

    def year_ago(self) -> "Period":
        """The same period of last year."""
        return Period(self.year - 1, self.month)

    def __str__(self) -> str:
        """The text form, ``2022-12``."""
        return f"{self.year:04d}-{self.month:02d}"


def periods_between(first: Period, last: Period) -> Iterator[Period]:
    """Yield the periods from `first` to `last`, both included."""
    for index in range(first.index, last.index + 1):
        yield Period.from_index(index)
