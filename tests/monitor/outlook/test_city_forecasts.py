"""The whole city: one run, kept for good; who sees what of it; the command."""

import csv
import datetime as dt

import numpy as np
import pytest
from click.testing import CliRunner

from gongmai.cli.city_forecast import forecast as command
from gongmai.core.access.types import Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.period import clock
from gongmai.core.registry.models import Enterprise
from gongmai.monitor.outlook.actions.foreseeing import foresee, is_due
from gongmai.monitor.outlook.queries import forecast_vintages as kept
from gongmai.monitor.outlook.queries.forecast_reading import levels_for, read_outlook, visible_keys
from gongmai.monitor.outlook.tasks import forecast_at_night
from gongmai.monitor.outlook.types import Level
from tests.monitor.outlook.conftest import COUNTIES, LAST

COUNTY = Actor(1, "county", (Grant(Role.COUNTY, ScopeKind.REGION, COUNTIES[0]),))
LEADER = Actor(2, "leader", (Grant(Role.LEADER, ScopeKind.CITY),))


@pytest.mark.usefixtures("monthly_city")
def test_a_run_adds_up_knows_its_record_and_is_kept_unchanged(tmp_path):
    assert is_due("output")
    file = foresee("output")
    assert not is_due("output")
    assert file.last == LAST
    before = file.path.read_bytes()
    parts = {level: kept.read_level(file, level) for level in Level}
    city = parts[Level.CITY][0].point[0]
    for level in (Level.COUNTY, Level.INDUSTRY, Level.COUNTY_INDUSTRY, Level.ENTERPRISE):
        assert parts[level][0].point.sum(axis=0) == pytest.approx(city), level
    # firms grow steadily: the forecast must beat last year's figure, and January-February stands out
    record = file.records[Level.CITY]
    assert record.beats_naive
    assert 1.3 * city[6] < city[7] < 2.2 * city[6]
    made = parts[Level.CITY][0]
    for band in kept.BANDS:
        assert (made.lower[band] <= made.point).all()
        assert (made.point <= made.upper[band]).all()
    assert (made.lower[95] <= made.lower[50]).all()
    again = foresee("output")
    assert again.path != file.path or again.path.read_bytes() == before
    assert file.path.read_bytes() == before


@pytest.mark.usefixtures("monthly_city")
def test_each_sees_only_what_is_within_reach():
    for number in (1, 2):
        Enterprise.objects.create(
            pk=number, credit_code=f"9137{number:014d}", name=f"F{number}", region=COUNTIES[number % 2]
        )
    file = foresee("output")
    assert Level.CITY not in levels_for(COUNTY)
    assert visible_keys(COUNTY, file, Level.COUNTY) == [COUNTIES[0]]
    assert visible_keys(COUNTY, file, Level.ENTERPRISE) == ["2"]
    with pytest.raises(NotAllowed):
        read_outlook(COUNTY, "output", Level.ENTERPRISE, "1")
    with pytest.raises(NotAllowed):
        read_outlook(COUNTY, "output", Level.CITY, "")
    with pytest.raises(kept.NoForecast):
        read_outlook(COUNTY, "output", Level.COUNTY, COUNTIES[1])
    assert Level.ENTERPRISE not in levels_for(LEADER)
    assert visible_keys(LEADER, file, Level.CITY) == [""]
    assert visible_keys(LEADER, file, Level.COUNTY_INDUSTRY) == []
    shown = read_outlook(COUNTY, "output", Level.ENTERPRISE, "2")
    assert np.isfinite(shown.history[-11:]).all()
    assert shown.record is not None


@pytest.mark.usefixtures("monthly_city")
def test_at_night_the_worker_makes_what_is_due_one_item_at_a_time_and_nothing_by_day():
    zone = dt.timezone(dt.timedelta(hours=8))
    clock.simulate(dt.datetime(2023, 6, 20, 10, 0, tzinfo=zone))
    assert forecast_at_night() == ""
    clock.simulate(dt.datetime(2023, 6, 20, 21, 0, tzinfo=zone))
    made = [forecast_at_night() for _turn in range(4)]
    assert made == ["output", "sales", "profit", ""]  # nobody files the others
    assert len(kept.list_forecasts("output")) == 1


@pytest.mark.usefixtures("monthly_city")
def test_the_command_writes_every_series_with_intervals(tmp_path):
    target = tmp_path / "forecast.csv"
    answer = CliRunner().invoke(
        command, ["--level", "county", "--horizon", "3", "--workers", "1", "--out", str(target)]
    )
    assert answer.exit_code == 0, answer.output
    rows = list(csv.DictReader(target.open(encoding="utf-8")))
    assert [(row["key"], row["period"]) for row in rows[:3]] == [
        (COUNTIES[0], f"2023-{month:02d}") for month in (6, 7, 8)
    ]
    assert len(rows) == 6
    assert all(
        float(row["lo_95"]) <= float(row["lo_50"]) <= float(row["forecast"]) <= float(row["hi_80"])
        for row in rows
    )
    assert "Back-test" in answer.stderr
