"""Changes to people: each one transaction, one permission check, one line of the trail."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError, OperationalError, transaction

from gongmai.core.access import rules
from gongmai.core.access.models import ApiToken, SignIn, User
from gongmai.core.access.models import Grant as GrantRow
from gongmai.core.access.queries import (
    actor_of,
    check_may,
    digest_of,
    may,
    own_id,
    password_profile,
    sign_in_rules,
)
from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, RefusedChange
from gongmai.core.audit.actions import record
from gongmai.core.period import clock

# no 0/O, 1/l/I: a temporary password is read out over the telephone
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS = 4
_GROUP_LENGTH = 4
_KEY_BYTES = 32


def create_person(
    *, actor: Actor, username: str, display_name: str, phone: str = "", grants: Iterable[Grant] = ()
) -> tuple[User, str]:
    """Create a person who must choose a password at first sign-in; give the person and the temporary one.

    Raises RefusedChange where the name is taken or the grants do not fit together.
    """
    check_may(actor, "people.edit")
    wanted = tuple(grants)
    rules.check_grants(wanted)
    password = make_temporary_password()
    try:
        with transaction.atomic():
            person = User(
                username=username, display_name=display_name, phone=phone, must_change_password=True
            )
            person.set_password(password)
            person.save()
            _write_grants(person, wanted)
            _record(actor, "people.create", person, grants=_as_text(wanted))
    except IntegrityError as error:
        raise RefusedChange("taken") from error
    return person, password


def change_person(
    *, actor: Actor, person_id: int, display_name: str, phone: str, grants: Iterable[Grant]
) -> None:
    """Set the name, the telephone and all grants; they count from the person's next request on."""
    check_may(actor, "people.edit")
    wanted = tuple(grants)
    rules.check_grants(wanted)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        before = _grants_of(person)
        if person.pk == actor.user_id and set(before) != set(wanted):
            raise RefusedChange("self")
        person.display_name, person.phone = display_name, phone
        person.save(update_fields=["display_name", "phone"])
        person.grants.all().delete()
        _write_grants(person, wanted)
        _record(actor, "people.change", person, before=_as_text(before), grants=_as_text(wanted))


def set_active(*, actor: Actor, person_id: int, active: bool) -> None:
    """Let a person sign in or stop them at once: sessions and keys of an inactive person are refused."""
    check_may(actor, "people.edit")
    if person_id == actor.user_id:
        raise RefusedChange("self")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        person.is_active = active
        if active:
            person.awake_since = clock.now()
        person.save(update_fields=["is_active", "awake_since"])
        _record(actor, "people.activate" if active else "people.deactivate", person)


def reset_password(*, actor: Actor, person_id: int) -> str:
    """Give a temporary password, to be shown once; it must be changed at the next sign-in."""
    check_may(actor, "people.edit")
    password = make_temporary_password()
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        person.set_password(password)
        person.must_change_password = True
        person.disowned_at = None
        person.save(update_fields=["password", "must_change_password", "disowned_at"])
        _record(actor, "people.reset_password", person)
    return password


def change_own_password(*, actor: Actor, person: User, password: str) -> None:
    """Set the person's own, already validated password."""
    if person.pk != actor.user_id:
        raise NotAllowed("password.own")
    with transaction.atomic():
        person.set_password(password)
        person.must_change_password = False
        person.password_changed_at = clock.now()
        person.save(update_fields=["password", "must_change_password", "password_changed_at"])
        _record(actor, "password.change", person)


def create_token(*, actor: Actor, label: str) -> str:
    """Make a key for the firm's own system; give it once, only its hash is kept."""
    check_may(actor, "token.own")
    key = f"gm_{secrets.token_urlsafe(_KEY_BYTES)}"
    with transaction.atomic():
        token = ApiToken.objects.create(
            user_id=own_id(actor), label=label, digest=digest_of(key), created_at=clock.now()
        )
        record(actor=actor, action="token.create", kind="token", object_id=token.pk, payload={"label": label})
    return key


def revoke_token(*, actor: Actor, token_id: int) -> None:
    """Revoke an own key, or, for the administrator, anybody's. DoesNotExist for another's key."""
    rows = ApiToken.objects.select_for_update()
    if not may(actor, "people.edit"):
        check_may(actor, "token.own")
        rows = rows.filter(user_id=own_id(actor))
    with transaction.atomic():
        token = rows.get(pk=token_id)
        if token.revoked_at is None:
            token.revoked_at = clock.now()
            token.save(update_fields=["revoked_at"])
            record(actor=actor, action="token.revoke", kind="token", object_id=token.pk)


def touch_token(token: ApiToken) -> None:
    """Note that a key was used, at most once a minute: a rush of calls must not become a rush of writes."""
    now = clock.now()
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:  # noqa: PLR2004
        with suppress(OperationalError):  # a full disk, a held lock: whoever only reads goes on
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def note_sign_in(
    *, username: str, user_id: int | None, ip: str | None, agent: str, outcome: str, device: str = ""
) -> None:
    """Write one line of the log of sign-ins; a success is the person's latest, by the product's clock."""
    now = clock.now()
    if outcome == "ok" and user_id is not None:
        User.objects.filter(pk=user_id).update(last_login=now)
    SignIn.objects.create(
        username=username[:150],
        user_id=user_id,
        ip=ip,
        agent=agent[:200],
        outcome=outcome,
        at=now,
        device=device,
    )


def stop_dormant(person: User) -> bool:
    """Stop a person whom nobody has seen for too long; whether that was so. Called as they sign in."""
    now = clock.now()
    seen = max((at for at in (person.last_login, person.awake_since) if at is not None), default=None)
    if seen is None or now - seen <= sign_in_rules().dormant:
        return False
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_active=False)
        _record(SYSTEM, "people.stop_dormant", person, last_seen=seen.isoformat())
    return True


def ask_new_password(person: User) -> bool:
    """Ask for a new password where the profile wants one from time to time; whether that is so."""
    days = password_profile().change_days
    changed = person.password_changed_at
    if not days or changed is None or clock.now() - changed <= timedelta(days=days):
        return False
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    person.must_change_password = True
    return True


def make_temporary_password() -> str:
    """Sixteen letters and digits in four groups, about 93 bits."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)]
    return "-".join(groups)


def _grants_of(person: User) -> tuple[Grant, ...]:
    return actor_of(person).grants


def _write_grants(person: User, grants: Iterable[Grant]) -> None:
    GrantRow.objects.bulk_create(
        GrantRow(user=person, role=grant.role, scope_kind=grant.kind, scope_value=grant.value)
        for grant in dict.fromkeys(grants)
    )


def _as_text(grants: Iterable[Grant]) -> list[str]:
    return sorted(f"{grant.role}:{grant.kind}:{grant.value}" for grant in grants)


def _record(actor: Actor, action: str, person: User, **payload: object) -> None:
    record(
        actor=actor,
        action=action,
        kind="person",
        object_id=person.pk,
        payload=payload,
    )
