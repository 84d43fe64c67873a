"""Forms of chasing. What they check is shape; what may be is decided by rules and actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongmai.monitor.chase.messages import TO, say
from gongmai.monitor.chase.queries.calls import outcomes_on
from gongmai.monitor.chase.types import Step, To

_DATE = {"type": "date"}


def date_input() -> forms.DateInput:
    """The browser's own picker of a day."""
    return forms.DateInput(attrs=_DATE, format="%Y-%m-%d")


class CallForm(forms.Form):
    """A call that was made."""

    outcome = forms.ChoiceField(label=_("What came of it"))
    promised_on = forms.DateField(label=_("Promised by"), required=False, widget=date_input())
    follow_up_on = forms.DateField(label=_("Call again on"), required=False, widget=date_input())
    spoke_with = forms.CharField(label=_("Spoke with"), max_length=60, required=False)
    phone = forms.CharField(label=_("Number called"), max_length=30, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    new_contact = forms.CharField(
        label=_("New contact person"),
        max_length=60,
        required=False,
        help_text=_("A suggestion for the register; the city takes it over."),
    )
    new_phone = forms.CharField(label=_("New number"), max_length=30, required=False)

    def __init__(self, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("Choose")), *((one.code, say(one.label)) for one in outcomes_on(today))]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


class ExtendForm(forms.Form):
    """A later deadline and its reason."""

    until = forms.DateField(label=_("New deadline"), widget=date_input())
    reason = forms.CharField(
        label=_("Reason"), max_length=300, min_length=4, help_text=_("The firm is shown it.")
    )


class PlanForm(forms.Form):
    """For which form and from when, and why."""

    valid_from = forms.DateField(label=_("In force from"), widget=date_input())
    note = forms.CharField(label=_("Reason"), max_length=300)


class StepForm(forms.Form):
    """A step of the plan; a row without recipients is none."""

    offset = forms.IntegerField(
        label=_("Working days"),
        required=False,
        widget=forms.NumberInput(
            attrs={"aria-label": _("Working days from the deadline"), "min": -30, "max": 30}
        ),
    )
    at = forms.TimeField(
        label=_("At"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "aria-label": _("At")}, format="%H:%M"),
    )
    to = forms.MultipleChoiceField(
        label=_("Recipients"),
        required=False,
        choices=[(to.value, TO[to]) for to in To],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """A row that reaches somebody says when."""
        data = super().clean() or {}
        if data.get("to"):
            for name in ("offset", "at"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Fill this in."))
        return data


class PauseForm(forms.Form):
    """A pause of reminders by plan."""

    until = forms.DateField(
        label=_("Until the end of"),
        required=False,
        widget=date_input(),
        help_text=_("Empty: until somebody resumes."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


StepFormSet = forms.formset_factory(StepForm, extra=2, max_num=20, absolute_max=20)


def steps_of(forms_set: Any) -> tuple[Step, ...]:
    """The steps that a valid set of StepForm says."""
    return tuple(
        Step(data["offset"], data["at"], tuple(To(to) for to in data["to"]))
        for data in forms_set.cleaned_data
        if data.get("to")
    )
