"""The administrator's pages: people, their roles, temporary passwords, the log of sign-ins."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gongmai.core.access import queries
from gongmai.core.access.actions import people as actions
from gongmai.core.access.forms import GrantFormSet, PersonForm, grants_of
from gongmai.core.access.messages import OUTCOMES, REFUSALS, ROLES, SCOPES
from gongmai.core.access.models import SignIn, User
from gongmai.core.access.rules import KINDS
from gongmai.core.access.types import RefusedChange, ScopeKind
from gongmai.core.registry.queries import code_list, label_of

PAGE = 50


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """All people with their roles; search by name, filter by role."""
    text, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.people(actor, text, role)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": text,
        "role": role,
        "roles": [(code.value, ROLES[code]) for code in KINDS],
        "people": [{"person": person, "grants": _worded(person)} for person in page],
        "may_edit": queries.may(actor, "people.edit"),
    }
    return render(request, "access/people.html", context)


@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Create a person; the temporary password is on the page that answers, once."""
    queries.check_may(request.actor, "people.edit")  # type: ignore[attr-defined]
    form = PersonForm(request.POST or None)
    grants = GrantFormSet(request.POST or None, prefix="grants")
    if request.method == "POST" and form.is_valid() and grants.is_valid():
        try:
            person, password = actions.create_person(
                actor=request.actor,  # type: ignore[attr-defined]
                grants=grants_of(grants),
                **form.cleaned_data,
            )
        except RefusedChange as refusal:
            form.add_error(None, str(REFUSALS[refusal.code]))
        else:
            return render(request, "access/temporary_password.html", {"person": person, "password": password})
    return _person_page(request, form, grants, None)


@never_cache
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person: name, telephone, roles, keys, latest sign-ins."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(queries.people(actor), pk=number)
    may_edit = queries.may(actor, "people.edit")
    initial = [
        {"role": grant.role, "kind": grant.scope_kind, "value": grant.scope_value}
        for grant in row.grants.all()
    ]
    about = {"username": row.username, "display_name": row.display_name, "phone": row.phone}
    data = {**request.POST.dict(), "username": row.username} if request.method == "POST" else None
    form = PersonForm(data, initial=about)
    form.fields["username"].disabled = True
    grants = GrantFormSet(request.POST or None, prefix="grants", initial=initial)
    if request.method == "POST" and form.is_valid() and grants.is_valid():
        try:
            actions.change_person(
                actor=actor,
                person_id=row.pk,
                display_name=form.cleaned_data["display_name"],
                phone=form.cleaned_data["phone"],
                grants=grants_of(grants),
            )
        except RefusedChange as refusal:
            form.add_error(None, str(REFUSALS[refusal.code]))
        else:
            messages.success(request, _("Saved. The change counts from the person's next click on."))
            return redirect("access:person", number=row.pk)
    return _person_page(request, form, grants, row, may_edit=may_edit)


@require_POST
def set_active(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a person, or let them in again."""
    try:
        actions.set_active(
            actor=request.actor,  # type: ignore[attr-defined]
            person_id=_known(number),
            active=request.POST.get("active") == "1",
        )
    except RefusedChange as refusal:
        messages.error(request, str(REFUSALS[refusal.code]))
    else:
        messages.success(request, _("Saved. The change counts from the person's next click on."))
    return redirect("access:person", number=number)


@never_cache
@require_POST
def reset(request: HttpRequest, number: int) -> HttpResponse:
    """Give a temporary password, shown once."""
    password = actions.reset_password(actor=request.actor, person_id=_known(number))  # type: ignore[attr-defined]
    row = User.objects.get(pk=number)
    return render(request, "access/temporary_password.html", {"person": row, "password": password})


@require_GET
def sign_ins(request: HttpRequest) -> HttpResponse:
    """The log of sign-ins."""
    text, outcome = request.GET.get("q", "").strip(), request.GET.get("outcome", "")
    rows = queries.sign_ins(request.actor, text, outcome)  # type: ignore[attr-defined]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": text,
        "outcome": outcome,
        "outcomes": OUTCOMES.items(),
        "rows": [_labelled(row) for row in page],
    }
    return render(request, "access/sign_ins.html", context)


def _person_page(
    request: HttpRequest, form: PersonForm, grants: Any, row: User | None, *, may_edit: bool = True
) -> HttpResponse:
    context = {
        "form": form,
        "grants": grants,
        "person": row,
        "may_edit": may_edit,
        "keys": row.tokens.order_by("-created_at") if row else [],
        "has_factor": bool(row and queries.factor_of(row)),
        "recent": [_labelled(entry) for entry in row.signin_set.order_by("-at")[:8]] if row else [],
        "code_lists": [code for name in ("unit", "region", "park") for code in code_list(name)],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "access/person.html", context, status=status)


def _labelled(row: SignIn) -> dict[str, Any]:
    """A sign-in with its outcome in words."""
    return {"row": row, "label": OUTCOMES.get(row.outcome, row.outcome)}


def _known(number: int) -> int:
    return get_object_or_404(User, pk=number).pk


def _worded(row: User) -> list[str]:
    return [
        f"{ROLES[grant.role]}"
        + (f" · {SCOPES[grant.scope_kind]} {_place(grant)}" if grant.scope_value else "")
        for grant in row.grants.all()
    ]


def _place(grant: Any) -> str:
    """The words for a unit, region or park; an enterprise by its number in the register."""
    named = grant.scope_kind in {ScopeKind.UNIT, ScopeKind.REGION, ScopeKind.PARK}
    return label_of(grant.scope_kind, grant.scope_value) if named else str(grant.scope_value)
