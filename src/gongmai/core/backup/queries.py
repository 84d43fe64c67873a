"""Reading backups: the manifest, whether all is as it says, and when the last one was made."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import cast

from django.conf import settings
from django.db import connection

from gongmai.core.backup.ports import DatabaseCopier
from gongmai.core.backup.types import (
    DATABASE,
    FILES,
    FORMAT,
    MANIFEST,
    BackupError,
    Difference,
    FileMark,
    Manifest,
)
from gongmai.core.ports import adapter


def copier() -> DatabaseCopier:
    """What copies the kind of database that this installation has."""
    return cast("DatabaseCopier", adapter(f"database_copier.{connection.vendor}"))


def read_manifest(place: Path) -> Manifest:
    """The manifest of a backup; BackupError `no_backup` or `format`."""
    try:
        values = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise BackupError("format", place=place, found=values["format"], known=FORMAT)
        return Manifest.from_dict(values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError("no_backup", place=place) from error


def verify_backup(place: Path) -> list[Difference]:
    """Read a whole backup and compare it with its manifest: files byte by byte, tables row by row.

    The dump of a PostgreSQL database is compared as a file and its list of contents is read; its rows are
    compared when it is restored.
    """
    manifest = read_manifest(place)
    found = [
        Difference(code, name)
        for name, mark in manifest.files.items()
        if (code := _compare(place / name, mark)) is not None
    ]
    known = {MANIFEST, *manifest.files}
    found += [Difference("extra", name) for name in map(str, files_below(place)) if name not in known]
    if not any(difference.name == DATABASE for difference in found) and manifest.vendor == connection.vendor:
        found += [Difference("rows", name) for name in copier().check_copy(place / DATABASE, manifest.tables)]
    return found


def _compare(path: Path, mark: FileMark) -> str | None:
    try:
        found = mark_of(path)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    return None if found == mark else "changed"


def mark_of(path: Path) -> FileMark:
    """Size and SM3 of a file, read piece by piece."""
    digest = hashlib.new("sm3")
    size = 0
    with path.open("rb") as handle:
        while piece := handle.read(1024 * 1024):
            digest.update(piece)
            size += len(piece)
    return FileMark(size, digest.hexdigest())


def files_below(folder: Path) -> Iterator[PurePosixPath]:
    """All regular files of a folder, relative to it, in order; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield PurePosixPath(path.relative_to(folder).as_posix())


def embedded_database() -> str:
    """The database's file relative to the data folder; empty where it is none, or elsewhere."""
    if connection.vendor != "sqlite":
        return ""
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    try:
        return path.resolve().relative_to(Path(settings.DATA_DIR).resolve()).as_posix()
    except ValueError:
        return ""


def last_backup_path() -> Path:
    """Where the last backup that succeeded is noted."""
    return Path(settings.DATA_DIR) / "last_backup.json"


def last_backup_at() -> datetime | None:
    """When the last backup of this installation was begun; None where there was none."""
    try:
        return datetime.fromisoformat(json.loads(last_backup_path().read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def file_name_in_backup(path: PurePosixPath) -> str:
    """Where a file of the data folder lies in a backup."""
    return f"{FILES}/{path}"
