"""The words for what happens to a figure, and the icon of each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, tuple[str | Promise, str]] = {
    "typed": (_("Typed"), "edit"),
    "submitted": (_("Submitted"), "send"),
    "imported": (_("Imported"), "database"),
    "finding": (_("A rule spoke"), "alert-triangle"),
    "explained": (_("Explained"), "message"),
    "verdict": (_("Explanation judged"), "check"),
    "remark": (_("Comment"), "message"),
    "voucher": (_("Voucher"), "file-text"),
    "step": (_("Review"), "clipboard-check"),
    "base": (_("Base revision"), "git-compare"),
    "adjusted": (_("Adjusted by the city"), "git-compare"),
}
SOURCES: dict[str, str | Promise] = {
    "page": _("on the page"),
    "excel": _("by workbook"),
    "workbook": _("by workbook"),
    "api": _("by the firm's system"),
    "import": _("by import of the city"),
}
VERDICTS: dict[str, str | Promise] = {
    "accepted": _("accepted"),
    "doubtful": _("doubtful"),
    "wrong": _("wrong"),
}
