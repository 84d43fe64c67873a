"""Forms of the outlook: what-if levers, whose values live in the address, and a target."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongmai.core.period.types import FIRST_MONTH, LAST_MONTH
from gongmai.monitor.outlook.rules.targets import Levers
from gongmai.ui.templatetags.display import KCNY_PER_100M

WAN = 10
Choices = list[tuple[str, str]]


class LeverForm(forms.Form):
    """What if. Months are those still to come."""

    stop = forms.CharField(label=_("A plant stops (credit code)"), max_length=18, required=False)
    stop_from = forms.TypedChoiceField(label=_("Stops from"), coerce=int, required=False)
    project = forms.DecimalField(
        label=_("A project starts: 10,000 yuan a month"),
        min_value=0,
        max_value=10_000_000,
        decimal_places=1,
        required=False,
    )
    project_from = forms.TypedChoiceField(label=_("Starts in"), coerce=int, required=False)
    project_county = forms.ChoiceField(label=_("Project: county"), required=False)
    project_industry = forms.ChoiceField(label=_("Project: industry"), required=False)
    fall = forms.DecimalField(
        label=_("A price falls: percent"), min_value=-100, max_value=100, decimal_places=1, required=False
    )
    fall_industry = forms.ChoiceField(label=_("Price: industry"), required=False)
    fall_from = forms.TypedChoiceField(label=_("Falls from"), coerce=int, required=False)

    def __init__(
        self, data: Any, *, months: Choices, counties: Choices, industries: Choices, may_stop: bool
    ) -> None:
        super().__init__(data)
        nothing = [("", "—")]
        for name in ("stop_from", "project_from", "fall_from"):
            self._offer(name, months)
        self._offer("project_county", nothing + counties)
        for name in ("project_industry", "fall_industry"):
            self._offer(name, nothing + industries)
        if not may_stop:
            del self.fields["stop"], self.fields["stop_from"]

    def _offer(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]
        field.widget.choices = choices

    def clean_stop(self) -> str:
        """Credit codes are written in capitals."""
        return str(self.cleaned_data["stop"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """A fall needs its industry."""
        cleaned = super().clean() or {}
        if cleaned.get("fall") and not cleaned.get("fall_industry"):
            self.add_error("fall_industry", _("Choose the industry whose price falls."))
        return cleaned

    def levers(self) -> Levers:
        """The levers of a valid form."""
        data = self.cleaned_data
        return Levers(
            stop=data.get("stop", ""),
            stop_from=data.get("stop_from") or FIRST_MONTH,
            project=round((data.get("project") or 0) * WAN),
            project_from=data.get("project_from") or FIRST_MONTH,
            project_county=data.get("project_county", ""),
            project_industry=data.get("project_industry", ""),
            fall=float(data.get("fall") or 0) / 100,
            fall_industry=data.get("fall_industry", ""),
            fall_from=data.get("fall_from") or FIRST_MONTH,
        )


def month_choices(months: list[int]) -> Choices:
    """The months still to come, as choices; all of a year where none is."""
    shown = months or list(range(FIRST_MONTH, LAST_MONTH + 1))
    return [(str(month), _("month %(month)s") % {"month": month}) for month in shown]


class TargetForm(forms.Form):
    """A target: who, how much, by what decision."""

    group = forms.ChoiceField(label=_("Target of"))
    value = forms.DecimalField(
        label=_("Target (100 million yuan)"), min_value=0, max_value=100_000_000, decimal_places=2
    )
    source = forms.CharField(label=_("Set by (document)"), max_length=200)

    def __init__(self, data: Any, *, groups: Choices) -> None:
        super().__init__(data)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        self.fields["group"].widget.choices = groups

    def clean_value(self) -> int:
        """In thousand yuan, above zero."""
        value: int = round(self.cleaned_data["value"] * KCNY_PER_100M)
        if value <= 0:
            raise forms.ValidationError(_("A target is above zero."))
        return value
