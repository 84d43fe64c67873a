"""A firm's keys for the API: made by the firm itself, shown once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongmai.core.access import queries
from gongmai.core.access.actions import people as actions
from gongmai.core.access.forms import TokenForm
from gongmai.core.access.models import ApiToken
from gongmai.ui.reading import whole_number


@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that were made; a new one is on the page that answers, once."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.own_tokens(actor)
    form = TokenForm(request.POST or None)
    key, status = "", 200
    if request.method == "POST":
        if form.is_valid():
            key = actions.create_token(actor=actor, label=form.cleaned_data["label"])
            form = TokenForm()
        else:
            status = 422
    return render(request, "access/keys.html", {"rows": rows, "form": form, "key": key}, status=status)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """End a key at once."""
    try:
        actions.revoke_token(actor=request.actor, token_id=number)  # type: ignore[attr-defined]
    except ApiToken.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The key has been revoked."))
    owner = whole_number(request.POST.get("person"))
    return redirect("access:keys") if owner is None else redirect("access:person", number=owner)
