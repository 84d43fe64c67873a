"""The words for breaches of the trail."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BREACHES: dict[str, str | Promise] = {
    "gap": _("a line is missing before this one"),
    "altered": _("the line was changed after it was written"),
    "head": _("the last line is not the one that was written last"),
    "cut": _("a line that was anchored outside the database is gone"),
    "rewritten": _("a line differs from what was anchored outside the database"),
    "anchor_unreadable": _("a line of the anchor file cannot be read"),
}

# what the trail's codes say; a code that is not here is shown as it is
ACTIONS: dict[str, str | Promise] = {
    "people.create": _("Created a person"),
    "people.change": _("Changed a person's rights"),
    "people.activate": _("Let a person in again"),
    "people.deactivate": _("Stopped a person"),
    "people.reset_password": _("Gave a temporary password"),
    "password.change": _("Changed own password"),
    "token.create": _("Made a key"),
    "token.revoke": _("Revoked a key"),
    "jobs.retry": _("Tried a job again"),
}
KINDS: dict[str, str | Promise] = {
    "person": _("Person"),
    "token": _("Key"),
    "delivery": _("Job"),
    "enterprise": _("Enterprise"),
    "return": _("Return"),
    "vintage": _("Vintage"),
    "download": _("Download"),
}


def word_action(code: str) -> str:
    """An action in the reader's words."""
    return str(ACTIONS.get(code, code))


def word_kind(code: str) -> str:
    """A kind of object in the reader's words."""
    return str(KINDS.get(code, code))
