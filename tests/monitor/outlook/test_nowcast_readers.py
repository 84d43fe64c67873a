"""The nowcast out of the database: who sees what, and that it writes nothing of a firm's returns."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.panel.actions.publish import publish
from gongmai.core.period.types import periods_between
from gongmai.core.registry.models import Enterprise
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.outlook.actions.electricity import import_readings
from gongmai.monitor.outlook.queries.nowcast import nowcast, path_of
from gongmai.monitor.outlook.queries.resumption import rates
from tests.core.panel import memory
from tests.monitor.outlook.conftest import FIRMS, FIRST, LAST

COUNTY = Actor(1, "county", (Grant(Role.COUNTY, ScopeKind.REGION, "999901"),))
LEADER = Actor(2, "leader", (Grant(Role.LEADER, ScopeKind.CITY),))
FIRM = Actor(3, "firm", (Grant(Role.ENTERPRISE, ScopeKind.ENTERPRISE, "1"),))
CODE = "91371302MA3DEMX00D"


@pytest.fixture
def metered_city(monthly_city, simulated_time, tmp_path):
    """The small city with one firm in the registry, its return of May, and readings of December and June."""
    row = Enterprise.objects.create(
        id=1, credit_code=CODE, name="First", region="999902", unit="u1", industry="1311"
    )
    at = dt.datetime(2023, 6, 6, 9, 0, tzinfo=dt.UTC)
    filed = Return.objects.create(
        enterprise=row,
        form="monthly",
        period=LAST.key,
        state="county",
        first_submitted_at=at,
        versions_count=1,
    )
    Version.objects.create(
        filing=filed,
        number=1,
        cells='{"output":1234,"output__base":1000}',
        digest="x",
        source="page",
        submitted_at=at,
    )
    path = tmp_path / "power.csv"
    lines = [f"{CODE},2022-12-{day:02d},100" for day in range(1, 32)]
    lines += [f"{CODE},2023-06-{day:02d},40" for day in range(1, 31)]
    path.write_text("\n".join(["credit_code,date,kwh", *lines]), encoding="utf-8")
    return path


def _state():
    return list(Return.objects.order_by("pk").values()), list(Version.objects.order_by("pk").values())


def test_nowcasting_writes_nothing_and_readings_touch_no_return(metered_city):
    before = _state()
    with CaptureQueriesContext(
        connection,
    ) as taking:
        import_readings(SYSTEM, metered_city)
    writes = [q["sql"] for q in taking if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert writes
    assert all('"outlook_' in sql or '"audit_' in sql for sql in writes)
    with CaptureQueriesContext(connection) as asking:
        for level in ("city", "county", "industry"):
            nowcast(SYSTEM, LAST, level=level)
        nowcast(SYSTEM, LAST, asof=dt.date(2023, 6, 5))
        path_of(SYSTEM, LAST)
        assert rates(SYSTEM, LAST).whole.resumed == 1
    assert asking.captured_queries
    # DECLARE opens a cursor of a SELECT on PostgreSQL
    assert {q["sql"].split()[0] for q in asking} <= {"SELECT", "DECLARE"}
    assert _state() == before


def test_what_came_later_is_not_in_an_earlier_estimate(metered_city):
    early = nowcast(SYSTEM, LAST, asof=dt.date(2023, 6, 5))
    late = nowcast(SYSTEM, LAST, asof=dt.date(2023, 6, 7))
    assert (early.whole.filed, late.whole.filed) == (0, 1)


def test_a_county_sees_its_own_firms_and_the_sums_agree(metered_city):
    whole = nowcast(SYSTEM, LAST, level="industry")
    assert sum(each.estimate for each in whole.groups) == pytest.approx(whole.whole.estimate)
    assert sum(each.firms for each in whole.groups) == whole.whole.firms == 12
    own = nowcast(COUNTY, LAST, level="industry")
    assert own.whole.firms == 6
    other = nowcast(Actor(4, "county", (Grant(Role.COUNTY, ScopeKind.REGION, "999902"),)), LAST)
    assert own.whole.estimate + other.whole.estimate == pytest.approx(whole.whole.estimate)
    assert [each.weight for each in own.inputs] == [each.weight for each in whole.inputs]


def test_a_firm_is_refused_and_a_leader_is_not_shown_small_groups(metered_city, monkeypatch):
    with pytest.raises(NotAllowed):
        nowcast(FIRM, LAST)
    alone = [each | {"industry": "3210"} if each["id"] == 12 else each for each in FIRMS]
    keys = [period.key for period in periods_between(FIRST, LAST)]
    monkeypatch.setattr(memory.STORE, "rosters", dict.fromkeys(keys, alone))
    publish(keys)
    shown = {each.code: each.hidden for each in nowcast(LEADER, LAST, level="industry").groups}
    assert shown["32"]
    assert sum(bool(reason) for reason in shown.values()) > 1  # or the one could be told from the rest
    assert not any(each.hidden for each in nowcast(SYSTEM, LAST, level="industry").groups)
