"""Who somebody is and which firms they reach: every query of firm data passes here."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Q, QuerySet

from gongmai.core.access import rules
from gongmai.core.access.messages import ROLES
from gongmai.core.access.models import ApiToken, Device, Factor, FactorReset, Session, SignIn, User
from gongmai.core.access.models import Grant as GrantRow
from gongmai.core.access.types import (
    Actor,
    Grant,
    NotAllowed,
    PasswordProfile,
    Role,
    Scope,
    ScopeKind,
    SignInRules,
)
from gongmai.core.period import clock

_opened: ContextVar[set[int] | None] = ContextVar("opened", default=None)
_FEW = 500
_TABLE = Path(__file__).parent / "data" / "permissions.yaml"
_SIGN_IN = Path(__file__).parent / "data" / "sign_in.yaml"


@lru_cache(maxsize=1)
def permissions() -> dict[str, frozenset[Role]]:
    """The table of actions and roles."""
    table = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))["actions"]
    return {action: frozenset(Role(role) for role in roles) for action, roles in table.items()}


def may(actor: Actor, action: str) -> bool:
    """Whether the actor may do the action at all (on which firms: `scope`)."""
    return rules.may(permissions(), actor, action)


def check_may(actor: Actor, action: str) -> None:
    """Raise NotAllowed unless the actor may."""
    rules.check_may(permissions(), actor, action)


def scope(actor: Actor, action: str) -> Scope:
    """The firms on which the actor may do the action."""
    return rules.compute_scope(permissions(), actor, action)


def scope_filter(actor: Actor, action: str, prefix: str = "") -> Q:
    """A condition on Enterprise (or, with a prefix such as ``enterprise__``, on what belongs to one)."""
    reach = scope(actor, action)
    if reach.everything:
        return Q()
    condition = Q(**{f"{prefix}pk__in": sorted(reach.enterprises)})
    for column, codes in (("unit", reach.units), ("region", reach.regions), ("park", reach.parks)):
        if codes:
            condition |= Q(**{f"{prefix}{column}__in": sorted(codes)})
    return condition


def scope_sql(actor: Actor, action: str) -> tuple[str, list[Any]]:
    """The same condition for the panel's columns: SQL text with ``?`` and its values."""
    reach = scope(actor, action)
    if reach.everything:
        return "TRUE", []
    parts: list[str] = []
    values: list[Any] = []
    columns = (
        ("enterprise_id", sorted(reach.enterprises)),
        ("unit", sorted(reach.units)),
        ("region", sorted(reach.regions)),
        ("park", sorted(reach.parks)),
    )
    for column, codes in columns:
        if codes:
            parts.append(f"{column} IN ({', '.join('?' * len(codes))})")
            values.extend(codes)
    return ("(" + " OR ".join(parts) + ")" if parts else "FALSE"), values


def check_reach(actor: Actor, action: str, enterprise: Any) -> None:
    """Raise NotAllowed unless the actor may do the action on this enterprise (an Enterprise row).

    Whoever passes has opened the firm: it is noted as `opened_firms` says. To ask without opening: `reaches`.
    """
    check_may(actor, action)
    if not reaches(actor, action, enterprise):
        raise NotAllowed(action)
    opened = _opened.get()
    if opened is not None and enterprise.pk is not None:
        opened.add(int(enterprise.pk))


def reaches(actor: Actor, action: str, enterprise: Any) -> bool:
    """Whether the actor may do the action on this enterprise, for lists that say what may be done."""
    reach = scope(actor, action)
    return bool(
        reach.everything
        or enterprise.pk in reach.enterprises
        or enterprise.unit in reach.units
        or enterprise.region in reach.regions
        or (enterprise.park and enterprise.park in reach.parks)
    )


@contextmanager
def opened_firms() -> Iterator[set[int]]:
    """The numbers of the firms that `check_reach` lets anybody open while this lasts.

    Every way to a single firm passes there, so that the log of readings (core.audit) cannot be forgotten.
    """
    found: set[int] = set()
    token = _opened.set(found)
    try:
        yield found
    finally:
        _opened.reset(token)


def actor_of(user: User) -> Actor:
    """The actor that a signed-in person is: their grants as of now, so that a revoked role ends at once."""
    grants = tuple(
        Grant(Role(role), ScopeKind(kind), value)
        for role, kind, value in user.grants.values_list("role", "scope_kind", "scope_value")
    )
    return Actor(user_id=user.pk, name=user.display_name or user.username, grants=grants)


def role_labels(actor: Actor) -> list[str]:
    """The actor's roles in the reader's words."""
    return [str(ROLES[role]) for role in sorted(actor.roles)]


