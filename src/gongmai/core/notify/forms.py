"""Forms of the settings of notices. What they check is shape."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongmai.core.notify.messages import ROBOTS
from gongmai.core.notify.types import Robot


class HoursForm(forms.Form):
    """Quiet hours and the hour of the digest; empty fields mean none."""

    quiet_start = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_end = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    digest_at = forms.TimeField(
        label=_("One daily message at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: as things happen, gathered for a minute."),
    )


class AddressForm(forms.Form):
    """An address for mail."""

    email = forms.EmailField(label=_("E-mail address"), max_length=200)


class CodeForm(forms.Form):
    """The code that was sent to the address."""

    code = forms.RegexField(
        r"^\s*\d{8}\s*$",
        label=_("Code from the mail"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class HookForm(forms.Form):
    """A webhook."""

    robot = forms.ChoiceField(label=_("Format"), choices=[(robot.value, ROBOTS[robot]) for robot in Robot])
    url = forms.CharField(
        label=_("Address"),
        max_length=600,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("DingTalk: the robot's secret (SEC...). Own system: any long word that both sides know."),
    )
