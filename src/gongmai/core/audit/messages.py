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
