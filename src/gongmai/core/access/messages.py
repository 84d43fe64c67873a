"""The words for roles, kinds of scope and outcomes of a sign-in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

ROLES: Words = {
    "enterprise": _("Enterprise"),
    "county": _("County officer"),
    "park": _("Park manager"),
    "city": _("Bureau officer"),
    "leader": _("City leader"),
    "bank": _("Bank officer"),
    "expert": _("Expert"),
    "auditor": _("Auditor"),
    "sysadmin": _("System administrator"),
    "system": _("System"),
}
SCOPES: Words = {
    "enterprise": _("One enterprise"),
    "unit": _("Management unit"),
    "region": _("Statistical region"),
    "park": _("Park"),
    "city": _("Whole city"),
    "none": _("No enterprise data"),
}
OUTCOMES: Words = {
    "ok": _("Signed in"),
    "failed": _("Wrong name or password"),
    "locked": _("Locked out"),
    "signed_out": _("Signed out"),
    "wrong_code": _("Wrong code"),
    "disowned": _("Closed by its owner"),
    "dormant": _("Stopped: unused too long"),
}
REFUSALS: Words = {
    "separate": _("The administrator and the auditor each stand alone: give this person no other role."),
    "self": _("You cannot change your own roles or deactivate yourself."),
    "scope": _("This role needs a scope of another kind."),
    "value": _("Say which one: the scope needs a code."),
    "taken": _("This user name is taken."),
    "has_factor": _("You have a second factor already."),
    "no_factor": _("There is no second factor to confirm or to take away."),
    "wrong_code": _("The code is not right, or was used already. Wait for the next one."),
    "paused": _("Too many wrong codes: wait a quarter of an hour."),
    "asked_already": _("A request for this person is waiting already."),
    "decided_already": _("This request was decided already."),
    "four_eyes": _("Somebody else than the one who asked, and the one concerned, has to agree."),
}
CLOSED: Words = {
    "disowned": _(
        "The owner of this name said that a sign-in was not theirs. The administrator opens it again."
    ),
    "dormant": _(
        "Nobody has used this name for 90 days, so it was stopped. The administrator opens it again."
    ),
}

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def word_agent(agent: str) -> str:
    """A browser's own description of itself, short: what it is and on what it runs."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " \u00b7 ".join(part for part in (browser, system) if part) or agent[:40] or "-"
