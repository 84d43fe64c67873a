"""Words for refused files and closed objects."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongmai.core.attachment.types import AttachmentRefused

REFUSALS: dict[str, str | Promise] = {
    "no_file": _("Choose a file first."),
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(megabytes)s MB. Scan it with a lower resolution or split it."),
    "kind": _("This kind of file cannot be attached. Possible are: %(kinds)s."),
    "content": _("The content of the file is not what its name says (.%(suffix)s). Save it again."),
    "damaged": _("The file is damaged. Open it, save it anew and attach it again."),
    "encrypted": _("The file is protected by a password. Save it without one."),
    "active": _("The file contains macros or embedded objects. Save it without them or as PDF."),
    "bomb": _("The file unpacks to more than it may. Save it as PDF."),
    "pixels": _("The picture is too large (%(width)s × %(height)s). Make it smaller."),  # noqa: RUF001
    "virus": _(
        "The file was found to be harmful. It was put into quarantine and is not shown to anybody; have "
        "your computer checked."
    ),
    "scanner": _("The file could not be checked for viruses just now. Nothing was kept; try again later."),
    "too_many": _("At most %(files)s files can be attached here."),
    "object_full": _("The files here would take more than %(megabytes)s MB. Remove one first."),
    "owner_full": _("Your firm's files take the %(megabytes)s MB that they may. Ask the bureau."),
    "not_open": _("The return is under review: files can be attached again when it comes back."),
    "not_yours": _("Only whoever attached the file, or a colleague, can remove it."),
    "topic": _("There is no such finding on this return."),
}  # fmt: skip


def word_refusal(refusal: AttachmentRefused) -> str:
    """The sentence for a refused file, in the reader's language."""
    return str(REFUSALS[refusal.code]) % refusal.params
