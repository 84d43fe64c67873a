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
    "panel: follow_roster": _("Publish again after a change of the roster"),
}


def word_handler(name: str) -> str:
    """A handler in the reader's words."""
    return str(HANDLERS.get(name, name))
