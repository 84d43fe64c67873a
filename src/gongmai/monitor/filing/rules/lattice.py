"""Who may move a return beyond what the review says: rights by level, closed periods, hidden content."""

from collections.abc import Iterable, Mapping

from gongmai.core.period.types import Period
from gongmai.core.review.types import Level, Move, State
from gongmai.monitor.filing.types import Lock

_COUNTY, _CITY = "return.review_county", "return.review_city"
# what a move needs; sending back needs the right of the level at which the return is
RIGHTS = {
    Move.SUBMIT: "return.file",
    Move.PASS_COUNTY: _COUNTY,
    Move.TAKE_BACK: _COUNTY,
    Move.PASS_CITY: _CITY,
    Move.ACCEPT: _CITY,
    Move.RELEASE: _CITY,
    Move.REOPEN: _CITY,
    Move.WIDEN: "return.widen",
}
LEVELS = {
    Move.SUBMIT: Level.OWNER,
    Move.PASS_COUNTY: Level.COUNTY,
    Move.TAKE_BACK: Level.COUNTY,
    Move.PASS_CITY: Level.CITY,
    Move.ACCEPT: Level.CITY,
    Move.RELEASE: Level.CITY,
    Move.REOPEN: Level.CITY,
    Move.WIDEN: Level.COUNTY,
}


def right_for(move: Move, state: State) -> str:
    """The action that a person must have for a move from a state."""
    if move is Move.SEND_BACK:
        return _COUNTY if state is State.COUNTY else _CITY
    return RIGHTS[move]


def level_for(move: Move, state: State) -> Level:
    """The level to which a move belongs."""
    if move is Move.SEND_BACK:
        return Level.COUNTY if state is State.COUNTY else Level.CITY
    return LEVELS[move]


def period_lock(move: Move, period: Period, now: Period, months: int) -> Lock | None:
    """Why an approved return of a period long past is not reopened: its year is closed.

    >>> period_lock(Move.REOPEN, Period(2021, 3), Period(2023, 5), 24).code
    'period_closed'
    """
    if move is Move.REOPEN and now.index - period.index > months:
        return Lock("period_closed", {"months": months})
    return None


def is_hidden(roles: Iterable[str], state: State, hidden_from: Mapping[str, Iterable[str]]) -> bool:
    """Whether the content in a state is kept from somebody: from every one of their roles."""
    roles = list(roles)
    return bool(roles) and all(state.value in hidden_from.get(role, ()) for role in roles)
