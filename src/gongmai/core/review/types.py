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


# state, move -> next state; whatever is not here is refused
TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.COUNTY,
    (State.RETURNED, Move.SUBMIT): State.COUNTY,
    (State.COUNTY, Move.PASS_COUNTY): State.CITY,
    (State.COUNTY, Move.SEND_BACK): State.RETURNED,
    (State.CITY, Move.PASS_CITY): State.APPROVED,
    (State.CITY, Move.SEND_BACK): State.RETURNED,
    (State.APPROVED, Move.REOPEN): State.RETURNED,
}


class Refused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The move is refused. `code` and `params` say why: move_not_open, four_eyes, stale, reason_missing."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
