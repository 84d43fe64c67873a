"""What is said to whom is not served."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code -> (heading, text)
TROUBLE: dict[str, tuple[str | Promise, str | Promise]] = {
    "busy": (
        _("Too many at once"),
        _(
            "More people are working here right now than can be served. What you had saved is kept. "
            "Please try again in a moment."
        ),
    ),
    "too_often": (
        _("Too many requests"),
        _(
            "So many requests came from you in a short time that this one was not carried out. "
            "Please wait a moment."
        ),
    ),
    "unreadable": (
        _("Not readable"),
        _("The address or the content holds characters that no text holds."),
    ),
    "too_long": (
        _("Too long"),
        _("What was sent is longer than any return. Nothing of it was read; send it in parts."),
    ),
    "storage_full": (
        _("No room to write"),
        _(
            "The server's disk is full or out of order: nothing can be written at the moment, and this was "
            "not. Reading still works. Please tell the administrator."
        ),
    ),
    "database_away": (
        _("The database does not answer"),
        _(
            "What you sent was not carried out. What was acknowledged before is kept. "
            "Please try again in a moment."
        ),
    ),
}
