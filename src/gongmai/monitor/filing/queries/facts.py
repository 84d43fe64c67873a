"""Approved returns as the panel's source of facts (port `core.panel.ports.FactSource`)."""

from collections.abc import Iterator, Mapping, Sequence

import orjson
import pyarrow as pa
from django.db import transaction
from django.db.models import F, Max, Q

from gongmai.core.panel.types import Layer
from gongmai.monitor.filing.models import Adjustment, Version
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.rules.adjusting import overlay
from gongmai.monitor.filing.rules.content import canonical

_BATCH = 20_000
_CHUNK = 5_000
_SCHEMA = pa.schema([("enterprise_id", pa.int64()), ("form", pa.string()), ("cells", pa.string())])


class ApprovedReturns:
    """Versions that the city passed, by period, form and vintage."""

    def pending(self, after: int) -> list[int]:
        """Ids of approved versions that no vintage up to `after` has admitted, ascending.

        A version approved, reopened and approved anew before any publication leaves only the latest.
        """
        rows = Version.objects.filter(
            Q(admitted=None) | Q(admitted__gt=after), filing__approved_version=F("number")
        ).order_by("pk")
        return list(rows.values_list("pk", flat=True))

    def periods_of(self, ids: Sequence[int]) -> set[int]:
        """Period keys of these versions."""
        found: set[int] = set()
        for span in _spans(ids):
            found.update(Version.objects.filter(span).values_list("filing__period", flat=True).distinct())
        return found

    def forms(self) -> list[str]:
        """Codes of the forms that give facts."""
        return list(forms())

    def batches(
        self, period_key: int, vintage: int, form: str, layer: Layer = Layer.REPORTED
    ) -> Iterator[pa.RecordBatch]:
        """Yield enterprise_id, form, cells (JSON) of the version in force for each return of the period.

        In force at a vintage is what was admitted last up to it. In the adjusted layer the adjustments in
        force at the vintage are laid over.
        """
        if layer is Layer.REPORTED:
            yield from self._reported(period_key, vintage, form)
            return
        laid = _adjustments(period_key, vintage, form)
        for batch in self._reported(period_key, vintage, form):
            yield _laid_over(batch, form, laid)

    def adjusted_periods(self, periods: Sequence[int], vintage: int) -> set[int]:
        """Those of the periods that have adjustments in force at a vintage."""
        rows = Adjustment.objects.filter(_in_force(vintage), period__in=list(periods))
        return set(rows.values_list("period", flat=True).distinct())

    def mark_adjusted(self, periods: Sequence[int], vintage: int) -> None:
        """Note the vintage that takes confirmed adjustments in and removed ones out.

        What was marked for a vintage that was never published keeps its mark: the next one has its number.
        """
        rows = Adjustment.objects.filter(period__in=list(periods)).exclude(confirmed_at=None)
        with transaction.atomic():
            rows.filter(admitted=None, removed_at=None).update(admitted=vintage)
            rows.filter(withdrawn=None).exclude(admitted=None).exclude(removed_at=None).update(
                withdrawn=vintage
            )

    def _reported(self, period_key: int, vintage: int, form: str) -> Iterator[pa.RecordBatch]:
        rows = Version.objects.filter(
            filing__period=period_key, filing__form=form, admitted__lte=vintage
        ).order_by("filing__enterprise")
        latest = rows.order_by().values("filing").annotate(last=Max("number"))
        if latest.filter(~Q(last=1)).exists():
            # several admitted versions of one return: keep the last
            last = {row["filing"]: row["last"] for row in latest}
            all_rows = rows.values_list("filing__enterprise", "cells", "filing", "number")
            keep = [row[:2] for row in all_rows if last[row[2]] == row[3]]
            yield from _to_batches(iter(keep), form)
        else:
            values = rows.values_list("filing__enterprise", "cells")
            yield from _to_batches(values.iterator(chunk_size=_BATCH), form)

    def mark_admitted(self, ids: Sequence[int], vintage: int) -> None:
        """Note the vintage that takes these versions in, all or none."""
        with transaction.atomic():
            for span in _spans(ids):
                Version.objects.filter(span, admitted=None).update(admitted=vintage)


def _in_force(vintage: int) -> Q:
    return Q(admitted__lte=vintage) & (Q(withdrawn=None) | Q(withdrawn__gt=vintage))


def _adjustments(period: int, vintage: int, form: str) -> dict[int, list[tuple[str, str, float]]]:
    """The adjustments in force by firm: cell, kind, number."""
    found: dict[int, list[tuple[str, str, float]]] = {}
    rows = Adjustment.objects.filter(_in_force(vintage), period=period, form=form).order_by("pk")
    for firm, cell, kind, number in rows.values_list("enterprise_id", "cell", "kind", "number"):
        found.setdefault(firm, []).append((cell, kind, number))
    return found


def _laid_over(
    batch: pa.RecordBatch, form: str, laid: Mapping[int, list[tuple[str, str, float]]]
) -> pa.RecordBatch:
    firms, texts = batch.column("enterprise_id").to_pylist(), batch.column("cells").to_pylist()
    block = [
        (firm, canonical(overlay(orjson.loads(text), laid[firm])) if firm in laid else text)
        for firm, text in zip(firms, texts, strict=True)
    ]
    return _batch(block, form)


def _to_batches(rows: Iterator[tuple[int, str]], form: str) -> Iterator[pa.RecordBatch]:
    block: list[tuple[int, str]] = []
    for row in rows:
        block.append(row)
        if len(block) == _BATCH:
            yield _batch(block, form)
            block = []
    if block:
        yield _batch(block, form)


def _batch(block: Sequence[tuple[int, str]], form: str) -> pa.RecordBatch:
    firms, cells = zip(*block, strict=True)
    columns = [pa.array(firms, pa.int64()), pa.array([form] * len(firms)), pa.array(cells, pa.string())]
    return pa.record_batch(columns, schema=_SCHEMA)


def _spans(ids: Sequence[int]) -> Iterator[Q]:
    """Conditions that cover the ids: ranges where they follow one another, lists elsewhere."""
    ordered = sorted(set(ids))
    loose: list[int] = []
    start = 0
    while start < len(ordered):
        end = start
        while end + 1 < len(ordered) and ordered[end + 1] == ordered[end] + 1:
            end += 1
        if end - start > _CHUNK // 50:
            yield Q(pk__gte=ordered[start], pk__lte=ordered[end])
        else:
            loose += ordered[start : end + 1]
        start = end + 1
    for offset in range(0, len(loose), _CHUNK):
        yield Q(pk__in=loose[offset : offset + _CHUNK])
