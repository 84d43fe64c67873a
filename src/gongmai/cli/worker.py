"""``gongmai worker``: delivers events until it is told to stop."""

import json
import logging
import os
import signal
import threading
from time import monotonic

import click
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from gongmai.core.audit.tasks.anchors import write_anchor
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.outbox.queries import heartbeat_path
from gongmai.core.outbox.types import Ticks

IDLE_SECONDS = 0.2
BEAT_SECONDS = 5.0
ANCHOR_SECONDS = 3600.0
TROUBLE_SECONDS = 2.0
log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="Deliver what waits now, then end.")
def worker(*, once: bool) -> None:
    """Deliver events; anchor the trail every hour. SIGTERM ends it after the current batch."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if once:
        while deliver_once(stop.is_set):
            pass
        return
    threading.Thread(target=_beat, args=(stop,), name="beat", daemon=True).start()
    try:
        _loop(stop)
    finally:
        _anchor()
        heartbeat_path().unlink(missing_ok=True)


def _loop(stop: threading.Event) -> None:
    next_anchor = 0.0
    ticks = _Ticks()
    while not stop.is_set():
        if monotonic() >= next_anchor:
            _anchor()
            next_anchor = monotonic() + ANCHOR_SECONDS
        close_old_connections()
        ticks.take()
        try:
            handled = deliver_once(stop.is_set)
        except DatabaseError:
            log.exception("the database does not answer; trying again")
            stop.wait(TROUBLE_SECONDS)
            continue
        if not handled:
            stop.wait(IDLE_SECONDS)


class _Ticks:
    """What flow.py wants done every so many seconds; one that fails is done again at its next time."""

    def __init__(self) -> None:
        ticks: Ticks = import_string(settings.GONGMAI_TICKS)
        self._next = [(0.0, every, task) for every, task in ticks]

    def take(self) -> None:
        """Do what is due."""
        for place, (due, every, task) in enumerate(self._next):
            if monotonic() < due:
                continue
            try:
                task()
            except Exception:
                log.exception("%s failed", task.__qualname__)
            self._next[place] = (monotonic() + every, every, task)


def _anchor() -> None:
    """A worker delivers on even where the anchor cannot be written."""
    try:
        write_anchor()
    except (DatabaseError, OSError):
        log.exception("the trail was not anchored")


def _beat(stop: threading.Event) -> None:
    path = heartbeat_path()
    while True:
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps({"pid": os.getpid(), "at": timezone.now().isoformat()}))
        temporary.replace(path)
        if stop.wait(BEAT_SECONDS):
            return
