"""What is on file already, in the columns that a check of a new file reads."""

from collections.abc import Iterator

import orjson
import pyarrow as pa
from django.db.models import F

from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Version
from gongmai.monitor.filing.queries.context import LOOKBACK
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.types import Form


def filed_before(period: Period, firms: set[int]) -> Iterator[tuple[Form, pa.Table]]:
    """Yield, form by form, the returns of these firms of the last two years and the period itself."""
    low = Period.from_index(period.index - LOOKBACK).key
    for form in forms().values():
        rows = Version.objects.filter(
            filing__form=form.code,
            filing__period__gte=low,
            filing__period__lte=period.key,
            number=F("filing__versions_count"),
        ).values_list("filing__enterprise_id", "filing__period", "cells")
        columns: dict[str, list[object]] = {"enterprise_id": [], "period": []}
        numbers = {cell.key: cell.column.is_number for cell in form.cells}
        numbers.update(dict.fromkeys(form.computed_cells, True))
        columns |= {key: [] for key in numbers}
        for firm, key, text in rows.iterator(chunk_size=5000):
            if firm not in firms:
                continue
            cells = orjson.loads(text)
            columns["enterprise_id"].append(firm)
            columns["period"].append(key)
            for cell in numbers:
                columns[cell].append(cells.get(cell))
        types = {key: pa.float64() if number else pa.string() for key, number in numbers.items()}
        types |= {"enterprise_id": pa.int64(), "period": pa.int32()}
        yield form, pa.table({key: pa.array(values, types[key]) for key, values in columns.items()})
