"""When the steps of a plan fall: pure rules over any calendar."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.period.queries import is_workday
from gongmai.monitor.chase.rules.schedule import check_steps, due_now, moments, shift_workdays
from gongmai.monitor.chase.types import ChaseError, Step, To

CHINA = ZoneInfo("Asia/Shanghai")
PLAN = (
    Step(-3, dt.time(9), (To.FIRM,)),
    Step(0, dt.time(8, 30), (To.FIRM,)),
    Step(1, dt.time(9), (To.FIRM, To.COUNTY)),
    Step(2, dt.time(9), (To.HEAD,)),
    Step(3, dt.time(9), (To.CITY,)),
)
days = st.dates(dt.date(2020, 1, 1), dt.date(2023, 12, 1))
hours = st.builds(
    lambda day, time: dt.datetime.combine(day, time, CHINA),
    st.dates(dt.date(2020, 1, 1), dt.date(2023, 12, 31)),
    st.times(),
)
offsets = st.integers(-20, 20)
steps = st.lists(
    st.builds(
        Step,
        offsets,
        st.times().map(lambda time: time.replace(second=0, microsecond=0)),
        st.lists(st.sampled_from(To), min_size=1, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


@given(days, offsets)
def test_a_step_falls_on_a_working_day(day: dt.date, offset: int) -> None:
    assert is_workday(shift_workdays(day, offset, is_workday))


@given(days, offsets)
def test_a_later_offset_falls_on_a_later_day(day: dt.date, offset: int) -> None:
    if is_workday(day):
        assert shift_workdays(day, offset, is_workday) < shift_workdays(day, offset + 1, is_workday)


@given(days, st.integers(1, 20))
def test_there_and_back_is_where_one_was(day: dt.date, offset: int) -> None:
    start = shift_workdays(day, 0, is_workday)
    assert shift_workdays(shift_workdays(start, -offset, is_workday), offset, is_workday) == start


@given(days, st.integers(1, 20))
def test_exactly_so_many_working_days_lie_between(day: dt.date, offset: int) -> None:
    start = shift_workdays(day, 0, is_workday)
    end = shift_workdays(start, offset, is_workday)
    between = [start + dt.timedelta(n) for n in range(1, (end - start).days + 1)]
    assert sum(is_workday(each) for each in between) == offset


@given(days, steps, hours)
def test_what_is_due_has_passed_and_each_recipient_has_one(day: dt.date, plan, now: dt.datetime) -> None:
    found = due_now(plan, day, now, is_workday)
    assert all(moment.at <= now for moment, _to in found)
    assert len({to for _moment, to in found}) == len(found)
    for moment, to in found:
        later = [
            each
            for each in moments(plan, day, is_workday, CHINA)
            if to in each.step.to and moment.at < each.at <= now
        ]
        assert later == []


@given(days, steps)
def test_a_run_at_its_moment_takes_every_step(day: dt.date, plan) -> None:
    for moment in moments(plan, day, is_workday, CHINA):
        taken = {(one.at, to) for one, to in due_now(plan, day, moment.at, is_workday)}
        assert {(moment.at, to) for to in moment.step.to} <= taken


def test_the_plan_of_july_2023_skips_the_weekend() -> None:
    due = dt.date(2023, 7, 10)  # a Monday
    found = [f"{moment.at:%m-%d %H:%M}" for moment in moments(PLAN, due, is_workday, CHINA)]
    assert found == ["07-05 09:00", "07-10 08:30", "07-11 09:00", "07-12 09:00", "07-13 09:00"]


def test_a_make_up_sunday_is_a_working_day() -> None:
    # 2023-05-06 was a Saturday that was worked for the May holiday
    assert shift_workdays(dt.date(2023, 5, 8), -1, is_workday) == dt.date(2023, 5, 6)


def test_a_missed_step_is_taken_within_one_working_day_and_then_dropped() -> None:
    due = dt.date(2023, 7, 10)
    friday = dt.datetime(2023, 7, 6, 8, 59, tzinfo=CHINA)
    assert [to for _moment, to in due_now(PLAN, due, friday, is_workday)] == [To.FIRM]
    assert due_now(PLAN, due, dt.datetime(2023, 7, 6, 9, 1, tzinfo=CHINA), is_workday) == []


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        due_now(PLAN, dt.date(2023, 7, 10), dt.datetime.fromisoformat("2023-07-06"), is_workday)


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ((), "no_steps"),
        ((Step(31, dt.time(9), (To.FIRM,)),), "step_far"),
        ((Step(1, dt.time(9), ()),), "step_empty"),
        ((Step(1, dt.time(9), (To.FIRM,)), Step(1, dt.time(10), (To.FIRM, To.CITY))), "step_twice"),
        (tuple(Step(n, dt.time(9), (To.FIRM,)) for n in range(21)), "too_many_steps"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(plan, code: str) -> None:
    with pytest.raises(ChaseError) as refused:
        check_steps(plan)
    assert refused.value.code == code
