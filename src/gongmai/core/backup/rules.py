"""Which files of a data folder belong into a backup."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

# made again at any time, or true of one running process only
_REBUILT_FOLDERS = frozenset({"static", "door"})
_PASSING = (".tmp", ".lock", ".partial", ".log", "-wal", "-shm", "-journal")
_PASSING_NAMES = frozenset({"worker.json", "last_backup.json"})
_KEY_FOLDERS = frozenset({"keys", "secrets"})
_KEY_NAME = re.compile(r"((^|_)key(\.json)?|\.key|\.pem)$")


def is_key(path: PurePosixPath) -> bool:
    """Whether a file is a secret of the installation, which a backup holds only when asked to."""
    return path.parts[0] in _KEY_FOLDERS or _KEY_NAME.search(path.name) is not None


def is_kept(path: PurePosixPath, database: str) -> bool:
    """Whether a file (relative to the data folder) belongs into a backup; the database is copied apart."""
    name = path.name
    if path.parts[0] in _REBUILT_FOLDERS or name in _PASSING_NAMES or name.startswith(".doctor-"):
        return False
    return not (name.endswith(_PASSING) or (database and str(path).startswith(database)))


def is_blank(paths: Iterable[PurePosixPath], database: str) -> bool:
    """Whether a data folder holds nothing that a restored one would be mixed with."""
    return all(is_key(path) or not is_kept(path, database) for path in paths)
