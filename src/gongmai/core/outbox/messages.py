"""The words for states and kinds of jobs."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, str | Promise] = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
}

# what a handler does, by the name that the list of jobs shows; one that is not here is shown as it is
HANDLERS: dict[str, str | Promise] = {
    "panel: admit": _("Admit approved returns, publish the vintage"),
    "notify: send": _("Send mails and webhook messages"),
    "chase: tell_returned": _("Tell the firm that a return was sent back"),
    "chase: tell_approved": _("Tell the firm that a return was approved"),
    "chase: tell_commented": _("Tell of a comment on a return"),
    "chase: tell_late": _("Tell the county of a late return"),
    "chase: tell_extended": _("Tell the firm of an extension"),
    "chase: tell_unextended": _("Tell the firm that an extension was taken back"),
    "panel: follow_roster": _("Publish again after a change of the roster"),
}


def word_handler(name: str) -> str:
    """A handler in the reader's words."""
    return str(HANDLERS.get(name, name))
