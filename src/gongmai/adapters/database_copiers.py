"""Copies of a whole database: SQLite by its own backup interface, PostgreSQL by pg_dump.

Both give the same moment twice: as a file, and for the digests of the tables.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections, transaction

from gongmai.core.backup.types import BackupError, TableMark

_ROWS = 2000


class SqliteCopier:
    """Copies the file in one reading transaction, which keeps nobody from writing (WAL)."""

    @contextmanager
    def copy(self, target: Path) -> Iterator["_SqliteSnapshot"]:
        """Write the database to `target`; the copy itself is what is read."""
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")
        _flush(target)
        with closing(_open(target)) as reading:
            yield _SqliteSnapshot(reading)

    def is_empty(self) -> bool:
        """Whether there is no table yet."""
        return not connection.introspection.table_names()

    def put_back(self, source: Path) -> None:
        """Copy the pages into the installation's own file."""
        connection.ensure_connection()
        with closing(_open(source)) as reading:
            reading.backup(connection.connection, pages=-1)
        connection.close()

    def marks(self) -> Iterator[tuple[str, TableMark]]:
        """Each table of the installation's database with its mark."""
        with closing(_open(Path(str(settings.DATABASES["default"]["NAME"])))) as reading:
            yield from _SqliteSnapshot(reading).tables()

    def check_copy(self, source: Path, expected: dict[str, TableMark]) -> list[str]:
        """The tables of a copy that are not as expected."""
        try:
            with closing(_open(source)) as reading:
                found = dict(_SqliteSnapshot(reading).tables())
        except sqlite3.DatabaseError:
            return sorted(expected)
        return sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))


class _SqliteSnapshot:
    def __init__(self, reading: sqlite3.Connection) -> None:
        self._reading = reading

    def tables(self) -> Iterator[tuple[str, TableMark]]:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for (name,) in self._reading.execute(query).fetchall():
            digest, rows = hashlib.new("sm3"), 0
            cursor = self._reading.execute(f"SELECT * FROM {_quote(name)} ORDER BY rowid")
            while piece := cursor.fetchmany(_ROWS):
                rows += len(piece)
                digest.update("\n".join(map(repr, piece)).encode("utf-8", "surrogatepass") + b"\n")
            yield name, TableMark(rows, digest.hexdigest())

    def migrations(self) -> list[str]:
        rows = self._reading.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in rows]


class PostgresCopier:
    """pg_dump and the digests read one exported snapshot; pg_restore fills an empty database or nothing."""

    @contextmanager
    def copy(self, target: Path) -> Iterator["_PostgresSnapshot"]:
        """Write the dump (custom format) to `target`, and keep the snapshot open for reading."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
            _flush(target)
            yield _PostgresSnapshot()

    def is_empty(self) -> bool:
        """Whether there is no table yet."""
        return not connection.introspection.table_names()

    def put_back(self, source: Path) -> None:
        """Fill the empty database in one transaction."""
        connections.close_all()
        name = str(connection.settings_dict["NAME"])
        _run(
            "pg_restore", "--no-owner", "--single-transaction", "--exit-on-error",
            f"--dbname={name}", str(source), database=False,
        )  # fmt: skip

    def marks(self) -> Iterator[tuple[str, TableMark]]:
        """Each table with its mark, as of one moment."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield from _PostgresSnapshot().tables()

    def check_copy(self, source: Path, expected: dict[str, TableMark]) -> list[str]:
        """The tables that the list of contents of a dump lacks; all where it cannot be read."""
        try:
            listed = _run("pg_restore", "--list", str(source), database=False)
        except BackupError:
            return sorted(expected)
        held = {line.split()[6] for line in listed.splitlines() if " TABLE DATA " in line}
        return sorted(set(expected) - held)


class _PostgresSnapshot:
    def tables(self) -> Iterator[tuple[str, TableMark]]:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            for (name,) in cursor.fetchall():
                yield name, self._mark(cursor, name)

    def _mark(self, cursor: Any, name: str) -> TableMark:
        digest, rows = hashlib.new("sm3"), 0
        # the rows' text in byte order, so that the order does not depend on keys or on the language
        query = f'SELECT t::text FROM {_quote(name)} t ORDER BY t::text COLLATE "C"'
        with cursor.cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
            for piece in copy:
                rows += bytes(piece).count(b"\n")
                digest.update(piece)
        return TableMark(rows, digest.hexdigest())

    def migrations(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
            return [name for (name,) in cursor.fetchall()]


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _run(tool: str, *arguments: str, database: bool = True) -> str:
    """Run one of PostgreSQL's programs on the installation's database; BackupError `tool` where it fails."""
    place = connection.settings_dict
    path = shutil.which(tool) or shutil.which(tool, path=_newest_folder())
    if path is None:
        raise BackupError("tool", tool=tool, error="not found")
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    env = os.environ | {key: str(place[name]) for key, name in names.items() if place.get(name)}
    command = [path, *arguments]
    if database:
        command += [f"--dbname={place['NAME']}"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError("tool", tool=tool, error=done.stderr.strip()[-500:])
    return done.stdout


def _newest_folder() -> str:
    return os.pathsep.join(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
