"""What officers fill in: a firm's identity, its attributes from a period on, its entry and exit."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongmai.core.registry.actions.enterprises import Attributes
from gongmai.core.registry.queries import code_list, current_period

PERIODS_SHOWN = 24
Choices = list[tuple[str, str]]


def code_choices(name: str, blank: bool = True) -> Choices:
    """The codes of a list that are in force, with their labels in the reader's language."""
    chinese = (get_language() or "zh-hans").startswith("zh")
    entries = [
        (entry.code, entry.label_zh if chinese or not entry.label_en else entry.label_en)
        for entry in code_list(name)
        if entry.valid_to is None
    ]
    return [("", "-"), *entries] if blank else entries


def period_choices() -> Choices:
    """The next period, the current one and those of about two years before, latest first."""
    period = current_period().next()
    choices: Choices = []
    for _step in range(PERIODS_SHOWN + 1):
        choices.append((str(period.key), str(period)))
        period = period.previous()
    return choices


class IdentityForm(forms.Form):
    """Name, address and contact."""

    name = forms.CharField(label=_("Name of the enterprise"), max_length=120)
    registered_on = forms.DateField(
        label=_("Registered on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    contact = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)


class AttributesForm(forms.Form):
    """Where the firm lies and what it does, from a period on."""

    from_period = forms.TypedChoiceField(label=_("Valid from period"), coerce=int)
    region = forms.ChoiceField(label=_("Region"))
    town = forms.ChoiceField(label=_("Town"), required=False)
    park = forms.ChoiceField(label=_("Park"), required=False)
    industry = forms.CharField(
        label=_("Industry class"),
        max_length=4,
        help_text=_("Four digits of GB/T 4754-2017, such as 2021"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "list": "industry-classes"}),
    )
    workers = forms.IntegerField(label=_("Workers (persons)"), min_value=0, required=False)
    revenue = forms.IntegerField(label=_("Revenue of a year (thousand yuan)"), min_value=0, required=False)
    tags = forms.MultipleChoiceField(
        label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["from_period"].choices = period_choices()
        fields["region"].choices = [
            ("", "-"),
            *((e.code, e.label_zh) for e in code_list("region") if e.extra.get("level") == "county"),
        ]
        fields["town"].choices = code_choices("town")
        fields["park"].choices = code_choices("park")
        derived = {entry.code for entry in code_list("tag") if entry.extra.get("industries")}
        fields["tags"].choices = [pair for pair in code_choices("tag", blank=False) if pair[0] not in derived]

    def attributes(self) -> Attributes:
        """What was filled in, for the action."""
        data = self.cleaned_data
        return Attributes(
            region=data["region"],
            town=data["town"],
            park=data["park"],
            industry=data["industry"].strip(),
            workers=data["workers"],
            revenue=data["revenue"],
            tags=tuple(data["tags"]),
        )


class ChangeForm(AttributesForm):
    """A change of attributes says why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class NewEnterpriseForm(IdentityForm, AttributesForm):
    """A firm that is not in the register yet."""

    credit_code = forms.CharField(label=_("Credit code"), max_length=30)
    field_order = ("credit_code", "name", "from_period", "region", "town", "park", "industry")


class EntryForm(forms.Form):
    """Coming on the roster."""

    from_period = forms.TypedChoiceField(label=_("First period on the roster"), coerce=int)
    entry_type = forms.ChoiceField(label=_("Type of entry"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["from_period"].choices = period_choices()
        fields["entry_type"].choices = [
            pair for pair in code_choices("entry_type", blank=False) if pair[0] != "initial"
        ]


class ExitForm(forms.Form):
    """Leaving the roster."""

    to_period = forms.TypedChoiceField(label=_("Last period on the roster"), coerce=int)
    exit_type = forms.ChoiceField(label=_("Type of exit"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["to_period"].choices = period_choices()
        fields["exit_type"].choices = code_choices("exit_type", blank=False)
