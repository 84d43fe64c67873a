"""States of a case under review, and the table of what may follow what."""

from enum import StrEnum


class State(StrEnum):
    """Where a case is. A draft is with its owner; the others with the level they name."""

    DRAFT = "draft"
    COUNTY = "county"
    CITY = "city"
    RETURNED = "returned"
    APPROVED = "approved"


class Move(StrEnum):
    """What moves a case."""

    SUBMIT = "submit"
    PASS_COUNTY = "pass_county"  # noqa: S105 - a move, not a password
    PASS_CITY = "pass_city"  # noqa: S105 - a move, not a password
    SEND_BACK = "send_back"
    REOPEN = "reopen"
    TAKE_BACK = "take_back"  # the county takes its own pass back
    ACCEPT = "accept"  # the city begins: from here on the county cannot take it back
    RELEASE = "release"
    WIDEN = "widen"  # more of what was sent back is opened, or more time given


class Level(StrEnum):
    """Who looks at a case, from below to above."""

    OWNER = "owner"
    COUNTY = "county"
    CITY = "city"


class Standing(StrEnum):
    """What a case is to one level: derived from its state, never stored."""

    NOT_HERE = "not_here"  # a level below has not delivered it
    READY = "ready"  # it waits for this level
    TAKEN = "taken"  # this level has begun with it
    DONE_HERE = "done_here"  # passed here, waits above
    DONE_ABOVE = "done_above"  # passed here and at every level above
    BACK_BELOW = "back_below"  # it went back to a level below


# state, move -> next state; whatever is not here is refused
TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.COUNTY,
    (State.RETURNED, Move.SUBMIT): State.COUNTY,
    (State.COUNTY, Move.PASS_COUNTY): State.CITY,
    (State.COUNTY, Move.SEND_BACK): State.RETURNED,
    (State.CITY, Move.PASS_CITY): State.APPROVED,
    (State.CITY, Move.SEND_BACK): State.RETURNED,
    (State.APPROVED, Move.REOPEN): State.RETURNED,
    (State.CITY, Move.TAKE_BACK): State.COUNTY,
    (State.CITY, Move.ACCEPT): State.CITY,
    (State.CITY, Move.RELEASE): State.CITY,
    (State.RETURNED, Move.WIDEN): State.RETURNED,
}


class Refused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The move is refused. `code` and `params` say why.

    Codes: move_not_open, four_eyes, stale, reason_missing, taken, not_taken.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
