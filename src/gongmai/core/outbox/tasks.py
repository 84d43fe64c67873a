"""What runs beside a handler: keeping its lease alive and writing its progress."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from gongmai.core.outbox.models import Delivery

TICK_SECONDS = 0.5
log = logging.getLogger(__name__)


class Beat:
    """Extends the lease and writes the progress from a thread with a connection of its own.

    So a handler that is silent for minutes keeps its lease, and progress is seen although the handler works
    inside one transaction. Where the caller already is in a transaction nobody else could see either:
    then progress is written in place and there is no thread.
    """

    def __init__(
        self,
        leased: Callable[[], QuerySet[Delivery]],
        shown: Callable[[], QuerySet[Delivery]],
        lease: timedelta,
    ) -> None:
        self._leased, self._shown, self._lease = leased, shown, lease
        self._latest: tuple[int, int, str] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if not connection.in_atomic_block:
            self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def progress(self, done: int, total: int, text: str) -> None:
        """Say how far it is; the latest word is written twice a second."""
        self._latest = (done, total, text)
        if self._thread is None:
            self._write()

    def _run(self) -> None:
        next_lease = monotonic() + self._lease.total_seconds() / 6
        written = None
        try:
            while not self._stop.wait(TICK_SECONDS):
                is_due = monotonic() >= next_lease
                if not is_due and self._latest == written:
                    continue
                latest = self._latest
                try:
                    self._write()
                except DatabaseError:
                    # the handler holds the database's one write lock; the next tick tries again
                    log.debug("the lease was not extended", exc_info=True)
                    continue
                written = latest
                next_lease = monotonic() + self._lease.total_seconds() / 6
        finally:
            connection.close()

    def _write(self) -> None:
        self._leased().update(lease_until=timezone.now() + self._lease)
        if self._latest is not None:
            done, total, text = self._latest
            self._shown().update(done=done, total=total, progress_text=text[:200])
