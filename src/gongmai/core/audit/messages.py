"""The words for breaches of the trail."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BREACHES: dict[str, str | Promise] = {
    "gap": _("a line is missing before this one"),
    "altered": _("the line was changed after it was written"),
    "head": _("the last line is not the one that was written last"),
    "cut": _("a line that was anchored outside the database is gone"),
    "rewritten": _("a line differs from what was anchored outside the database"),
    "anchor_unreadable": _("a line of the anchor file cannot be read"),
    "anchor_order": _("an anchor does not follow the one before it"),
    "anchor_missing": _("an anchor that the database remembers is gone from the file"),
    "anchor_replaced": _("an anchor differs from what the database remembers"),
    "signature": _("the signature of an anchor does not hold"),
    "key": _("an anchor is signed with a key that no earlier anchor names"),
    "readings": _("the log of readings differs from what was anchored"),
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
    "notify.prefer": _("Chose how to be told"),
    "notify.address": _("Changed the own mail address"),
    "notify.verify": _("Proved the own mail address"),
    "notify.hook": _("Changed the own webhook"),
    "return.extend": _("Extended a deadline"),
    "return.unextend": _("Took an extension back"),
    "warning.run": _("Evaluated the triggers of warnings"),
    "warning.assign": _("Assigned a warning"),
    "warning.confirm": _("Confirmed a warning"),
    "warning.call_error": _("Called the figure behind a warning wrong"),
    "warning.call_false": _("Called a warning a false alarm"),
    "warning.send_back": _("Sent the cell behind a warning back"),
    "warning.handle": _("Entered measures for a warning"),
    "warning.report": _("Reported back on a warning"),
    "warning.close": _("Closed a warning"),
    "warning.escalate": _("Escalated a warning"),
    "chase.round": _("Reminded by plan"),
    "chase.remind": _("Reminded by hand"),
    "chase.call": _("Noted a call"),
    "chase.settle_contact": _("Decided on a suggested contact"),
    "chase.plan": _("Changed the chasing plan"),
    "chase.pause": _("Paused chasing"),
    "chase.resume": _("Resumed chasing"),
    "chase.heads": _("Named heads for escalation"),
    "panel.publish": _("Published a vintage"),
    "panel.rebuild": _("Rebuilt the panel"),
    "panel.export": _("Exported the panel"),
    "document.export": _("Took a table away"),
    "attachment.add": _("Added an attachment"),
    "attachment.remove": _("Removed an attachment"),
    "attachment.download": _("Took an attachment away"),
    "attachment.quarantine": _("Put an attachment into quarantine"),
    "people.erase": _("Erased a person"),
    "contact.reveal": _("Showed a telephone number"),
    "personal.forget": _("Deleted what its time was over"),
    "rule.save": _("Saved a draft of a rule"),
    "rule.propose": _("Proposed a version of a rule"),
    "rule.approve": _("Approved a version of a rule"),
    "rule.reject": _("Rejected a version of a rule"),
    "rule.withdraw": _("Withdrew a version of a rule"),
    "trail.export": _("Took the trail away for an inspector"),
    "trail.rotate_key": _("Changed the signing key of the trail"),
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
    "trail": _("Trail"),
    "chase": _("Chasing"),
    "personal": _("Personal data"),
}


def word_actor(name: str, number: int | None = None, names: Mapping[int, str] | None = None) -> str:
    """Who did it: a numbered person by the present name; the product itself is `system`."""
    if not number:
        return str(_("System")) if name in {"", "system"} else name
    return (names or {}).get(number) or name or str(_("Person no. %(number)s") % {"number": number})


def word_action(code: str) -> str:
    """An action in the reader's words."""
    return str(ACTIONS.get(code, code))


def word_kind(code: str) -> str:
    """A kind of object in the reader's words."""
    return str(KINDS.get(code, code))


# the pages on which one firm's data is seen, by the name of the address; another is shown by its name
PAGES: dict[str, str | Promise] = {
    "dossier:page": _("Page of the enterprise"),
    "filing:show": _("A return"),
    "filing:look": _("Marked a return as seen"),
    "filing:history": _("The history of a figure"),
    "filing:move": _("Reviewing a return"),
    "filing:pass": _("Passing several returns"),
    "filing:decide": _("Deciding a base revision"),
    "filing:workbook-download": _("A return as a workbook"),
    "filing:workbook-annotated": _("A return as a workbook"),
    "registry:identity": _("Name and contact"),
    "registry:attributes": _("Attributes of an enterprise"),
    "registry:enter": _("Entering the roster"),
    "registry:leave": _("Leaving the roster"),
    "evidence:figure": _("The life of a figure"),
    "evidence:figures": _("The figures of a return"),
    "personal:reveal": _("A telephone number"),
    "attachment:list": _("The vouchers of a return"),
    "attachment:download": _("A voucher"),
    "attachment:upload": _("Attaching a file"),
    "attachment:remove": _("Removing a file"),
}


def word_page(name: str) -> str:
    """A page in the reader's words, with the format in which it was taken away."""
    page, _space, format_ = name.partition(" ")
    if page not in PAGES:
        return name
    return f"{PAGES[page]} ({format_})" if format_ else str(PAGES[page])
