"""How many were let in and refused, as the processes of the web server last said."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import time

from django.conf import settings

FRESH_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class DoorTotals:
    """The last day's web processes together; seconds."""

    processes: int
    served: dict[str, int]
    refused: dict[str, int]
    longest_wait: float


def folder() -> Path:
    """Where each web process leaves its totals."""
    return Path(settings.DATA_DIR) / "door"


def totals() -> DoorTotals:
    """The sums over the web processes that spoke within a day; what cannot be read is left out."""
    served: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    longest, processes = 0.0, 0
    for path in folder().glob("*.json"):
        try:
            if time() - path.stat().st_mtime > FRESH_SECONDS:
                continue
            found = json.loads(path.read_text())
        except (OSError, ValueError):
            continue
        processes += 1
        served.update(found["served"])
        refused.update(found["refused"])
        longest = max(longest, found["longest_wait"])
    return DoorTotals(processes, dict(served), dict(refused), longest)
