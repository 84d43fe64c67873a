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
}
REFUSALS: Words = {
    "separate": _("The administrator and the auditor each stand alone: give this person no other role."),
    "self": _("You cannot change your own roles or deactivate yourself."),
    "scope": _("This role needs a scope of another kind."),
    "value": _("Say which one: the scope needs a code."),
    "taken": _("This user name is taken."),
}
