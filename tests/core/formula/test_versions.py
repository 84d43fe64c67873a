"""Versions of rules: laid over the file by their dates; who may take which step."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.formula.rules.versions import (
    Approved,
    check_person,
    check_reason,
    check_start,
    first_open_day,
    lay_over,
    lay_values_over,
    next_state,
)
from gongmai.core.formula.types import VersionRefused, VersionState, VersionStep

FILE = [
    {"code": "a", "formula": "old", "valid_from": date(2020, 1, 1)},
    {"code": "b", "formula": "other", "valid_from": date(2020, 1, 1)},
]
DAYS = st.dates(date(2020, 2, 1), date(2030, 1, 1))


def in_force(entries: list[dict[str, object]], code: str, day: date) -> list[object]:
    return [
        each["formula"]
        for each in entries
        if each["code"] == code
        and each["valid_from"] <= day  # type: ignore[operator]
        and (each.get("valid_to") is None or day <= each["valid_to"])  # type: ignore[operator]
    ]


def test_the_new_version_begins_and_the_old_one_ends_the_day_before() -> None:
    found = lay_over(FILE, [Approved("a", date(2023, 6, 1), {"formula": "new"})])
    assert in_force(found, "a", date(2023, 5, 31)) == ["old"]
    assert in_force(found, "a", date(2023, 6, 1)) == ["new"]
    assert in_force(found, "b", date(2023, 6, 1)) == ["other"]
    assert [each["code"] for each in found] == ["a", "a", "b"]


@given(st.lists(DAYS, min_size=1, max_size=8), DAYS)
def test_on_every_day_exactly_one_version_is_in_force(starts: list[date], day: date) -> None:
    versions = [Approved("a", start, {"formula": f"v{number}"}) for number, start in enumerate(starts)]
    assert len(in_force(lay_over(FILE, versions), "a", day)) == 1


@given(st.lists(DAYS, min_size=1, max_size=8), DAYS)
def test_what_held_before_the_first_version_still_does(starts: list[date], day: date) -> None:
    versions = [Approved("a", start, {"formula": "x"}) for start in starts]
    earlier = min(starts) - timedelta(days=1)
    assert in_force(lay_over(FILE, versions), "a", earlier) == ["old"]


def test_of_two_versions_from_one_day_the_later_approval_stands() -> None:
    day = date(2023, 6, 1)
    found = lay_over(FILE, [Approved("a", day, {"formula": "one"}), Approved("a", day, {"formula": "two"})])
    assert in_force(found, "a", day) == ["two"]


def test_an_empty_version_ends_the_rule_and_another_one_revives_it() -> None:
    ends = Approved("a", date(2023, 6, 1), {})
    found = lay_over(FILE, [ends, Approved("a", date(2023, 9, 1), {"formula": "again"})])
    assert in_force(found, "a", date(2023, 7, 1)) == []
    assert in_force(found, "a", date(2023, 9, 1)) == ["again"]


def test_a_new_code_comes_last() -> None:
    found = lay_over(FILE, [Approved("z", date(2023, 6, 1), {"formula": "fresh"})])
    assert found[-1] == {"code": "z", "formula": "fresh", "valid_from": date(2023, 6, 1)}


def test_values_of_parameters_are_dated_the_same_way() -> None:
    params = [
        {"code": "p", "values": [{"value": 1, "valid_from": date(2020, 1, 1)}]},
        {"code": "q", "values": []},
    ]
    found = lay_values_over(params, [Approved("p", date(2023, 6, 1), {"value": 2})])
    assert found[0]["values"] == [
        {"value": 1, "valid_from": date(2020, 1, 1), "valid_to": date(2023, 5, 31)},
        {"value": 2, "valid_from": date(2023, 6, 1)},
    ]
    assert found[1] == params[1]


def test_only_the_table_of_steps_is_open() -> None:
    assert next_state(VersionState.DRAFT, VersionStep.PROPOSE) is VersionState.PROPOSED
    for state, step in (
        (VersionState.DRAFT, VersionStep.APPROVE),
        (VersionState.APPROVED, VersionStep.SAVE),
        (VersionState.APPROVED, VersionStep.WITHDRAW),
        (VersionState.PROPOSED, VersionStep.SAVE),
    ):
        with pytest.raises(VersionRefused, match="step_not_open"):
            next_state(state, step)


@pytest.mark.parametrize("step", [VersionStep.APPROVE, VersionStep.REJECT])
def test_nobody_decides_what_they_wrote(step: VersionStep) -> None:
    check_person(step, 1, 2)
    for person in (1, None):
        with pytest.raises(VersionRefused, match="four_eyes"):
            check_person(step, 1, person)


@pytest.mark.parametrize("step", [VersionStep.SAVE, VersionStep.PROPOSE, VersionStep.WITHDRAW])
def test_nobody_changes_what_another_wrote(step: VersionStep) -> None:
    check_person(step, 1, 1)
    with pytest.raises(VersionRefused, match="not_author"):
        check_person(step, 1, 2)


def test_a_proposal_and_a_rejection_say_why() -> None:
    check_reason(VersionStep.APPROVE, "")
    for step in (VersionStep.PROPOSE, VersionStep.REJECT):
        with pytest.raises(VersionRefused, match="reason_missing"):
            check_reason(step, " ab ")


def test_a_version_begins_with_the_month_being_filed_at_the_earliest() -> None:
    today = date(2023, 7, 6)
    assert first_open_day(today) == date(2023, 6, 1)
    assert check_start(date(2023, 6, 1), today) == date(2023, 6, 1)
    with pytest.raises(VersionRefused, match="too_early"):
        check_start(date(2023, 5, 31), today)
    with pytest.raises(VersionRefused, match="no_date"):
        check_start(None, today)
