"""Making a backup while people work, and restoring one into an empty place.

The order makes the copy consistent. First the anchors of the trail: they must not name lines that the copy
of the database does not hold. Then the database, as of one moment. Then the files: what that moment names
was written before it and is never changed (panel files and attachments are named by their content).
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection
from django.utils import timezone

from gongmai.core.backup import rules
from gongmai.core.backup.queries import (
    copier,
    embedded_database,
    file_name_in_backup,
    files_below,
    last_backup_path,
    mark_of,
    read_manifest,
    verify_backup,
)
from gongmai.core.backup.types import DATABASE, FILES, FORMAT, MANIFEST, BackupError, FileMark, Manifest

Progress = Callable[[int, int, str], None]
TRAIL = "trail"


def make_backup(place: Path, *, with_keys: bool = False, progress: Progress | None = None) -> Manifest:
    """Copy the installation to `place`, which is new or empty; give what it holds.

    `with_keys` adds the installation's secrets: whoever holds such a backup can read everything. Nothing is
    there under the final name until all is written and flushed. Raises BackupError `not_empty`, `tool`.
    """
    if place.exists() and any(place.iterdir()):
        raise BackupError("not_empty", place=place)
    made_at = timezone.now().isoformat()
    building = place.with_name(f"{place.name}.partial")
    shutil.rmtree(building, ignore_errors=True)
    (building / FILES).mkdir(parents=True)
    say = progress or (lambda _done, _total, _text: None)
    files: dict[str, FileMark] = {}
    _copy_files(building, files, [path for path in _kept(with_keys) if path.parts[0] == TRAIL], say)
    say(0, 1, "database")
    with copier().copy(building / DATABASE) as snapshot:
        tables = dict(snapshot.tables())
        migrations = snapshot.migrations()
    say(1, 1, "database")
    files[DATABASE] = mark_of(building / DATABASE)
    _copy_files(building, files, [path for path in _kept(with_keys) if path.parts[0] != TRAIL], say)
    manifest = Manifest(FORMAT, made_at, connection.vendor, with_keys, migrations, tables, files)
    _write(building / MANIFEST, json.dumps(asdict(manifest), indent=1, ensure_ascii=False))
    if place.exists():
        place.rmdir()
    building.replace(place)
    _flush(place.parent)
    _write(last_backup_path(), json.dumps({"at": made_at, "place": str(place.resolve())}))
    return manifest


def restore(place: Path, *, progress: Progress | None = None) -> Manifest:
    """Fill this installation, which must be empty, from a backup, and compare every table and file.

    Raises BackupError `not_empty`, `vendor` and `damaged` before anything is touched; `differs` after.
    """
    manifest = read_manifest(place)
    if manifest.vendor != connection.vendor:
        raise BackupError("vendor", found=manifest.vendor, here=connection.vendor)
    folder = Path(settings.DATA_DIR)
    if not copier().is_empty():
        raise BackupError("not_empty", place=connection.settings_dict["NAME"])
    if not rules.is_blank(files_below(folder), embedded_database()):
        raise BackupError("not_empty", place=folder)
    damaged = verify_backup(place)
    if damaged:
        raise BackupError("damaged", names=", ".join(difference.name for difference in damaged))
    say = progress or (lambda _done, _total, _text: None)
    names = [name for name in manifest.files if name.startswith(f"{FILES}/")]
    wrong = []
    for number, name in enumerate(names, start=1):
        target = folder / PurePosixPath(name).relative_to(FILES)
        if _copy(place / name, target) != manifest.files[name]:
            wrong.append(name)
        say(number, len(names), "files")
    say(0, 1, "database")
    copier().put_back(place / DATABASE)
    found = dict(copier().marks())
    wrong += sorted(
        name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name)
    )
    say(1, 1, "database")
    if wrong:
        raise BackupError("differs", names=", ".join(wrong))
    return manifest


def _kept(with_keys: bool) -> Iterator[PurePosixPath]:
    database = embedded_database()
    for path in files_below(Path(settings.DATA_DIR)):
        if rules.is_kept(path, database) and (with_keys or not rules.is_key(path)):
            yield path


def _copy_files(
    building: Path, files: dict[str, FileMark], paths: list[PurePosixPath], progress: Progress
) -> None:
    folder = Path(settings.DATA_DIR)
    for number, path in enumerate(paths, start=1):
        name = file_name_in_backup(path)
        try:
            files[name] = _copy(folder / path, building / name)
        except FileNotFoundError:
            continue  # what is named is never deleted; this was a file of passing use
        progress(number, len(paths), "files")


def _copy(source: Path, target: Path) -> FileMark:
    """Copy a file durably, with the rights of its owner only for secrets; give what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, 1024 * 1024)
        writing.flush()
        os.fsync(writing.fileno())
    shutil.copymode(source, target)
    return mark_of(target)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
