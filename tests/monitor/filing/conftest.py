"""A small city with a firm, its officers and a month to file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gongmai.core.access.models import Grant, User
from gongmai.core.access.queries import actor_of
from gongmai.core.access.types import SYSTEM, Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.models import Enterprise, Profile, RosterMembership
from gongmai.monitor.filing.actions.periods import open_period
from gongmai.monitor.filing.models import Return

APRIL = Period(2023, 4)
CODE = "91371302MA3DEMX00D"
LINE = {
    "industry": "1311",
    "output": 1000,
    "output__ytd": 4100,
    "output__base": 900,
    "output__ytd_base": 3600,
}
GOOD = {
    "output": 1000, "output__ytd": 4100, "output__base": 900, "output__ytd_base": 3600,
    "sales": 980, "sales__ytd": 4000, "sales__base": 880, "sales__ytd_base": 3500,
    "exports": 0, "exports__ytd": 0, "exports__base": 0, "exports__ytd_base": 0,
    "electricity": 10.5, "electricity__ytd": 43.0, "electricity__base": 9.5, "electricity__ytd_base": 40.0,
    "workforce": 50, "workforce__base": 48, "outlook": "same",
}  # fmt: skip


@dataclass(frozen=True)
class Town:
    """Who is who in the small city."""

    firm: Enterprise
    other: Enterprise
    filer: Actor
    county: Actor
    county_two: Actor
    city: Actor
    city_two: Actor
    leader: Actor
    elsewhere: Actor


def person(name: str, *grants: tuple[str, str, str]) -> Actor:
    """A user with grants, as an actor."""
    user = User.objects.create(username=name, display_name=name)
    for role, kind, value in grants:
        Grant.objects.create(user=user, role=role, scope_kind=kind, scope_value=value)
    return actor_of(user)


def firm(code: str, name: str, unit: str = "u1", since: int = 202002) -> Enterprise:
    """A firm on the roster."""
    row = Enterprise.objects.create(
        credit_code=code, name=name, region="999901", unit=unit, industry="1311", on_roster=True
    )
    Profile.objects.create(enterprise=row, valid_from=since, region="999901", unit=unit, industry="1311")
    RosterMembership.objects.create(enterprise=row, from_period=since, entry_type="initial")
    return row


@pytest.fixture
def may_day() -> Iterator[None]:
    """5 May 2023, ten in the morning: April is open."""
    zone = dt.timezone(dt.timedelta(hours=8))
    clock.simulate(dt.datetime(2023, 5, 5, 10, 0, tzinfo=zone))
    yield
    clock.resume()


@pytest.fixture
def town(db: None, may_day: None) -> Town:
    """The small city."""
    return build_town()


def build_town() -> Town:
    """Firms, people, and April open."""
    one, two = firm(CODE, "First Works"), firm("91350100M000100Y43", "Second Works", unit="u2")
    people = Town(
        firm=one,
        other=two,
        filer=person("filer", ("enterprise", "enterprise", str(one.pk))),
        county=person("county", ("county", "unit", "u1")),
        county_two=person("county2", ("county", "unit", "u1"), ("city", "city", "")),
        city=person("city", ("city", "city", "")),
        city_two=person("city2", ("city", "city", "")),
        leader=person("leader", ("leader", "city", "")),
        elsewhere=person("elsewhere", ("county", "unit", "u2")),
    )
    open_period(SYSTEM, "monthly", APRIL)
    return people


@pytest.fixture
def filing(town: Town) -> Return:
    """The firm's April return."""
    return Return.objects.get(enterprise=town.firm, form="monthly", period=APRIL.key)
