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
    "city.import": _("Set up the city from files"),
    "city.clear": _("Cleared the city"),
    "code_list.load": _("Loaded code lists"),
    "enterprise.create": _("Entered an enterprise"),
    "enterprise.edit": _("Changed name or contact"),
    "enterprise.change_attributes": _("Changed attributes of an enterprise"),
    "roster.enter": _("Entered the roster"),
    "roster.leave": _("Left the roster"),
    "return.begin": _("Began a return"),
    "return.open": _("Opened the returns of a period"),
    "return.upload": _("Uploaded a workbook"),
    "return.download": _("Took a return away"),
    "return.import": _("Imported returns"),
    "return.submit": _("Submitted a return"),
    "return.pass_county": _("Passed a return (county)"),
    "return.pass_city": _("Approved a return (city)"),
    "return.send_back": _("Sent a return back"),
    "return.reopen": _("Reopened a return"),
    "base_revision.request": _("Asked for a base revision"),
    "base_revision.approve": _("Approved a base revision"),
    "base_revision.refuse": _("Refused a base revision"),
    "panel.publish": _("Published a vintage"),
    "panel.rebuild": _("Rebuilt the panel"),
    "panel.export": _("Exported the panel"),
    "document.export": _("Took a table away"),
}
KINDS: dict[str, str | Promise] = {
    "person": _("Person"),
    "token": _("Key"),
    "delivery": _("Job"),
    "enterprise": _("Enterprise"),
    "return": _("Return"),
    "vintage": _("Vintage"),
    "download": _("Download"),
    "export": _("Download"),
    "import": _("Import"),
    "city": _("City"),
    "code_list": _("Code list"),
    "base_revision": _("Base revision"),
    "panel": _("Panel"),
}


def word_actor(name: str) -> str:
    """Who did it; what the product does by itself is done by `system`."""
    return str(_("System")) if name == "system" else name


def word_action(code: str) -> str:
    """An action in the reader's words."""
    return str(ACTIONS.get(code, code))


def word_kind(code: str) -> str:
    """A kind of object in the reader's words."""
    return str(KINDS.get(code, code))
