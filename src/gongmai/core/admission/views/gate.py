"""The door of the web process.

The web server has more threads than requests are served at once: the rest of the threads wait in the line,
in order of urgency, or say at once that there is no room. So the queue is here, where it is seen and bounded,
and not in the socket. Nothing here asks the database.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from time import monotonic
from typing import Any, Protocol, cast

from gongmai.core.admission.queries import folder
from gongmai.core.admission.rules import Line, classify, is_free, name_client
from gongmai.core.admission.types import Kind, Limits, Reason, Ticket
from gongmai.core.admission.views.trouble import RETRY_SECONDS, word

SPEAK_SECONDS = 5.0
REFUSALS = {Reason.RATE: (429, "too_often"), Reason.SHARE: (429, "too_often")}
BUSY = (503, "busy")
PHRASES = {429: "Too Many Requests", 503: "Service Unavailable"}
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Closable(Protocol):
    def close(self) -> object:
        """End it."""


class Gate:
    """Around the application: serves a few requests at once, lets some wait, refuses the rest at once."""

    def __init__(
        self, application: Application, limits: Limits, now: Callable[[], float] = monotonic
    ) -> None:
        self._application, self._limits, self._now = application, limits, now
        self._line = Line(limits)
        self._lock = threading.Lock()
        self._wakers: dict[int, threading.Event] = {}
        self._spoken = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if is_free(path):
            return self._application(environ, start_response)
        ticket = self._enter(environ, path)
        if ticket.refused is not None:
            return _refuse(environ, start_response, ticket.refused)
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._leave(ticket)
            raise
        if getattr(answer, "streaming", False) or not hasattr(answer, "close"):
            return _Stream(answer, lambda: self._leave(ticket))
        try:
            with closing(cast("_Closable", answer)):
                return [b"".join(answer)]
        finally:
            self._leave(ticket)

    def _enter(self, environ: dict[str, Any], path: str) -> Ticket:
        kind = classify(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""))
        client = name_client(environ) if kind is not Kind.ENTRY else ""
        with self._lock:
            ticket = self._line.arrive(kind, client, self._now())
            waker = None
            if not (ticket.is_served or ticket.refused):
                waker = self._wakers[ticket.order] = threading.Event()
            self._wake_pushed()
        if waker is None:
            return ticket
        waker.wait(self._limits.patience)
        with self._lock:
            self._wakers.pop(ticket.order, None)
            self._line.give_up(ticket)
        return ticket

    def _wake_pushed(self) -> None:
        """Wake whoever was pushed out of the line."""
        if len(self._wakers) > len(self._line.waiting):
            in_line = {ticket.order for ticket in self._line.waiting}
            for order in [order for order in self._wakers if order not in in_line]:
                self._wakers.pop(order).set()

    def _leave(self, ticket: Ticket) -> None:
        with self._lock:
            for called in self._line.leave(ticket, self._now()):
                waker = self._wakers.pop(called.order, None)
                if waker is not None:
                    waker.set()
            is_due = self._now() - self._spoken > SPEAK_SECONDS
            if is_due:
                self._spoken = self._now()
        if is_due:
            self._speak()

    def _speak(self) -> None:
        """Leave the totals where ``gongmai doctor`` reads them; a full disk stops nobody."""
        with self._lock:
            text = json.dumps(asdict(self._line.totals))
        path = folder() / f"{os.getpid()}.json"
        try:
            path.parent.mkdir(exist_ok=True)
            temporary = path.with_suffix(".tmp")
            temporary.write_text(text)
            temporary.replace(path)
        except OSError:
            return


class _Stream:
    """An answer that is sent piece by piece; its place is free when it is closed, or when it is dropped."""

    def __init__(self, answer: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._answer, self._leave, self._is_open = answer, leave, True

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer
        finally:
            self.close()

    def close(self) -> None:
        """End the answer; a second time does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            close = getattr(self._answer, "close", None)
            if close is not None:
                close()
        finally:
            self._leave()

    def __del__(self) -> None:
        self.close()


def _refuse(environ: dict[str, Any], start_response: Callable[..., Any], reason: Reason) -> Iterable[bytes]:
    status, code = REFUSALS.get(reason, BUSY)
    cookie = environ.get("HTTP_COOKIE", "")
    language = "en" if "gongmai_language=en" in cookie else ""
    body, kind = word(code, environ.get("PATH_INFO", ""), language, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(RETRY_SECONDS)),
        ("Cache-Control", "no-store"),
    ]
    start_response(f"{status} {PHRASES[status]}", headers)
    return [body]
