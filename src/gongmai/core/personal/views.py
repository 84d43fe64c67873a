"""The inventory of personal data, and the reveal of a masked number."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.access.messages import ROLES
from gongmai.core.access.queries import check_may
from gongmai.core.personal.actions import reveal_contact
from gongmai.core.personal.queries import inventory
from gongmai.core.registry.queries import get_enterprise


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What is kept of persons, why, how long, and who sees it: for the administrator and the auditor."""
    check_may(request.actor, "people.view")  # type: ignore[attr-defined]
    rows = [
        {
            "entry": entry,
            "fields": ", ".join(entry.fields),
            "roles": [str(ROLES[role]) for role in entry.seen_by],
        }
        for entry in inventory().kept
    ]
    return render(request, "personal/inventory.html", {"rows": rows, "retention": inventory().retention})


@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number, in place of the masked one."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        firm = get_enterprise(actor, pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return render(request, "personal/phone.html", {"phone": reveal_contact(actor, firm)})
