"""What later became of a return: which cells another version changed, which bases were revised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
from django.db.models import F, Q

from gongmai.core.panel.queries import vintages
from gongmai.monitor.filing.models import BaseRevision, Return, Version
from gongmai.monitor.filing.types import Form


@dataclass(slots=True)
class Corrected:
    """A return with more than one version: its firm and the cells (and tables) that differ from the first."""

    return_id: int
    enterprise_id: int
    form: str
    period: int
    cells: set[str] = field(default_factory=set)


def corrected_returns(form: str, periods: Iterable[int]) -> dict[tuple[int, int], Corrected]:
    """By firm and period: returns whose first version was followed by others, or whose base was revised."""
    wanted = list(periods)
    found: dict[tuple[int, int], Corrected] = {}
    first: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    rows = Version.objects.filter(
        filing__form=form, filing__period__in=wanted, filing__versions_count__gt=1
    ).order_by("filing_id", "number")
    for pk, firm, period, cells, lines in rows.values_list(
        "filing_id", "filing__enterprise_id", "filing__period", "cells", "lines"
    ).iterator(chunk_size=2000):
        now = (orjson.loads(cells), orjson.loads(lines))
        before = first.setdefault(pk, now)
        entry = found.setdefault((firm, period), Corrected(pk, firm, form, period))
        for old, new in zip(before, now, strict=True):
            entry.cells |= {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    revised = BaseRevision.objects.filter(
        filing__form=form, filing__period__in=wanted, state="approved"
    ).values_list("filing_id", "filing__enterprise_id", "filing__period", "cell")
    for pk, firm, period, cell in revised:
        found.setdefault((firm, period), Corrected(pk, firm, form, period)).cells.add(cell)
    return found


def beside_the_panel(form: Form, periods: Iterable[int]) -> pa.Table | None:
    """What a trial must know beside the published panel, as of ports.TrialRunner.open; None for nothing.

    Latest versions that no vintage holds yet, and first versions of returns that have more than one.
    """
    wanted, vintage = list(periods), vintages.last_number()
    rows = Version.objects.filter(filing__form=form.code, filing__period__in=wanted)
    newest = rows.filter(Q(admitted=None) | Q(admitted__gt=vintage), number=F("filing__versions_count"))
    first = rows.filter(number=1, filing__versions_count__gt=1)
    numbers = {cell.key: cell.column.is_number for cell in form.cells}
    numbers.update(dict.fromkeys(form.computed_cells, True))
    columns: dict[str, list[Any]] = {"subject": [], "firm": [], "period": []}
    columns |= {key: [] for key in numbers}
    for is_first, found in ((False, newest), (True, first)):
        for pk, firm, period, text in found.values_list(
            "filing_id", "filing__enterprise_id", "filing__period", "cells"
        ).iterator(chunk_size=5000):
            cells = orjson.loads(text)
            columns["subject"].append(-pk if is_first else firm)
            columns["firm"].append(firm)
            columns["period"].append(period)
            for key in numbers:
                columns[key].append(cells.get(key))
    if not columns["subject"]:
        return None
    types = {key: pa.float64() if number else pa.string() for key, number in numbers.items()}
    types |= {"subject": pa.int64(), "firm": pa.int64(), "period": pa.int32()}
    return pa.table({key: pa.array(values, types[key]) for key, values in columns.items()})


def explained_rules(form: str, periods: Iterable[int]) -> Mapping[tuple[int, int], set[str]]:
    """By firm and period: the audits whose findings an officer or firm dealt with by an explanation."""
    rows = Version.objects.filter(filing__form=form, filing__period__in=list(periods), number=1).exclude(
        explanations="{}"
    )
    found: dict[tuple[int, int], set[str]] = {}
    for firm, period, text in rows.values_list("filing__enterprise_id", "filing__period", "explanations"):
        found[firm, period] = {key.split("@")[0] for key in orjson.loads(text)}
    return found


def open_returns(form: str, periods: Iterable[int]) -> set[tuple[int, int]]:
    """Firms and periods whose returns are still under way: nobody knows yet whether a figure stands."""
    rows = Return.objects.filter(form=form, period__in=list(periods), versions_count__gt=0)
    return set(rows.exclude(state="approved").values_list("enterprise_id", "period"))
