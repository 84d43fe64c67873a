"""Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max, Model


def next_id(model: type[Model]) -> int:
    """The first free primary key; call it inside the transaction that uses it."""
    return (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1  # noqa: SLF001


def as_stored(moment: datetime | None) -> Any:
    """A time as the database's driver takes it in raw statements."""
    return connection.ops.adapt_datetimefield_value(moment) if moment is not None else None


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows with explicit values for `columns` (database names, the primary key among them)."""
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["?"] * len(columns))
        # the driver's own executemany: Django's wrapper would rewrite the statement for each call
        cursor.cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def sync_sequence(*models: type[Model]) -> None:
    """Let the database's counters follow the explicit keys."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(sql)


@contextmanager
def in_turn() -> Iterator[None]:
    """Let writers of an embedded database queue on a file lock.

    SQLite's own waiting polls with ever longer pauses; a queue wakes the next writer at once.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with (Path(settings.DATA_DIR) / "writers.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
