"""The clock: the only place that asks what time it is.

A demonstration lives at a simulated date: ``clock.json`` in the data folder holds the distance to the
real time in seconds, so that all processes of one installation agree and time still passes.
"""

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The current time, timezone-aware, shifted where the installation is a demonstration."""
    return timezone.now() + timedelta(seconds=_offset_seconds(_stamp()))


def today() -> date:
    """The current date in the city's time zone."""
    return timezone.localtime(now()).date()


def simulate(moment: datetime) -> None:
    """Make this installation believe that it is `moment` from now on."""
    offset = (moment - timezone.now()).total_seconds()
    path = _path()
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps({"offset_seconds": offset}))
    temporary.replace(path)


def resume() -> None:
    """Make this installation live at the real time again."""
    _path().unlink(missing_ok=True)


def is_simulated() -> bool:
    """Whether the installation lives at a simulated date."""
    return _path().exists()


def _path() -> Path:
    return Path(settings.DATA_DIR) / "clock.json"


def _stamp() -> int:
    try:
        return _path().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=4)
def _offset_seconds(stamp: int) -> float:
    if not stamp:
        return 0.0
    return float(json.loads(_path().read_text())["offset_seconds"])
