"""Who may move a case, and where it goes. Four eyes: nobody passes what is their own work.

Source: three-level review enterprise -> county -> city; separation of duties for review of statistics.
"""

from dataclasses import dataclass

from gongmai.core.review.types import TRANSITIONS, Level, Move, Refused, Standing, State

REASON_NEEDED = frozenset({Move.SEND_BACK, Move.REOPEN, Move.TAKE_BACK, Move.WIDEN})
MIN_REASON = 4
# what a state is to each level: owner, county, city
_STANDINGS: dict[State, tuple[Standing, Standing, Standing]] = {
    State.DRAFT: (Standing.READY, Standing.NOT_HERE, Standing.NOT_HERE),
    State.RETURNED: (Standing.READY, Standing.BACK_BELOW, Standing.BACK_BELOW),
    State.COUNTY: (Standing.DONE_HERE, Standing.READY, Standing.NOT_HERE),
    State.CITY: (Standing.DONE_HERE, Standing.DONE_HERE, Standing.READY),
    State.APPROVED: (Standing.DONE_ABOVE, Standing.DONE_ABOVE, Standing.DONE_HERE),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know of a case: its state, counter, content and who acted on it."""

    state: State
    revision: int
    digest: str
    submitted_by: int | None
    county_by: int | None
    taken_by: int | None = None


def next_state(facts: Facts, move: Move) -> State:
    """The state after `move`; Refused `move_not_open` when the table has no such step."""
    try:
        return TRANSITIONS[facts.state, move]
    except KeyError:
        raise Refused("move_not_open", state=facts.state.value, move=move.value) from None


def check_eyes(facts: Facts, move: Move, person: int | None) -> None:
    """Raise Refused `four_eyes` when the person would pass their own work.

    The county must be another person than the one who filed; the city another than both.
    """
    if move not in {Move.PASS_COUNTY, Move.PASS_CITY} or person is None:
        return
    if person == facts.submitted_by:
        raise Refused("four_eyes", before="submit")
    if move is Move.PASS_CITY and person == facts.county_by:
        raise Refused("four_eyes", before="pass_county")


def check_taken(facts: Facts, move: Move) -> None:
    """Raise Refused `taken` where the city has begun with it, `not_taken` for nothing to release."""
    if move in {Move.TAKE_BACK, Move.ACCEPT} and facts.taken_by is not None:
        raise Refused("taken")
    if move is Move.RELEASE and facts.taken_by is None:
        raise Refused("not_taken")


def standing(facts: Facts, level: Level) -> Standing:
    """What a case is to a level.

    >>> standing(Facts(State.CITY, 2, "", 1, 2, taken_by=3), Level.CITY).value
    'taken'
    """
    found = _STANDINGS[facts.state][tuple(Level).index(level)]
    if found is Standing.READY and level is Level.CITY and facts.taken_by is not None:
        return Standing.TAKEN
    return found


def check_current(facts: Facts, revision: int | None, digest: str | None) -> None:
    """Raise Refused `stale` when the case moved on, or its content changed, since it was read."""
    if revision is not None and revision != facts.revision:
        raise Refused("stale", expected=revision, found=facts.revision)
    if digest is not None and digest != facts.digest:
        raise Refused("stale", expected=digest, found=facts.digest)


def check_reason(move: Move, reason: str) -> None:
    """Raise Refused `reason_missing` when a case goes back without saying why."""
    if move in REASON_NEEDED and len(reason.strip()) < MIN_REASON:
        raise Refused("reason_missing", minimum=MIN_REASON)


def why_not(facts: Facts, move: Move, person: int | None) -> Refused | None:
    """The refusal that `move` would meet now, or None when it is open to the person."""
    try:
        next_state(facts, move)
        check_taken(facts, move)
        check_eyes(facts, move, person)
    except Refused as refusal:
        return refusal
    return None
