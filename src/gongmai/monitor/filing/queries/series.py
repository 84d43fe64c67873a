"""The last two years of every box of a return, which the sheet draws beside the box."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db.models import F

from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.context import Context
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.types import CellValue, Form, Line

PERIODS = 24
Lines = Mapping[str, Mapping[int, Sequence[Line]]]


def series_of(filing: Return, context: Context, filed: Lines) -> dict[str, Any]:
    """What the firm filed in the periods before, oldest first.

    `periods`: their names; `year_ago`: the place of the same period last year; `cells`: box -> values;
    `lines`: table -> entry -> column -> values, out of `filed` (see `lines_filed`). Unknown is null; what was
    never filed is left out.
    """
    form, period = get_form(filing.form), Period.from_key(filing.period)
    periods = [Period.from_index(period.index - back) for back in range(PERIODS, 0, -1)]
    rows = [context.row(each) for each in periods]
    cells = {cell.key: [row.get(cell.key) for row in rows] for cell in form.cells if cell.column.is_number}
    return {
        "periods": [str(each) for each in periods],
        "year_ago": periods.index(period.year_ago()),
        "cells": {key: values for key, values in cells.items() if _has_figure(values)},
        "lines": _line_series(form, periods, filed),
    }


def lines_filed(filing: Return) -> dict[str, dict[int, list[Line]]]:
    """Table -> period -> lines as filed last, in the periods before that of the return."""
    form = get_form(filing.form)
    since = Period.from_index(Period.from_key(filing.period).index - PERIODS)
    found: dict[str, dict[int, list[Line]]] = {table.code: {} for table in form.tables}
    if not form.tables:
        return found
    rows = Version.objects.filter(
        filing__enterprise=filing.enterprise_id,
        filing__form=filing.form,
        filing__period__gte=since.key,
        filing__period__lt=filing.period,
        number=F("filing__versions_count"),
    )
    for key, text in rows.values_list("filing__period", "lines"):
        for code, lines in orjson.loads(text).items():
            if code in found:
                found[code][key] = lines
    return found


def last_lines(form: Form, period: Period, filed: Lines) -> dict[str, dict[str, Line]]:
    """Table -> entry -> the line of the period before."""
    before = period.previous().key
    return {
        table.code: {str(line.get(table.key)): line for line in filed.get(table.code, {}).get(before, ())}
        for table in form.tables
    }


def _line_series(form: Form, periods: Sequence[Period], filed: Lines) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in form.tables:
        entries: dict[str, dict[str, list[CellValue]]] = {}
        for place, period in enumerate(periods):
            for line in filed.get(table.code, {}).get(period.key, ()):
                columns = entries.setdefault(str(line.get(table.key)), {})
                for key, value in line.items():
                    if key != table.key:
                        columns.setdefault(key, [None] * len(periods))[place] = value
        found[table.code] = entries
    return found


def _has_figure(values: Sequence[CellValue]) -> bool:
    return any(isinstance(value, int | float) for value in values)
