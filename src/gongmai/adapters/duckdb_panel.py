"""DuckDB over the panel's Parquet files: queries in process, and the vectorised build of a period's file."""

import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from gongmai.core.panel.rules import forms_of
from gongmai.core.panel.types import Column

_FACTS = pa.schema([("enterprise_id", pa.int64()), ("form", pa.string()), ("cells", pa.string())])
_ARROW = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
ROW_GROUP = 65_536


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of its own in memory, within the limits of the settings, that reads no other host."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": getattr(settings, "GONGMAI_DUCKDB_THREADS", 2),
            "memory_limit": getattr(settings, "GONGMAI_DUCKDB_MEMORY", "2GB"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    connection.execute("SET enable_progress_bar = false")  # the command line shows its own
    return connection


class DuckDBPanelEngine:
    """A `PanelEngine`: one connection for each thread, views over the files asked for."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self._local = threading.local()

    def query(
        self, sql: str, parameters: Sequence[Any] = (), *, sources: Mapping[str, Sequence[Path]]
    ) -> pa.Table:
        """Run one SELECT over views named by `sources`."""
        connection, views = self._connection()
        for relation, files in sources.items():
            key = tuple(map(str, files))
            if views.get(relation) != key:
                connection.execute(view_sql(relation, key))
                views[relation] = key
        return connection.sql(sql, params=list(parameters)).to_arrow_table()

    def _connection(self) -> tuple[duckdb.DuckDBPyConnection, dict[str, tuple[str, ...]]]:
        if not hasattr(self._local, "connection"):
            self._local.connection = connect()
            self._local.connection.execute("SET parquet_metadata_cache = true")
            self._local.views = {}
        return self._local.connection, self._local.views


def view_sql(relation: str, files: Sequence[str]) -> str:
    """The statement that makes a relation of Parquet files, with the running number of the period."""
    names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return (
        f'CREATE OR REPLACE TEMP VIEW "{relation}" AS SELECT *, '
        "CAST((period // 100) * 11 + period % 100 - 2 AS INTEGER) AS period_index "
        f"FROM read_parquet([{names}], union_by_name = true)"
    )


class DuckDBPanelBuilder:
    """A `PanelBuilder`: JSON to typed columns in one pass, written by Arrow with fixed options."""

    def __init__(self) -> None:
        self._connection = connect()

    def build(
        self,
        roster: pa.Table,
        facts: Mapping[str, Sequence[pa.RecordBatch]],
        columns: Sequence[Column],
        target: Path,
    ) -> int:
        """Write one row for each roster firm; the same input gives the same bytes."""
        cursor = self._connection.cursor()
        cursor.register("roster", roster)
        joins = []
        for form in forms_of(columns):
            cursor.register(f"facts_{form}", pa.Table.from_batches(facts.get(form, ()), schema=_FACTS))
            cells = [column for column in columns if column.form == form]
            shape = json.dumps({column.name: column.sql_type for column in cells})
            joins.append(
                f"LEFT JOIN (SELECT enterprise_id, json_transform(cells, '{shape}') AS cell "
                f"FROM facts_{form}) AS of_{form} ON of_{form}.enterprise_id = roster.enterprise_id"
            )
        selected = [f"of_{column.form}.cell.{column.name} AS {column.name}" for column in columns]
        sql = (
            f"SELECT roster.*, {', '.join(selected)} FROM roster {' '.join(joins)} "
            "ORDER BY roster.enterprise_id"
        )
        table = cursor.sql(sql).to_arrow_table().combine_chunks()
        cursor.close()
        fields = {column.name: _ARROW[column.sql_type] for column in columns}
        schema = pa.schema([pa.field(f.name, fields.get(f.name, f.type)) for f in table.schema])
        pq.write_table(
            table.cast(schema),
            target,
            row_group_size=ROW_GROUP,
            compression="zstd",
            compression_level=1,
            version="2.6",
            data_page_version="1.0",
            use_dictionary=True,
            write_statistics=True,
            store_schema=False,
        )
        return int(table.num_rows)
