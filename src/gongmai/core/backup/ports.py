"""What a backup asks of each kind of database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from gongmai.core.backup.types import TableMark


class Snapshot(Protocol):
    """The database as of one moment, however much is written meanwhile."""

    def tables(self) -> Iterator[tuple[str, TableMark]]:
        """Each table with the mark of its content, by name."""

    def migrations(self) -> list[str]:
        """The migrations that had been applied."""


class DatabaseCopier(Protocol):
    """Copies a whole database to a file and back."""

    def copy(self, target: Path) -> AbstractContextManager[Snapshot]:
        """Write the database to `target`; give the same moment for reading."""

    def is_empty(self) -> bool:
        """Whether the installation's database holds no table."""

    def put_back(self, source: Path) -> None:
        """Fill the empty database from a copy."""

    def marks(self) -> Iterator[tuple[str, TableMark]]:
        """Each table of the installation's database with its mark, as of now."""

    def check_copy(self, source: Path, expected: dict[str, TableMark]) -> list[str]:
        """Read a copy without restoring it; the names of tables that are not as expected."""
