"""The shapes of a backup."""

from dataclasses import dataclass, field
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "files"


@dataclass(frozen=True, slots=True)
class TableMark:
    """What a table held: its rows, and the SM3 over all of them in the order of their keys."""

    rows: int
    sm3: str


@dataclass(frozen=True, slots=True)
class FileMark:
    """What a file held."""

    size: int
    sm3: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. It is written last: a folder without one is not a backup."""

    format: int
    made_at: str
    vendor: str
    with_keys: bool
    migrations: list[str] = field(default_factory=list)
    tables: dict[str, TableMark] = field(default_factory=dict)
    files: dict[str, FileMark] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Manifest":
        """Read what `asdict` wrote; KeyError or TypeError for anything else."""
        tables = {name: TableMark(**mark) for name, mark in values["tables"].items()}
        files = {name: FileMark(**mark) for name, mark in values["files"].items()}
        return cls(**(values | {"tables": tables, "files": files}))


class BackupError(Exception):
    """A backup cannot be made, read or restored; `code` says why, `params` the particulars."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as the manifest says. `code`: missing, changed, extra, rows, unreadable."""

    code: str
    name: str
