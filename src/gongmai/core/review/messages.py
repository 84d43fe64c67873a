"""Words for refusals and states."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongmai.core.review.types import Move, Refused, State

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
}


def word(refusal: Refused) -> str:
    """The refusal in the reader's language."""
    if refusal.code == "move_not_open":
        state = STATE_LABELS[State(str(refusal.params["state"]))]
        return _("This step is not open: the state is “%(state)s”.") % {"state": state}
    if refusal.code == "four_eyes":
        return _("Four eyes: whoever took an earlier step cannot pass this one.")
    if refusal.code == "stale":
        return _("Somebody else changed this in the meantime. Load the page anew and look again.")
    if refusal.code == "reason_missing":
        return _("Say why, in at least %(minimum)s characters.") % refusal.params
    return refusal.code
