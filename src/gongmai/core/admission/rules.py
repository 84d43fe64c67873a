"""The line at the door, without threads or a clock: who is served next, who is refused and why.

The more urgent kind goes first. Within a kind those go first who have not used up half of what they may
ask for at once, so that one client who asks without end does not hold up the others; among equals, who
came first.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongmai.core.admission.types import Kind, Limits, Reason, Ticket, Totals

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FREE = ("/static/", "/favicon.ico")
ENTRY = "/account/sign-in"
EXPORT = re.compile(r"(download|export|annotated|\.xlsx|\.csv|\.zip)(/|$)")
KNOWN_CLIENTS = 20_000
SESSION = re.compile(r"(?:^|;\s*)sessionid=([^;]+)")


def is_free(path: str) -> bool:
    """Whether a request is so cheap that nobody has to wait for it: static files."""
    return path.startswith(FREE)


def classify(method: str, path: str, query: str = "") -> Kind:
    """What a request is for, by its method and address."""
    if path.startswith(ENTRY):
        return Kind.ENTRY
    if method not in SAFE:
        return Kind.WRITE
    is_export = EXPORT.search(path) or "format=xlsx" in query or "format=csv" in query
    return Kind.EXPORT if is_export else Kind.READ


def name_client(environ: Mapping[str, Any]) -> str:
    """Who asks: the API key or the session, as a digest; nothing for a stranger.

    Not the address: a whole county may sit behind one.
    """
    key = str(environ.get("HTTP_AUTHORIZATION", ""))
    if not key:
        found = SESSION.search(str(environ.get("HTTP_COOKIE", "")))
        key = found.group(1) if found else ""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16] if key else ""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Line:
    """The line of one process. Its caller holds a lock and tells the time."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.totals = Totals()
        self.waiting: list[Ticket] = []
        self.served = 0
        self._exports = 0
        self._order = 0
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def arrive(self, kind: Kind, client: str, now: float) -> Ticket:
        """Give the request its place: served at once, waiting, or refused."""
        self._order += 1
        ticket = Ticket(kind, client, self._order, now)
        left = self._draw(client, now)
        if left < 0:
            return self._refuse(ticket, Reason.RATE)
        ticket.is_heavy = left < self.limits.burst / 2
        if not self._any_ready() and self._fits(ticket):
            return self._serve(ticket, now)
        if client and sum(other.client == client for other in self.waiting) >= self.limits.share:
            return self._refuse(ticket, Reason.SHARE)
        if len(self.waiting) >= self.limits.waiting and not self._push_out(ticket):
            return self._refuse(ticket, Reason.FULL)
        self.waiting.append(ticket)
        return ticket

    def leave(self, ticket: Ticket, now: float) -> list[Ticket]:
        """Note that a served request is done; give those who are served now in its place."""
        self.served -= 1
        self._exports -= ticket.kind is Kind.EXPORT
        return self._call(now)

    def give_up(self, ticket: Ticket) -> None:
        """Take out of the line who has waited too long; nothing happens to who is served or refused."""
        if ticket in self.waiting:
            self.waiting.remove(ticket)
            self._refuse(ticket, Reason.LATE)

    def _draw(self, client: str, now: float) -> float:
        """Draw one from what the client may ask; give what is left, negative for nothing left."""
        if not client or not self.limits.rate:
            return self.limits.burst
        bucket = self._buckets.pop(client, None) or _Bucket(self.limits.burst, now)
        bucket.left = min(self.limits.burst, bucket.left + (now - bucket.at) * self.limits.rate)
        bucket.at = now
        self._buckets[client] = bucket
        if len(self._buckets) > KNOWN_CLIENTS:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return -1.0
        bucket.left -= 1
        return bucket.left

    def _fits(self, ticket: Ticket) -> bool:
        if self.served >= self.limits.slots:
            return False
        return ticket.kind is not Kind.EXPORT or self._exports < self.limits.exports

    def _any_ready(self) -> bool:
        """Whether somebody waits who could be served now: nobody may overtake them."""
        return any(self._fits(other) for other in self.waiting)

    def _serve(self, ticket: Ticket, now: float) -> Ticket:
        ticket.is_served = True
        self.served += 1
        self._exports += ticket.kind is Kind.EXPORT
        name = ticket.kind.name.lower()
        self.totals.served[name] = self.totals.served.get(name, 0) + 1
        self.totals.longest_wait = max(self.totals.longest_wait, now - ticket.arrived)
        return ticket

    def _call(self, now: float) -> list[Ticket]:
        called = []
        while ready := [ticket for ticket in self.waiting if self._fits(ticket)]:
            first = min(ready, key=_place)
            self.waiting.remove(first)
            called.append(self._serve(first, now))
        return called

    def _push_out(self, ticket: Ticket) -> bool:
        """Make room by refusing the least urgent of those who wait, if it is less urgent than this one."""
        last = max(self.waiting, key=_place, default=None)
        if last is None or _place(last)[:2] <= _place(ticket)[:2]:
            return False
        self.waiting.remove(last)
        self._refuse(last, Reason.PUSHED)
        return True

    def _refuse(self, ticket: Ticket, reason: Reason) -> Ticket:
        ticket.refused = reason
        self.totals.refused[reason.value] = self.totals.refused.get(reason.value, 0) + 1
        return ticket


def _place(ticket: Ticket) -> tuple[int, bool, int]:
    return ticket.kind, ticket.is_heavy, ticket.order
