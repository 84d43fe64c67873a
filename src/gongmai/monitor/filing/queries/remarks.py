"""What is said beside the figures: threads of a return, unread remarks, a person's marks and last looks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor, Role
from gongmai.monitor.filing.models import Flag, Look, Remark, Return, Thread, Version
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.working import content_of
from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.types import Change, Finding

FLAGS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread as somebody reads it; `unread` counts what others wrote since their last look."""

    thread: Thread
    remarks: tuple[Remark, ...]
    unread: int

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.thread.resolved_at is None


@dataclass(frozen=True, slots=True)
class Since:
    """What is new since a person's last look; `first` when they never looked."""

    first: bool
    version: int = 0
    state: str = ""
    changes: tuple[Change, ...] = ()
    findings: frozenset[str] = frozenset()
    remarks: int = 0

    @property
    def is_news(self) -> bool:
        """Whether anything changed."""
        return bool(self.changes or self.findings or self.remarks or self.state)


def is_firm(actor: Actor) -> bool:
    """Whether a person stands on the firm's side."""
    return Role.ENTERPRISE in actor.roles


def _readable(actor: Actor) -> Q:
    return Q(thread__internal=False) if is_firm(actor) else Q()


def threads_of(actor: Actor, filing: Return) -> list[ThreadView]:
    """The threads of a return that the caller has checked the reach of; open ones first."""
    look = last_look(actor, filing)
    seen = look.remark if look else 0
    remarks: dict[int, list[Remark]] = {}
    threads: dict[int, Thread] = {}
    rows = Remark.objects.select_related("thread").filter(_readable(actor), thread__filing=filing)
    for row in rows.order_by("pk"):
        threads[row.thread_id] = row.thread
        remarks.setdefault(row.thread_id, []).append(row)
    found = [
        ThreadView(
            thread,
            tuple(remarks[pk]),
            sum(each.pk > seen and each.author_id != actor.user_id for each in remarks[pk]),
        )
        for pk, thread in threads.items()
    ]
    return sorted(found, key=lambda view: (not view.is_open, view.thread.box, view.thread.internal))


def unread_of(actor: Actor, return_ids: Iterable[int]) -> dict[int, int]:
    """For each return how many remarks of others the person has not seen; those without any are left out."""
    ids = list(return_ids)
    seen = dict(Look.objects.filter(person_id=actor.person, filing__in=ids).values_list("filing", "remark"))
    rows = Remark.objects.filter(_readable(actor), thread__filing__in=ids).exclude(author_id=actor.user_id)
    found: dict[int, int] = {}
    for filing, pk in rows.values_list("thread__filing", "pk"):
        if pk > seen.get(filing, 0):
            found[filing] = found.get(filing, 0) + 1
    return found


def last_look(actor: Actor, filing: Return) -> Look | None:
    """What the person saw last of a return."""
    return Look.objects.filter(person_id=actor.person, filing=filing).first()


def changed_since_look(actor: Actor, rows: QuerySet[Return]) -> QuerySet[Return]:
    """Among returns those that the person looked at and that changed since: version, state or remarks."""
    mine = Look.objects.filter(person_id=actor.person, filing=OuterRef("pk"))
    older = mine.filter(~Q(version=OuterRef("versions_count")) | ~Q(state=OuterRef("state")))
    unread = (
        Remark.objects.filter(_readable(actor), thread__filing=OuterRef("pk"))
        .filter(thread__filing__looks__person_id=actor.person, pk__gt=F("thread__filing__looks__remark"))
        .exclude(author_id=actor.user_id)
    )
    return rows.filter(Exists(older) | Exists(unread))


def news_among(actor: Actor, filings: Iterable[Return]) -> dict[int, str]:
    """For each return `new` (filed, never looked at) or `changed` (since the last look)."""
    rows = list(filings)
    looks = {
        look.filing_id: look
        for look in Look.objects.filter(person_id=actor.person, filing__in=[row.pk for row in rows])
    }
    found: dict[int, str] = {}
    for row in rows:
        look = looks.get(row.pk)
        if look is None:
            if row.versions_count:
                found[row.pk] = "new"
        elif (look.version, look.state) != (row.versions_count, row.state):
            found[row.pk] = "changed"
    return found


def since_last_look(actor: Actor, filing: Return, shown: int) -> Since:
    """What is new in a return, up to version `shown`, since the person's last look."""
    look = last_look(actor, filing)
    if look is None:
        return Since(first=True)
    before, now = _versions(filing, look.version, shown)
    changes: tuple[Change, ...] = ()
    findings: frozenset[str] = frozenset()
    if before is not None and now is not None and before.pk != now.pk:
        changes = tuple(list_changes(get_form(filing.form), content_of(before), content_of(now)))
        findings = _keys(now) - _keys(before)
    return Since(
        first=False,
        version=look.version,
        state=look.state if look.state != filing.state else "",
        changes=changes,
        findings=findings,
        remarks=unread_of(actor, [filing.pk]).get(filing.pk, 0),
    )


def _versions(filing: Return, old: int, new: int) -> tuple[Version | None, Version | None]:
    rows: Mapping[int, Version] = {
        row.number: row for row in Version.objects.filter(filing=filing, number__in=[old, new])
    }
    return rows.get(old), rows.get(new)


def _keys(version: Version) -> frozenset[str]:
    return frozenset(Finding.from_dict(entry).key for entry in orjson.loads(version.findings))


def flags_on(actor: Actor, filing: Return) -> frozenset[str]:
    """The boxes of a return that the person marked."""
    return frozenset(Flag.objects.filter(person_id=actor.person, filing=filing).values_list("box", flat=True))


def flagged(actor: Actor, return_ids: Iterable[int]) -> dict[int, int]:
    """How many boxes the person marked in each of these returns."""
    found: dict[int, int] = {}
    rows = Flag.objects.filter(person_id=actor.person, filing__in=list(return_ids))
    for filing in rows.values_list("filing", flat=True):
        found[filing] = found.get(filing, 0) + 1
    return found


def my_flags(actor: Actor) -> list[Flag]:
    """The person's marks, the latest first, in returns that are still within reach."""
    check_may(actor, "return.view")
    rows = Flag.objects.select_related("filing__enterprise").filter(person_id=actor.person)
    rows = rows.filter(scope_filter(actor, "return.view", "filing__enterprise__"))
    return list(rows.order_by("-pk")[:FLAGS_SHOWN])
