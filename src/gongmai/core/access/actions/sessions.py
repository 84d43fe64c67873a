"""Sessions and devices: noting them, ending them, and what happens when somebody says "that was not me"."""

from collections.abc import Iterable
from importlib import import_module

from django.conf import settings
from django.db import transaction

from gongmai.core.access.events import NewDevice
from gongmai.core.access.models import Device, Session, User
from gongmai.core.access.queries import check_may, own_id
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock


def note_session(*, user: User, key: str, digest: str, ip: str | None, agent: str) -> tuple[Session, bool]:
    """Write down a session that begins and its device; give it, and whether the device is a new one.

    The first device of all is no news. Another new one is announced: its owner is to be told.
    """
    now = clock.now()
    with transaction.atomic():
        had_any = Device.objects.filter(user=user).exists()
        device, is_new = Device.objects.update_or_create(
            user=user,
            digest=digest,
            defaults={"ip": ip, "agent": agent[:200], "last_seen_at": now, "disowned_at": None},
            create_defaults={
                "ip": ip,
                "agent": agent[:200],
                "last_seen_at": now,
                "first_seen_at": now,
            },
        )
        row = Session.objects.create(
            user=user, device=device, key=key, ip=ip, agent=agent[:200], started_at=now, seen_at=now
        )
        is_news = is_new and had_any
        if is_news:
            announce(NewDevice(user.pk, device.pk, now.isoformat(), ip or "", agent[:200]), actor_id=user.pk)
    return row, is_news


def touch_session(session_id: int, key: str) -> None:
    """Note that a session is used, and under which key: it changes when the password does."""
    Session.objects.filter(pk=session_id, ended_at=None).update(seen_at=clock.now(), key=key)


def close_session(session_id: int, reason: str) -> None:
    """Note that a session ended by itself: signed out, idle or too long."""
    Session.objects.filter(pk=session_id, ended_at=None).update(ended_at=clock.now(), end_reason=reason)


def end_own(*, actor: Actor, session_id: int | None = None, keep: int | None = None) -> int:
    """End one of the person's own sessions, or all but the one to keep; give how many ended.

    Session.DoesNotExist where it is not one of theirs.
    """
    rows = Session.objects.filter(user_id=own_id(actor), ended_at=None)
    with transaction.atomic():
        chosen = [rows.get(pk=session_id)] if session_id is not None else list(rows.exclude(pk=keep or 0))
        _end(chosen, "ended")
        record(
            actor=actor,
            action="session.end",
            kind="person",
            object_id=own_id(actor),
            payload={"sessions": len(chosen)},
        )
    return len(chosen)


def end_of_person(*, actor: Actor, person_id: int) -> int:
    """End all sessions of a person, as the administrator."""
    check_may(actor, "people.edit")
    with transaction.atomic():
        count = end_all(user_id=person_id, reason="administrator")
        record(
            actor=actor,
            action="people.end_sessions",
            kind="person",
            object_id=person_id,
            payload={"sessions": count},
        )
    return count


def end_all(*, user_id: int, reason: str) -> int:
    """End every session of a person, within the caller's write and under its line of the trail."""
    rows = list(Session.objects.filter(user_id=user_id, ended_at=None))
    _end(rows, reason)
    return len(rows)


def disown(*, actor: Actor, device_id: int) -> None:
    """The owner says that a device is not theirs: it is forgotten, every session ends, the name is closed.

    It opens again when the administrator gives a new password. Device.DoesNotExist for another's.
    """
    now = clock.now()
    with transaction.atomic():
        device = Device.objects.select_for_update().get(pk=device_id, user_id=own_id(actor))
        device.disowned_at = now
        device.save(update_fields=["disowned_at"])
        User.objects.filter(pk=device.user_id).update(disowned_at=now)
        count = end_all(user_id=device.user_id, reason="disowned")
        record(
            actor=actor,
            action="session.disown",
            kind="person",
            object_id=device.user_id,
            payload={"ip": device.ip, "agent": device.agent, "sessions": count},
        )


def _end(rows: Iterable[Session], reason: str) -> None:
    """The session's data go at once: its next request finds nobody signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    now = clock.now()
    for row in rows:
        store(row.key).delete()
        row.ended_at, row.end_reason = now, reason
        row.save(update_fields=["ended_at", "end_reason"])
