"""Forms of sign-in and of people. What they check is shape; what may be is decided by rules and actions."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongmai.core.access.messages import ROLES, SCOPES
from gongmai.core.access.models import User
from gongmai.core.access.queries import context_words, password_profile
from gongmai.core.access.rules import KINDS
from gongmai.core.access.types import Grant, Role, ScopeKind
from gongmai.ui.reading import whole_number

_ROLE_CHOICES = [("", "–"), *((role.value, ROLES[role.value]) for role in KINDS)]  # noqa: RUF001
_SCOPE_CHOICES = [("", "–"), *((kind.value, SCOPES[kind.value]) for kind in ScopeKind)]  # noqa: RUF001


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The present password and the new one twice."""

    old = forms.CharField(
        label=_("Present password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=256,
        strip=False,
        help_text=_("At least 12 characters; a short sentence is easy to remember. No common passwords."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person

    def clean_old(self) -> str:
        """The present password must be right: an open screen must not give the account away."""
        old: str = self.cleaned_data["old"]
        if not self.person.check_password(old):
            raise ValidationError(_("The present password is not right."))
        return old

    def clean_new(self) -> str:
        """The policy of settings.AUTH_PASSWORD_VALIDATORS, and a real change."""
        new: str = self.cleaned_data["new"]
        if new == self.cleaned_data.get("old"):
            raise ValidationError(_("Choose a password that differs from the present one."))
        password_validation.validate_password(new, self.person)
        return new

    def clean(self) -> dict[str, Any]:
        """Both new ones are equal."""
        data = super().clean() or {}
        if "new" in data and data["new"] != data.get("again"):
            self.add_error("again", _("The two new passwords differ."))
        return data


class PersonForm(forms.Form):
    """A person's name and telephone; the user name only when the person is created."""

    username = forms.SlugField(label=_("User name"), max_length=60)
    display_name = forms.CharField(label=_("Name"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)


class GrantForm(forms.Form):
    """A role over a part of the city; an empty role is no grant."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=_ROLE_CHOICES,
        required=False,
        widget=forms.Select(attrs={"aria-label": _("Role")}),
    )
    kind = forms.ChoiceField(
        label=_("Scope"),
        choices=_SCOPE_CHOICES,
        required=False,
        widget=forms.Select(attrs={"aria-label": _("Scope")}),
    )
    value = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "scope-codes", "aria-label": _("Code")}),
    )

    def clean(self) -> dict[str, Any]:
        """A role has a scope; an enterprise's scope is its number."""
        data = super().clean() or {}
        if not data.get("role"):
            return data
        if not data.get("kind"):
            self.add_error("kind", _("Choose the scope."))
        if data.get("kind") == ScopeKind.ENTERPRISE and whole_number(data.get("value")) is None:
            self.add_error("value", _("The enterprise's number in the register."))
        return data


class TokenForm(forms.Form):
    """What a key is for."""

    label = forms.CharField(
        label=_("What the key is for"), max_length=80, help_text=_("For example: the finance system.")
    )


class CodeForm(forms.Form):
    """A code of the second factor, or a recovery code."""

    code = forms.CharField(
        label=_("Code of the second factor"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "class": "code"}
        ),
    )


class PresentPasswordForm(forms.Form):
    """The present password: an open screen must not let anybody bind their own telephone."""

    password = forms.CharField(
        label=_("Present password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, person: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person

    def clean_password(self) -> str:
        """It must be right."""
        password: str = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise ValidationError(_("The present password is not right."))
        return password


class ProfileValidator:
    """The password profile in force and the words that everybody here would think of (data/sign_in.yaml)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with what is missing."""
        profile = password_profile()
        if len(password) < profile.length:
            raise ValidationError(_("At least %(count)d characters.") % {"count": profile.length})
        kinds = sum(
            any(test(letter) for letter in password)
            for test in (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
        )
        if kinds < profile.kinds:
            raise ValidationError(
                _("At least %(count)d kinds of characters: small, capital, digits, signs.")
                % {"count": profile.kinds}
            )
        words = [*context_words(), getattr(user, "username", ""), getattr(user, "display_name", "")]
        plain = password.casefold()
        for word in words:
            if len(word) > 1 and word.casefold() in plain and len(plain) - len(word) < profile.length - 4:
                raise ValidationError(_("Do not build the password on %(word)s.") % {"word": word})

    def get_help_text(self) -> str:
        """What is asked for."""
        return str(_("At least 12 characters; a short sentence is easy to remember. No common passwords."))


GrantFormSet = forms.formset_factory(GrantForm, extra=1, max_num=20)


def grants_of(forms_set: Any) -> list[Grant]:
    """The grants that a valid set of GrantForm says."""
    return [
        Grant(Role(data["role"]), ScopeKind(data["kind"]), data["value"].strip())
        for data in forms_set.cleaned_data
        if data.get("role")
    ]
