"""The search form of the trail."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from gongmai.core.audit.messages import word_action, word_kind


def _day(label: Any) -> forms.DateField:
    """A day of these centuries: at the ends of the calendar there is no time zone to compute in."""
    return forms.DateField(
        label=label,
        required=False,
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class TrailForm(forms.Form):
    """Whose, what, on what, when; everything may be empty."""

    person = forms.CharField(label=_("Person"), required=False, max_length=80)
    action = forms.ChoiceField(label=_("Action"), required=False)
    kind = forms.ChoiceField(label=_("Kind of object"), required=False)
    object_id = forms.CharField(label=_("Object"), required=False, max_length=60)
    first = _day(_("From"))
    last = _day(_("To"))

    def __init__(self, *args: Any, choices: tuple[list[str], list[str]], **options: Any) -> None:
        super().__init__(*args, **options)
        actions, kinds = choices
        for name, codes, word in (("action", actions, word_action), ("kind", kinds, word_kind)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
            field.choices = [("", _("All")), *((code, word(code)) for code in codes)]

    def criteria(self) -> dict[str, Any]:
        """What `queries.entries` takes; a part that is not valid is left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DaysForm(forms.Form):
    """From which day to which; both may be open."""

    first = _day(_("From"))
    last = _day(_("To"))


class ReadingsForm(DaysForm):
    """Whose data, who looked, when."""

    firm = forms.CharField(label=_("Enterprise"), required=False, max_length=80)
    person = forms.CharField(label=_("Person"), required=False, max_length=80)
    field_order = ("firm", "person", "first", "last")

    def criteria(self) -> dict[str, Any]:
        """What `queries.readings.readings` takes; a part that is not valid is left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
