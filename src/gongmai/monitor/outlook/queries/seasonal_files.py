"""Adjusted series and their revisions as rows of a file."""

from collections.abc import Iterator

from gongmai.monitor.outlook.queries.files import DIGITS
from gongmai.monitor.outlook.rules.calendar import write_month
from gongmai.monitor.outlook.types import Adjustment

ADJUSTED = (
    "unique_id",
    "ds",
    "y",
    "per_month",
    "adjusted",
    "change",
    "trend",
    "seasonal",
    "calendar",
    "irregular",
)
REVISED = ("unique_id", "ds", "first", "now", "revision", "first_change", "change")


def adjusted_rows(made: Adjustment) -> Iterator[list[str]]:
    """The lines of an adjusted series; `change` on the period before as a fraction, or an amount."""
    columns = (made.filed, made.original, made.adjusted, made.change)
    parts = (made.trend, made.seasonal, made.calendar, made.irregular)
    for at, period in enumerate(made.periods):
        numbers = (column[at] for column in (*columns, *parts))
        yield [made.name, write_month(period, made.style), *map(_number, numbers)]


def revision_rows(made: Adjustment) -> Iterator[list[str]]:
    """What was first said of the last periods and what is said now; `revision`: a fraction, or an amount."""
    for each in made.revisions:
        moved = each.now / each.first - 1 if made.relative and each.first > 0 else each.now - each.first
        numbers = (each.first, each.now, moved, each.first_change, each.change)
        yield [made.name, write_month(each.period, made.style), *map(_number, numbers)]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.{DIGITS}g}"
