"""What the panel needs from others: approved facts, and engines that build and query Parquet files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from gongmai.core.panel.types import Column, Layer


class FactSource(Protocol):
    """Approved versions of returns, from whoever keeps them (``GONGMAI_ADAPTERS["fact_source"]``)."""

    def pending(self, after: int) -> list[int]:
        """Numbers of versions that are approved and that no vintage up to `after` has admitted.

        What was marked for a later vintage counts: its publication was cut short.
        """

    def periods_of(self, ids: Sequence[int]) -> set[int]:
        """Period keys of those versions."""

    def batches(
        self, period_key: int, vintage: int, form: str, layer: Layer = Layer.REPORTED
    ) -> Iterator[pa.RecordBatch]:
        """The version in force of each return of the period; in a layer with what is laid over it.

        Columns ``enterprise_id`` (int64), ``form``, ``cells`` (JSON text). In force is the one with the
        highest `admitted` not above `vintage`.
        """

    def adjusted_periods(self, periods: Sequence[int], vintage: int) -> set[int]:
        """Those of the periods that have adjustments in force at a vintage."""

    def mark_adjusted(self, periods: Sequence[int], vintage: int) -> None:
        """Write the vintage into adjustments of these periods that came into force or were removed."""

    def mark_admitted(self, ids: Sequence[int], vintage: int) -> None:
        """Write the vintage into those versions, before its files are built."""


class PanelBuilder(Protocol):
    """Turns a roster and JSON cells into one wide Parquet file."""

    def build(
        self,
        roster: pa.Table,
        facts: Mapping[str, Sequence[pa.RecordBatch]],
        columns: Sequence[Column],
        target: Path,
    ) -> int:
        """Write `target` (same input, same bytes) and give the number of rows.

        One row for each roster firm ordered by enterprise; facts of firms off the roster are left out.
        """


class PanelEngine(Protocol):
    """Answers SQL over named relations, each a list of Parquet files with the panel's columns."""

    dialect: str

    def query(
        self, sql: str, parameters: Sequence[Any] = (), *, sources: Mapping[str, Sequence[Path]]
    ) -> pa.Table:
        """Run one SELECT with ``?`` parameters. The relations have an extra ``period_index`` column."""
