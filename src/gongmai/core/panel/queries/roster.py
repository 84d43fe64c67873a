"""The roster as one period's file uses it: the registry's snapshot with the dated parameters joined."""

import hashlib

import pyarrow as pa

from gongmai.core.panel import rules
from gongmai.core.panel.models import RosterSnapshot
from gongmai.core.panel.queries.items import items
from gongmai.core.registry import queries as registry


def roster_of(period: int) -> pa.Table:
    """The roster of a period with its attributes and reference items, ordered by enterprise.

    Parameters are joined here, not at query time: a vintage must not change when a parameter does.
    """
    roster = snapshot(period)
    roster = roster.drop_columns([name for name in roster.column_names if name not in rules.DIMENSIONS])
    if "period" not in roster.column_names:
        roster = roster.append_column("period", pa.array([period] * roster.num_rows, pa.int32()))
    dated = parameters(period)
    divisions = roster.column("industry_division").to_pylist()
    for code in rules.reference_items(items()):
        values = dated.get(code, {})
        column = pa.array([values.get(division) for division in divisions], pa.float64())
        roster = roster.append_column(code, column)
    names = [name for name in rules.DIMENSIONS if name in roster.column_names]
    return roster.select([*names, *rules.reference_items(items())]).sort_by("enterprise_id").combine_chunks()


def pack(roster: pa.Table) -> tuple[str, bytes]:
    """The bytes under which a roster is kept, and their SHA-256."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, roster.schema, options=options) as writer:
        writer.write_table(roster)
    content = sink.getvalue().to_pybytes()
    return hashlib.sha256(content).hexdigest(), content


def unpack(digest: str) -> pa.Table:
    """The roster kept under a digest."""
    return unpack_content(bytes(RosterSnapshot.objects.get(pk=digest).content))


def unpack_content(content: bytes) -> pa.Table:
    """The roster in the bytes under which it is kept."""
    with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
        return reader.read_all()


def snapshot(period: int) -> pa.Table:
    """The registry's roster of a period."""
    return registry.roster_snapshot(period)


def parameters(period: int) -> dict[str, dict[str, float]]:
    """The city's parameters of a period: code -> industry division -> value."""
    found: dict[str, dict[str, float]] = {}
    for code, division, held_in, value in registry.list_parameters(list(rules.reference_items(items()))):
        if held_in == period:
            found.setdefault(code, {})[division] = float(value)
    return found
