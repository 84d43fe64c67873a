"""The month, the cumulative figure and the base: any two give the third.

cumulative = cumulative of the period before + this month + adjustment. January-February has only the
cumulative figure. Source: layout of the national monthly form B204-1; the identity is broken in practice
by revisions, which is what the adjustment is for.
"""

from collections.abc import Mapping

from gongmai.core.period.types import Period
from gongmai.monitor.filing.types import CellValue, Column, Part

Number = int | float


def complete_triple(
    month: Number | None,
    ytd: Number | None,
    previous_ytd: Number | None,
    adjustment: Number = 0,
) -> tuple[Number | None, Number | None]:
    """Fill in the missing one of (month, cumulative) from the other and last period's cumulative.

    Nothing is changed that is there, nothing is guessed while last period's cumulative is unknown.

    >>> complete_triple(10, None, 30)
    (10, 40)
    >>> complete_triple(None, 45, 30, 5)
    (10, 45)
    """
    if previous_ytd is None:
        return month, ytd
    if ytd is None and month is not None:
        return month, previous_ytd + month + adjustment
    if month is None and ytd is not None:
        return ytd - previous_ytd - adjustment, ytd
    return month, ytd


def suggest(
    column: Column, period: Period, cells: Mapping[str, CellValue], previous: Mapping[str, CellValue]
) -> dict[str, Number]:
    """Values for the empty boxes of one flow item, cell key -> number; `previous` is last period's row."""
    if column.kind != "flow" or period.is_merged:
        return {}
    found: dict[str, Number] = {}
    adjustment = _number(cells.get(f"{column.code}_adjustment")) or 0
    for month_part, ytd_part, extra in ((Part.MONTH, Part.YTD, adjustment), (Part.BASE, Part.YTD_BASE, 0)):
        keys = column.key(month_part), column.key(ytd_part)
        given = _number(cells.get(keys[0])), _number(cells.get(keys[1]))
        values = complete_triple(given[0], given[1], _number(previous.get(keys[1])), extra)
        for key, old, value in zip(keys, given, values, strict=True):
            if old is None and value is not None:
                found[key] = round(value, column.decimals) if column.decimals else int(value)
    return found


def _number(value: CellValue) -> Number | None:
    return value if isinstance(value, int | float) else None
