"""The life of a warning: which move may follow, what it needs, by when, and when a closed one opens again.

Source: the cycle of finding, assigning, verifying, handling, reporting back and closing that bureaus follow;
its deadlines and limits are the product's own (data/life.yaml).
"""

from collections.abc import Mapping
from datetime import date

from gongmai.core.period.rules import IsWorkday, add_workdays
from gongmai.core.period.types import Period
from gongmai.monitor.warning.types import ENDED, TRANSITIONS, Colour, Move, State, WarningRefused

DECIDE, HANDLE, RUN = "warning.decide", "warning.handle", "warning.run"
RIGHTS: Mapping[Move, str] = {
    Move.ASSIGN: DECIDE,
    Move.SEND_BACK: DECIDE,
    Move.CLOSE: DECIDE,
    Move.ESCALATE: DECIDE,
    Move.CONFIRM: HANDLE,
    Move.CALL_ERROR: HANDLE,
    Move.CALL_FALSE: HANDLE,
    Move.HANDLE: HANDLE,
    Move.REPORT: HANDLE,
    Move.REOPEN: RUN,
    Move.LAPSE: RUN,
}
TEXT_NEEDED = frozenset(
    {Move.CALL_ERROR, Move.CALL_FALSE, Move.SEND_BACK, Move.HANDLE, Move.REPORT, Move.ESCALATE}
)
MIN_TEXT = 4
# what is reported back is due as it was when the warning was found to be true
KEEPS_DEADLINE = frozenset({Move.HANDLE})


def next_state(state: State, move: Move) -> State:
    """The state after a move; WarningRefused `move_not_open` where the table has none.

    >>> next_state(State.ASSIGNED, Move.CONFIRM).value
    'true'
    """
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise WarningRefused("move_not_open", state=state.value, move=move.value) from None


def open_moves(state: State) -> list[Move]:
    """The moves that a person may make from a state, in the order of the life."""
    return [move for move in Move if (state, move) in TRANSITIONS and RIGHTS[move] != RUN]


def check_text(move: Move, text: str) -> None:
    """Raise WarningRefused `text_missing` where a move says nothing of what was found or done."""
    if move in TEXT_NEEDED and len(text.strip()) < MIN_TEXT:
        raise WarningRefused("text_missing", minimum=MIN_TEXT)


def check_cell(move: Move, *, has_cell: bool) -> None:
    """Raise WarningRefused `no_cell` where no single figure of a firm can be wrong."""
    if move in {Move.CALL_ERROR, Move.SEND_BACK} and not has_cell:
        raise WarningRefused("no_cell")


def check_eyes(move: Move, answered_by: int | None, person: int | None) -> None:
    """Raise WarningRefused `four_eyes` where somebody would close what they reported themselves."""
    if move is Move.CLOSE and person is not None and person == answered_by:
        raise WarningRefused("four_eyes")


def deadline(
    move: Move,
    state: State,
    before: date | None,
    today: date,
    days: Mapping[State, int],
    is_workday: IsWorkday,
) -> date | None:
    """The day by which the next move is due after `move` led to `state`; None once it has ended."""
    if state in ENDED:
        return None
    if move in KEEPS_DEADLINE and before is not None and before >= today:
        return before
    return add_workdays(today, days[state], is_workday)


def in_time(due_on: date | None, today: date) -> bool | None:
    """Whether a move made today keeps its deadline; None where there was none."""
    return None if due_on is None else today <= due_on


def opens_again(
    state: State, closed_in: Period, now: Period, judged: Colour, colour: Colour, within: int
) -> bool:
    """Whether an ended warning that fires now opens again rather than a new one being found.

    It must fire in a later period than the one in which it was closed, at most `within` months later. What
    was judged a false alarm opens again only when it is graver than what was judged.
    """
    gap = now.index - closed_in.index
    if state not in ENDED or not 0 < gap <= within:
        return False
    return state is State.CLOSED or colour > judged


def is_muted(
    state: State, closed_in: Period, now: Period, judged: Colour, colour: Colour, within: int
) -> bool:
    """Whether an ended warning keeps quiet what fires now: it was judged already, and not long ago."""
    gap = now.index - closed_in.index
    if state not in ENDED or gap > within:
        return False
    return gap <= 0 or (state is State.FALSE and colour <= judged)