def digest_of(key: str) -> str:
    """What is stored of a key: keys are random and long, so that a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def find_token(key: str) -> ApiToken | None:
    """The valid token of an active person for the key that a caller shows, or None."""
    rows = ApiToken.objects.select_related("user")
    return rows.filter(digest=digest_of(key), revoked_at=None, user__is_active=True).first()


def people(actor: Actor, text: str = "", role: str = "") -> QuerySet[User]:
    """The people, by name; `text` finds in user name and display name."""
    check_may(actor, "people.view")
    rows = User.objects.prefetch_related("grants").order_by("username")
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if role:
        rows = rows.filter(pk__in=User.objects.filter(grants__role=role).values("pk"))
    return rows


def sign_ins(actor: Actor, text: str = "", outcome: str = "") -> QuerySet[SignIn]:
    """The log of sign-ins, latest first."""
    check_may(actor, "people.view")
    rows = SignIn.objects.order_by("-at", "-pk")
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(ip__startswith=text))
    return rows.filter(outcome=outcome) if outcome else rows


def ids_named(text: str) -> list[int]:
    """The numbers of the people whose user name or display name holds the text, at most a thousand."""
    named = User.objects.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    return list(named.values_list("pk", flat=True)[:1000])


def names_of(numbers: Iterable[int]) -> dict[int, str]:
    """The display names of people by number; one who is not there is left out."""
    rows = User.objects.filter(pk__in=set(numbers)).values_list("pk", "display_name", "username")
    return {number: display or username for number, display, username in rows}


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The keys that a firm's person made for the firm's own systems."""
    check_may(actor, "token.own")
    return ApiToken.objects.filter(user_id=own_id(actor)).order_by("-created_at")


def own_id(actor: Actor) -> int:
    """The person that the actor is; the system is none, and is refused."""
    if actor.user_id is None:
        raise NotAllowed("token.own")
    return actor.user_id


def people_with_role(role: Role) -> list[tuple[int, list[Grant]]]:
    """The active people who hold a role, with their grants of it: who is to be told."""
    rows = GrantRow.objects.filter(role=role, user__is_active=True).order_by("user_id", "pk")
    found: dict[int, list[Grant]] = {}
    for person, kind, value in rows.values_list("user_id", "scope_kind", "scope_value"):
        found.setdefault(person, []).append(Grant(role, ScopeKind(kind), value))
    return list(found.items())


def filers_of(enterprise_ids: Collection[int]) -> dict[int, list[int]]:
    """The active people who file for each of the firms; firms without anybody are left out."""
    rows = GrantRow.objects.filter(
        role=Role.ENTERPRISE, scope_kind=ScopeKind.ENTERPRISE, user__is_active=True
    )
    if len(enterprise_ids) <= _FEW:
        rows = rows.filter(scope_value__in=[str(number) for number in enterprise_ids])
    wanted, found = set(enterprise_ids), dict[int, list[int]]()
    for value, person in rows.order_by("user_id").values_list("scope_value", "user_id"):
        if value.isdecimal() and int(value) in wanted:
            found.setdefault(int(value), []).append(person)
    return found


@lru_cache(maxsize=1)
def _sign_in_document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_SIGN_IN.read_text(encoding="utf-8"))
    return document


def sign_in_rules() -> SignInRules:
    """How people sign in today."""
    entries = [SignInRules.read(entry) for entry in _sign_in_document()["sign_in"]]
    return max(
        (entry for entry in entries if entry.valid_from <= clock.today()),
        key=lambda entry: entry.valid_from,
        default=entries[0],
    )


def password_profile() -> PasswordProfile:
    """What a password must be, by the profile that the settings name."""
    return PasswordProfile(**_sign_in_document()["password_profiles"][settings.GONGMAI_PASSWORD_PROFILE])


def context_words() -> list[str]:
    """Words that everybody here would think of."""
    return [str(word) for word in _sign_in_document()["context_words"]]


def factor_of(user: User) -> Factor | None:
    """The person's second factor, where it is confirmed."""
    return Factor.objects.filter(user=user).exclude(confirmed_at=None).first()


def own_sessions(actor: Actor) -> QuerySet[Session]:
    """The person's sessions that have not ended, the latest first."""
    rows = Session.objects.select_related("device").filter(user_id=own_id(actor), ended_at=None)
    return rows.filter(seen_at__gte=clock.now() - max(sign_in_rules().longest.values())).order_by("-seen_at")


def own_devices(actor: Actor) -> QuerySet[Device]:
    """The browsers that the person has signed in with and has not disowned."""
    return Device.objects.filter(user_id=own_id(actor), disowned_at=None).order_by("-last_seen_at")


def own_sign_ins(actor: Actor) -> QuerySet[SignIn]:
    """The person's own lines of the log of sign-ins, the latest first."""
    return SignIn.objects.filter(user_id=own_id(actor)).order_by("-at", "-pk")


def find_device(user_id: int, digest: str) -> Device | None:
    """The person's device with this digest, unless it was disowned."""
    return Device.objects.filter(user_id=user_id, digest=digest, disowned_at=None).first()


def is_owners_device(username: str, digest: str) -> bool:
    """Whether somebody of this name has signed in from this browser before."""
    if not digest:
        return False
    rows = Device.objects.filter(user__username=username, digest=digest, disowned_at=None)
    return rows.filter(last_seen_at__gte=clock.now() - sign_in_rules().device_age).exists()


def guesses(username: str, device: str) -> int:
    """Wrong passwords for a name within the window: from this known device, or from all that are unknown."""
    since = clock.now() - sign_in_rules().guess_window
    rows = SignIn.objects.filter(username=username[:150], outcome="failed", at__gte=since, device=device)
    return rows.count()


def factor_resets(actor: Actor) -> QuerySet[FactorReset]:
    """The requests to take away a second factor that wait for a second person."""
    check_may(actor, "people.view")
    rows = FactorReset.objects.select_related("user", "asked_by").filter(decided_at=None)
    return rows.order_by("asked_at")
