"""Words for refusals and states."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from gongmai.core.review.types import Level, Move, Refused, Standing, State

STATE_LABELS = {
    State.DRAFT: gettext_lazy("Draft"),
    State.COUNTY: gettext_lazy("With the county"),
    State.CITY: gettext_lazy("With the city"),
    State.RETURNED: gettext_lazy("Sent back"),
    State.APPROVED: gettext_lazy("Approved"),
}
MOVE_LABELS = {
    Move.SUBMIT: gettext_lazy("Submitted"),
    Move.PASS_COUNTY: gettext_lazy("Passed by the county"),
    Move.PASS_CITY: gettext_lazy("Passed by the city"),
    Move.SEND_BACK: gettext_lazy("Sent back to the firm"),
    Move.REOPEN: gettext_lazy("Reopened"),
    Move.TAKE_BACK: gettext_lazy("Taken back by the county"),
    Move.ACCEPT: gettext_lazy("Taken up by the city"),
    Move.RELEASE: gettext_lazy("Released by the city"),
    Move.WIDEN: gettext_lazy("More opened"),
}
LEVEL_LABELS = {
    Level.OWNER: gettext_lazy("the enterprise"),
    Level.COUNTY: gettext_lazy("the county"),
    Level.CITY: gettext_lazy("the city"),
}
STANDING_LABELS = {
    Standing.NOT_HERE: gettext_lazy("Not here yet"),
    Standing.READY: gettext_lazy("Waits here"),
    Standing.TAKEN: gettext_lazy("Under review here"),
    Standing.DONE_HERE: gettext_lazy("Passed here"),
    Standing.DONE_ABOVE: gettext_lazy("Passed above"),
    Standing.BACK_BELOW: gettext_lazy("Back with the firm"),
}


REFUSALS = {
    "move_not_open": gettext_lazy("This step is not open: the state is “%(state)s”."),
    "four_eyes": gettext_lazy("Four eyes: whoever took an earlier step cannot pass this one."),
    "stale": gettext_lazy("Somebody else changed this in the meantime. Load the page anew and look again."),
    "reason_missing": gettext_lazy("Say why, in at least %(minimum)s characters."),
    "taken": gettext_lazy("The city has begun to review this; ask it to release the return."),
    "not_taken": gettext_lazy("Nobody of the city has begun with this."),
}


def word(refusal: Refused) -> str:
    """The refusal in the reader's language."""
    return word_code(refusal.code, refusal.params)


def word_code(code: str, params: Mapping[str, object]) -> str:
    """A refusal by its code and parameters in the reader's language."""
    if code not in REFUSALS:
        return code
    values = dict(params)
    if "state" in values:
        values["state"] = STATE_LABELS[State(str(values["state"]))]
    return str(REFUSALS[code]) % values
