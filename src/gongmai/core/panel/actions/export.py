"""Handing out the panel as a file: one row for each roster firm and period, with every cell."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.panel.queries import vintages


def export(actor: Actor, periods: Sequence[int], target: Path, *, vintage: int | None = None) -> int:
    """Write the periods of a vintage (default: the one in force) to one Parquet file; give its rows.

    Money in thousand yuan. Firm-level data leaves the house, so the trail has a line. Raises NotAllowed,
    NotPublished when the vintage lacks one of the periods.
    """
    check_may(actor, "panel.export")
    number = vintages.current_vintage() if vintage is None else vintage
    held = vintages.files_in_force(number)
    for period in periods:
        if period not in held:
            raise vintages.NotPublished(vintage=number, period=period)
    parts = [pq.read_table(path) for path in vintages.paths(number, periods)]
    table = pa.concat_tables(parts, promote_options="default")
    with transaction.atomic():
        record(
            actor=actor,
            action="panel.export",
            kind="vintage",
            object_id=number,
            payload={"periods": sorted(periods), "rows": table.num_rows},
        )
    pq.write_table(table, target, compression="zstd")
    return int(table.num_rows)
