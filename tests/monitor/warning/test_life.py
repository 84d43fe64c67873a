"""The life of a warning and its colours, whatever order things come in."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.period.rules import count_workdays
from gongmai.core.period.types import Period
from gongmai.monitor.warning.queries.triggers import life_on
from gongmai.monitor.warning.rules import life
from gongmai.monitor.warning.rules.colouring import colour_of, settle
from gongmai.monitor.warning.rules.discovery import adjust, two_sided
from gongmai.monitor.warning.types import (
    ENDED,
    TRANSITIONS,
    VERDICTS,
    Colour,
    Move,
    State,
    Step,
    WarningRefused,
)

STATES, MOVES = st.sampled_from(State), st.sampled_from(Move)
COLOURS = st.lists(st.sampled_from(Colour), min_size=1, max_size=12)
TODAY = date(2023, 7, 6)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@given(STATES, MOVES)
def test_a_move_leads_where_the_table_says_and_is_refused_elsewhere(state: State, move: Move) -> None:
    if (state, move) in TRANSITIONS:
        assert life.next_state(state, move) is TRANSITIONS[state, move]
    else:
        with pytest.raises(WarningRefused) as refused:
            life.next_state(state, move)
        assert refused.value.code == "move_not_open"


@given(st.lists(MOVES, max_size=30))
def test_nothing_is_closed_as_handled_without_a_verdict_and_a_report(moves: list[Move]) -> None:
    state, path = State.FOUND, []
    for move in moves:
        if (state, move) in TRANSITIONS:
            state = life.next_state(state, move)
            path = [] if move is Move.REOPEN else [*path, move]
        if state is State.CLOSED and Move.LAPSE not in path:
            judged = [one for one in path if one in VERDICTS]
            assert judged or Move.ESCALATE in path
            assert Move.REPORT in path or Move.SEND_BACK in path
        assert (state is State.FALSE) == (bool(path) and path[-1] is Move.CALL_FALSE)


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    reached = {State.FOUND} | set(TRANSITIONS.values())
    assert reached == set(State)
    ending = set(ENDED)
    for _round in State:
        ending |= {before for (before, _move), after in TRANSITIONS.items() if after in ending}
    assert ending == set(State)


@given(STATES)
def test_the_system_moves_are_never_offered_to_people(state: State) -> None:
    assert not {Move.REOPEN, Move.LAPSE} & set(life.open_moves(state))
    assert all((state, move) in TRANSITIONS for move in life.open_moves(state))


@given(st.sampled_from(sorted(TRANSITIONS)), st.dates(date(2022, 1, 1), date(2024, 12, 1)))
def test_a_deadline_is_a_working_day_ahead_and_ended_warnings_have_none(
    step: tuple[State, Move], today: date
) -> None:
    days, after = life_on(TODAY).deadlines, TRANSITIONS[step]
    due = life.deadline(step[1], after, None, today, days, is_weekday)
    if after in ENDED:
        assert due is None
    else:
        assert due is not None
        assert is_weekday(due)
        assert count_workdays(today, due, is_weekday) == days[after]


def test_what_is_handled_is_still_due_when_it_was_found_true() -> None:
    days, before = life_on(TODAY).deadlines, TODAY + timedelta(days=3)
    assert life.deadline(Move.HANDLE, State.HANDLED, before, TODAY, days, is_weekday) == before


def test_the_one_who_reported_does_not_close() -> None:
    with pytest.raises(WarningRefused):
        life.check_eyes(Move.CLOSE, 7, 7)
    life.check_eyes(Move.CLOSE, 7, 8)


@given(st.sampled_from(State), st.integers(-3, 6), st.sampled_from(Colour), st.sampled_from(list(Colour)[1:]))
def test_a_warning_opens_again_within_two_months_and_never_for_the_period_it_was_closed_in(
    state: State, gap: int, judged: Colour, colour: Colour
) -> None:
    closed = Period(2023, 5)
    now = Period.from_index(closed.index + gap)
    opens = life.opens_again(state, closed, now, judged, colour, 2)
    muted = life.is_muted(state, closed, now, judged, colour, 2)
    assert not (opens and muted)
    if state is State.CLOSED:
        assert opens == (1 <= gap <= 2)
    elif state is State.FALSE:
        assert opens == (1 <= gap <= 2 and colour > judged)
    else:
        assert not opens
    if gap > 2 and state in ENDED:
        assert not opens
        assert not muted


@given(COLOURS)
def test_a_colour_rises_at_once_and_falls_after_one_better_month(raw: list[Colour]) -> None:
    shown = [settle(raw[: end + 1]) for end in range(len(raw))]
    for place, colour in enumerate(raw):
        assert shown[place] >= colour
        if place and colour < raw[place - 1]:
            assert shown[place] == raw[place - 1]
        if place and raw[place - 1] <= colour:
            assert shown[place] == colour


@given(st.lists(st.one_of(st.none(), st.floats(-1, 1)), min_size=1, max_size=8), st.integers(1, 4))
def test_a_colour_needs_every_one_of_its_months(values: list[float | None], months: int) -> None:
    found = colour_of([Step(Colour.RED, below=-0.2, months=months)], values)
    run = 0
    for value in reversed(values):
        if value is None or value >= -0.2:
            break
        run += 1
    assert (found is Colour.RED) == (run >= months)


def test_the_gravest_colour_that_holds_is_given() -> None:
    steps = [Step(Colour.BLUE, below=-0.1, months=2), Step(Colour.RED, below=-0.3, months=3)]
    assert colour_of(steps, [-0.4, -0.4, -0.4]) is Colour.RED
    assert colour_of(steps, [0.1, -0.4, -0.4]) is Colour.BLUE
    assert colour_of(steps, [-0.4, None, -0.4]) is Colour.NONE


def test_tails_of_students_t_are_those_of_the_tables() -> None:
    found = two_sided(np.array([1.812, -2.228, 3.169, 4.587]), 10)
    assert np.allclose(found, [0.10, 0.05, 0.01, 0.001], atol=2e-4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_adjusted_rate_finds_what_the_step_up_procedure_finds(p: list[float], rate: float) -> None:
    values = np.array(p)
    ordered = np.sort(values)
    limits = rate * np.arange(1, len(p) + 1) / len(p)
    passed = np.flatnonzero(ordered <= limits)
    cut = ordered[passed[-1]] if passed.size else -1.0
    found = adjust(values)
    clear = np.abs(found - rate) > 1e-12
    assert (found[clear] <= rate).tolist() == (values[clear] <= cut).tolist()
    assert (found >= values - 1e-12).all()
