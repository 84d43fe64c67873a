"""Officers' edits of one firm. A refusal of the rules stands at the field that it concerns."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongmai.core.access.queries import check_may
from gongmai.core.registry import messages
from gongmai.core.registry.actions import enterprises as actions
from gongmai.core.registry.forms import (
    AttributesForm,
    ChangeForm,
    EntryForm,
    ExitForm,
    IdentityForm,
    NewEnterpriseForm,
)
from gongmai.core.registry.models import Enterprise
from gongmai.core.registry.queries import code_list, current_period, get_enterprise
from gongmai.core.registry.types import RefusedEdit

form_view = require_http_methods(["GET", "HEAD", "POST"])


@form_view
def create(request: HttpRequest) -> HttpResponse:
    """Add a firm to the register."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, actions.EDIT)
    form = NewEnterpriseForm(request.POST or None, initial={"from_period": current_period().key})

    def save() -> Enterprise:
        data = form.cleaned_data
        identity = {name: data[name] for name in actions.IDENTITY}
        return actions.create_enterprise(
            actor=actor,
            credit_code=data["credit_code"],
            from_period=data["from_period"],
            attributes=form.attributes(),
            **identity,
        )

    return _answer(request, form, save, title=_("New enterprise"))


@form_view
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, address, contact."""
    firm = _editable(request, pk)
    form = IdentityForm(
        request.POST or None, initial={name: getattr(firm, name) for name in actions.IDENTITY}
    )

    def save() -> Enterprise:
        return actions.edit_identity(
            actor=request.actor,  # type: ignore[attr-defined]
            enterprise_id=pk,
            changes=form.cleaned_data,
        )

    return _answer(request, form, save, firm=firm, title=_("Name and contact"))


@form_view
def attributes(request: HttpRequest, pk: int) -> HttpResponse:
    """Let other attributes hold from a period on."""
    firm = _editable(request, pk)
    latest = firm.profiles.order_by("-valid_from").first()
    initial: dict[str, Any] = {"from_period": current_period().key}
    if latest is not None:
        initial |= {name: getattr(latest, name) for name in ("region", "town", "park", "industry")}
        initial |= {"workers": latest.workers, "revenue": latest.revenue}
        initial["tags"] = [tag for tag in latest.tags.split("|") if tag]
    form = ChangeForm(request.POST or None, initial=initial)

    def save() -> Enterprise:
        return actions.change_attributes(
            actor=request.actor,  # type: ignore[attr-defined]
            enterprise_id=pk,
            from_period=form.cleaned_data["from_period"],
            attributes=form.attributes(),
            reason=form.cleaned_data["reason"],
        )

    lead = _("What held before the chosen period stays as it was. Published periods get a new vintage.")
    return _answer(request, form, save, firm=firm, title=_("Change attributes"), lead=lead)


@form_view
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a firm come on the roster."""
    firm = _editable(request, pk)
    form = EntryForm(request.POST or None, initial={"from_period": current_period().key})

    def save() -> Enterprise:
        actions.enter_roster(actor=request.actor, enterprise_id=pk, **form.cleaned_data)  # type: ignore[attr-defined]
        return firm

    return _answer(request, form, save, firm=firm, title=_("Enter the roster"))


@form_view
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a firm leave the roster."""
    firm = _editable(request, pk)
    form = ExitForm(request.POST or None, initial={"to_period": current_period().key})

    def save() -> Enterprise:
        actions.leave_roster(actor=request.actor, enterprise_id=pk, **form.cleaned_data)  # type: ignore[attr-defined]
        return firm

    return _answer(request, form, save, firm=firm, title=_("Leave the roster"))


def _editable(request: HttpRequest, pk: int) -> Enterprise:
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, actions.EDIT)
    try:
        return get_enterprise(actor, pk)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error


def _answer(
    request: HttpRequest,
    form: Form,
    save: Callable[[], Enterprise],
    *,
    title: str,
    firm: Enterprise | None = None,
    lead: str = "",
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                saved = save()
            except RefusedEdit as refused:
                finding = refused.finding
                column = finding.column if finding.column in form.fields else None
                form.add_error(column, f"{messages.word(finding)} {messages.advise(finding)}")
            else:
                notes.success(request, _("Saved."))
                return redirect("dossier:page", pk=saved.pk)
        status = 422
    context: dict[str, Any] = {"form": form, "firm": firm, "page_title": title, "lead": lead}
    if isinstance(form, AttributesForm):
        context["classes"] = [e for e in code_list("industry") if e.extra.get("level") == "class"]
    return render(request, "registry/form.html", context, status=status)
