"""Who may do what, over which firms. Default: nobody, nothing.

The table is data/permissions.yaml, read once and passed in: action -> roles.
"""

from collections.abc import Mapping

from gongmai.core.access.types import Actor, NotAllowed, Role, Scope, ScopeKind

Permissions = Mapping[str, frozenset[Role]]


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
