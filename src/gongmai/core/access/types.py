"""Who acts, in which roles, over which part of the city."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """The kinds of person; what each may do is data (data/permissions.yaml)."""

    ENTERPRISE = "enterprise"
    COUNTY = "county"
    PARK = "park"
    CITY = "city"
    LEADER = "leader"
    BANK = "bank"
    EXPERT = "expert"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"
    SYSTEM = "system"


class ScopeKind(StrEnum):
    """What a grant is limited to."""

    ENTERPRISE = "enterprise"
    UNIT = "unit"
    REGION = "region"
    PARK = "park"
    CITY = "city"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a part of the city; `value` is an enterprise's id or a unit, region or park code."""

    role: Role
    kind: ScopeKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a person with grants, or the system itself."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()

    @property
    def person(self) -> int:
        """The number by which rows belong to the person; 0, which is no row's, for the system."""
        return self.user_id or 0

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held, whatever their scope."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def enterprise_ids(self) -> tuple[int, ...]:
        """The enterprises that this person files for, in the order in which they were granted."""
        return tuple(int(grant.value) for grant in self.grants if grant.role is Role.ENTERPRISE)

    @property
    def enterprise_id(self) -> int | None:
        """The first enterprise that this person files for, if any."""
        return next(iter(self.enterprise_ids), None)


@dataclass(frozen=True, slots=True)
class Scope:
    """The firms within reach: everything, or the union of the parts. Empty means none."""

    everything: bool = False
    enterprises: frozenset[int] = field(default_factory=frozenset)
    units: frozenset[str] = field(default_factory=frozenset)
    regions: frozenset[str] = field(default_factory=frozenset)
    parks: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        """True when no firm is within reach."""
        return not (self.everything or self.enterprises or self.units or self.regions or self.parks)


NOBODY = Actor(user_id=None, name="")
SYSTEM = Actor(user_id=None, name="system", grants=(Grant(Role.SYSTEM, ScopeKind.CITY),))


class NotAllowed(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The actor may not do this. `action` is the code that was asked for."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class RefusedChange(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A change to a person that the rules forbid. `code` is worded by messages.REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How people sign in, from a day on (data/sign_in.yaml)."""

    factor_roles: frozenset[Role]
    grace: timedelta
    drift: int
    recovery_codes: int
    factor_attempts: int
    factor_pause: timedelta
    guesses: int
    guess_window: timedelta
    idle: Mapping[str, timedelta]
    longest: Mapping[str, timedelta]
    device_age: timedelta
    dormant: timedelta
    valid_from: date

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> "SignInRules":
        """An entry of the data file."""
        return cls(
            factor_roles=frozenset(Role(role) for role in entry["factor_roles"]),
            grace=timedelta(days=entry["grace_days"]),
            drift=entry["drift"],
            recovery_codes=entry["recovery_codes"],
            factor_attempts=entry["factor_attempts"],
            factor_pause=timedelta(minutes=entry["factor_pause_minutes"]),
            guesses=entry["guesses"],
            guess_window=timedelta(minutes=entry["guess_minutes"]),
            idle={kind: timedelta(minutes=count) for kind, count in entry["idle_minutes"].items()},
            longest={kind: timedelta(hours=count) for kind, count in entry["longest_hours"].items()},
            device_age=timedelta(days=entry["device_days"]),
            dormant=timedelta(days=entry["dormant_days"]),
            valid_from=entry["valid_from"],
        )


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """What a password must be; zero kinds or days: not asked for."""

    length: int
    kinds: int
    change_days: int
    source: str
