"""Telling people: a notice in the inbox of each, and what leaves on other channels."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from gongmai.core.notify.models import Dispatch, Notice
from gongmai.core.notify.queries.catalogue import kind_of
from gongmai.core.notify.queries.preferences import hooks_of, preferences_of, quiet_of, wanted_channels
from gongmai.core.notify.rules.quiet import send_at
from gongmai.core.notify.rules.wording import template_of, word
from gongmai.core.notify.types import NotifyError, Post, Wording
from gongmai.core.period import clock

KEYS_AT_ONCE = 500


def post(items: Iterable[tuple[Post, Iterable[int]]]) -> int:
    """Tell people (by user id); give how many notices are new. With the same key nobody is told twice.

    No permission and no line of the trail: a notice is the echo of a move that had both. Raises NotifyError
    for an unknown kind or a link that leaves the house.
    """
    wanted = [(one, person) for one, people in items for person in dict.fromkeys(people)]
    if not wanted:
        return 0
    now = clock.now()
    texts: dict[str, Wording] = {}
    with transaction.atomic():
        told = _told({one.key for one, _ in wanted})
        rows: list[Notice] = []
        for one, person in wanted:
            if (person, one.key) in told:
                continue
            told.add((person, one.key))
            wording = texts.get(one.key) or texts.setdefault(one.key, _word(one))
            rows.append(
                Notice(
                    person_id=person,
                    kind=one.kind,
                    key=one.key,
                    subject_zh=wording.subject["zh-Hans"][:300],
                    subject_en=wording.subject["en"][:300],
                    body_zh=wording.body["zh-Hans"],
                    body_en=wording.body["en"],
                    link=_local(one.link),
                    object_kind=one.object_kind,
                    object_id=one.object_id,
                    created_at=now,
                )
            )
        _dispatch(Notice.objects.bulk_create(rows, batch_size=500))
    return len(rows)


def _told(keys: set[str]) -> set[tuple[int, str]]:
    ordered = sorted(keys)
    return {
        pair
        for start in range(0, len(ordered), KEYS_AT_ONCE)
        for pair in Notice.objects.filter(key__in=ordered[start : start + KEYS_AT_ONCE]).values_list(
            "person_id", "key"
        )
    }


def _word(one: Post) -> Wording:
    return word(template_of(kind_of(one.kind), clock.today()), one.fields)


def _local(link: str) -> str:
    if link and (not link.startswith("/") or link.startswith("//") or "\\" in link):
        raise NotifyError("foreign_link", link=link)
    return link


def _dispatch(rows: Sequence[Notice]) -> None:
    people = {row.person_id for row in rows}
    preferences, hooks = preferences_of(people), hooks_of(people)
    waiting = []
    for row in rows:
        kind, preference = kind_of(row.kind), preferences.get(row.person_id)
        local = timezone.localtime(row.created_at)
        due = send_at(local, quiet_of(preference, local.date()), urgent=kind.urgent)
        waiting += [
            Dispatch(notice=row, channel=channel, due_at=due)
            for channel in wanted_channels(kind, preference, has_hook=row.person_id in hooks)
        ]
    Dispatch.objects.bulk_create(waiting, batch_size=500)
