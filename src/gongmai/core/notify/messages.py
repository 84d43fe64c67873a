"""The words of notify."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongmai.core.notify.types import Channel, Label, NotifyError, Robot

CHANNELS: dict[Channel, str | Promise] = {Channel.EMAIL: _("E-mail"), Channel.WEBHOOK: _("Webhook")}
ROBOTS: dict[Robot, str | Promise] = {
    Robot.WECOM: _("Group robot of enterprise WeChat"),
    Robot.DINGTALK: _("Group robot of DingTalk"),
    Robot.JSON: _("Own system (JSON, signed)"),
}
REFUSALS: dict[str, str | Promise] = {
    "bad_address": _("This address cannot be called."),
    "unreadable_secret": _("The stored address cannot be read any more; enter it again."),
    "no_address": _("There is no proven address."),
    "no_mail": _("No mail server is set up; ask the administrator."),
    "wrong_code": _("The code is not right, or has run out."),
    "mail_refused": _("The mail could not be sent: %(error)s"),
    "not_taken": _("The other side did not take the message: %(error)s"),
}
ADDRESS: dict[str, str | Promise] = {
    "characters": _("It is empty, too long, or holds characters that do not belong into an address."),
    "shape": _("It is not an address."),
    "scheme": _("It must begin with https://."),
    "https": _("It must begin with https://. The administrator can list hosts that are called by http."),
    "user": _("It must hold no user name and no # part."),
    "port": _("Only the standard port is called. The administrator can list others."),
    "name": _("The host must be a plain name."),
    "private": _("The host is inside a private network, which is not called. The administrator can list it."),
    "unknown": _("The host is not known."),
    "redirect": _("The host sends elsewhere; give the address that answers itself."),
}


def say(label: Label) -> str:
    """A ``{zh-Hans, en}`` label in the reader's language."""
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


def word(error: NotifyError) -> str:
    """A refusal in the reader's words."""
    if error.code == "bad_address":
        why = ADDRESS.get(str(error.params.get("why")), "")
        return f"{REFUSALS['bad_address']} {why}".strip()
    return str(REFUSALS.get(error.code, error.code)) % error.params
