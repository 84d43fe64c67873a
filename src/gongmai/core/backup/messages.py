"""The words of backups."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongmai.core.backup.types import BackupError

ERRORS: dict[str, str | Promise] = {
    "not_empty": _("The place %(place)s is not empty; nothing was written."),
    "no_backup": _("There is no backup in %(place)s: the manifest is missing or cannot be read."),
    "format": _("The backup in %(place)s has format %(found)s; this release reads %(known)s."),
    "vendor": _("The backup is of %(found)s and the database here is %(here)s."),
    "damaged": _("The backup is damaged: %(names)s."),
    "differs": _("After the restoration these are not as they were: %(names)s."),
    "tool": _("%(tool)s is missing or failed: %(error)s"),
}
DIFFERENCES: dict[str, str | Promise] = {
    "missing": _("missing"),
    "changed": _("content changed"),
    "extra": _("not in the manifest"),
    "rows": _("other rows"),
    "unreadable": _("cannot be read"),
}


def word(error: BackupError) -> str:
    """The error in the reader's words."""
    return str(ERRORS[error.code]) % error.params
