"""Writing one period's file, durable before anybody names it, and collecting what nobody names."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pyarrow as pa

from gongmai.core.panel import rules
from gongmai.core.panel.models import LayerFile, PeriodFile
from gongmai.core.panel.ports import FactSource, PanelBuilder
from gongmai.core.panel.queries import vintages
from gongmai.core.panel.queries.items import columns
from gongmai.core.panel.types import Layer
from gongmai.core.ports import adapter

Facts = dict[str, list[pa.RecordBatch]]


def read_facts(source: FactSource, period: int, vintage: int, layer: Layer = Layer.REPORTED) -> Facts:
    """The facts of a period by form, as of a vintage, in a layer."""
    return {form: list(source.batches(period, vintage, form, layer)) for form in rules.forms_of(columns())}


def write_period(period: int, roster: pa.Table, facts: Facts) -> tuple[str, str, int]:
    """Build the file of a period; give its name, SHA-256 and rows. Reads no database.

    The file is flushed to the disk, and so is its folder, before this returns.
    """
    temporary, digest, rows = build_aside(period, roster, facts)
    name = rules.file_name(period, digest)
    settle(temporary, vintages.folder() / name)
    return name, digest, rows


def build_aside(period: int, roster: pa.Table, facts: Facts) -> tuple[Path, str, int]:
    """Build the file of a period under a temporary name; give the path, SHA-256 and rows."""
    builder = cast("PanelBuilder", adapter("panel_builder"))
    temporary = vintages.folder() / f"{period}.{os.getpid()}.tmp"
    temporary.parent.mkdir(parents=True, exist_ok=True)
    rows = builder.build(roster, facts, columns(), temporary)
    return temporary, digest_of(temporary), rows


@contextmanager
def alone() -> Iterator[None]:
    """Hold the publisher's lock; it ends with the process, however that ends."""
    place = vintages.folder()
    place.mkdir(parents=True, exist_ok=True)
    handle = os.open(place / "publisher.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def settle(temporary: Path, target: Path) -> None:
    """Move a complete file into place so that it survives a power cut."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _flush(temporary)
    temporary.replace(target)
    _flush(target.parent)


def collect_orphans() -> int:
    """Delete files that no vintage names. Only the holder of the publisher's lock may call this."""
    place = vintages.folder()
    named = set(PeriodFile.objects.values_list("name", flat=True))
    named |= set(LayerFile.objects.values_list("name", flat=True))
    found = [*place.glob("*.tmp"), *place.glob("*/*.parquet")]
    orphans = [path for path in found if str(path.relative_to(place)) not in named]
    for path in orphans:
        path.unlink()
    return len(orphans)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
