"""Who may do what, over which firms. Default: nobody, nothing.

The table is data/permissions.yaml, read once and passed in: action -> roles.
"""

from collections.abc import Iterable, Mapping

from gongmai.core.access.types import Actor, Grant, NotAllowed, RefusedChange, Role, Scope, ScopeKind

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
