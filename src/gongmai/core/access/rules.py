"""Who may do what, over which firms. Default: nobody, nothing.

The table is data/permissions.yaml, read once and passed in: action -> roles.
"""

import hmac
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from hmac import compare_digest

from gongmai.core.access.types import (
    Actor,
    Grant,
    NotAllowed,
    RefusedChange,
    Role,
    Scope,
    ScopeKind,
    SignInRules,
)

STEP_SECONDS = 30
Permissions = Mapping[str, frozenset[Role]]

# separation of duties: whoever runs the system or checks it does nothing else (GB/T 22239-2019, 8.1.4.2 d)
ALONE = frozenset({Role.SYSADMIN, Role.AUDITOR})
# kinds of scope that make sense for a role; the system itself is no person
KINDS: Mapping[Role, frozenset[ScopeKind]] = {
    Role.ENTERPRISE: frozenset({ScopeKind.ENTERPRISE}),
    Role.COUNTY: frozenset({ScopeKind.UNIT, ScopeKind.REGION}),
    Role.PARK: frozenset({ScopeKind.PARK}),
    Role.CITY: frozenset({ScopeKind.CITY}),
    Role.LEADER: frozenset({ScopeKind.CITY}),
    Role.BANK: frozenset({ScopeKind.NONE}),
    Role.EXPERT: frozenset({ScopeKind.NONE}),
    Role.AUDITOR: frozenset({ScopeKind.CITY}),
    Role.SYSADMIN: frozenset({ScopeKind.NONE}),
}


def may(permissions: Permissions, actor: Actor, action: str) -> bool:
    """Whether any of the actor's roles has the action. An unknown action is refused for everybody."""
    return bool(permissions.get(action, frozenset()) & actor.roles)


def check_may(permissions: Permissions, actor: Actor, action: str) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(permissions, actor, action):
        raise NotAllowed(action)


def compute_scope(permissions: Permissions, actor: Actor, action: str) -> Scope:
    """The union of the scopes of those grants whose role has the action."""
    roles = permissions.get(action, frozenset())
    parts: dict[ScopeKind, set[str]] = {kind: set() for kind in ScopeKind}
    for grant in actor.grants:
        if grant.role in roles:
            parts[grant.kind].add(grant.value)
    return Scope(
        everything=bool(parts[ScopeKind.CITY]),
        enterprises=frozenset(int(value) for value in parts[ScopeKind.ENTERPRISE]),
        units=frozenset(parts[ScopeKind.UNIT]),
        regions=frozenset(parts[ScopeKind.REGION]),
        parks=frozenset(parts[ScopeKind.PARK]),
    )


def check_grants(grants: Iterable[Grant]) -> None:
    """Raise RefusedChange where roles may not meet in one person or a scope does not fit its role."""
    roles = {grant.role for grant in grants}
    if roles & ALONE and len(roles) > 1:
        raise RefusedChange("separate")
    for grant in grants:
        if grant.kind not in KINDS.get(grant.role, frozenset()):
            raise RefusedChange("scope")
        if grant.kind not in {ScopeKind.CITY, ScopeKind.NONE} and not grant.value:
            raise RefusedChange("value")


def totp(secret: bytes, step: int, digits: int = 6) -> str:
    """The code of a step of thirty seconds. Source: RFC 6238 over RFC 4226, SHA-1.

    >>> totp(b"12345678901234567890", 1, 8)
    '94287082'
    """
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_at(moment: datetime) -> int:
    """The number of the step that a moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def find_step(secret: bytes, code: str, now: int, *, drift: int, last: int) -> int | None:
    """The step whose code this is, within the drift and after the last one used; None where there is none.

    A code that was used once, and all before it, are not taken again.
    """
    found = None
    for step in range(now - drift, now + drift + 1):
        # all are compared, so that the time taken says nothing
        if compare_digest(totp(secret, step).encode(), code.encode()) and step > last:
            found = step
    return found


def tidy_code(text: str) -> str:
    """A code as it is compared: full-width digits become plain, blanks and dashes go, letters are small."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if letter.isalnum()).lower()


def needs_factor(rules: SignInRules, roles: Iterable[Role]) -> bool:
    """Whether a person in these roles has to have a second factor where the installation requires it."""
    return bool(rules.factor_roles & set(roles))


def kind_of_session(roles: Iterable[Role]) -> str:
    """Which of the limits of data/sign_in.yaml a session has."""
    return "enterprise" if set(roles) == {Role.ENTERPRISE} else "officer"
