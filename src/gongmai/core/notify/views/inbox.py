"""The inbox: a person's own notices, latest first."""

from typing import Any

from django.contrib import messages as toasts
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gongmai.core.notify.actions.reading import mark_all_read, mark_read, open_notice
from gongmai.core.notify.messages import say
from gongmai.core.notify.models import Notice
from gongmai.core.notify.queries.catalogue import kinds
from gongmai.core.notify.queries.inbox import body_of, notices, subject_of, unread_count
from gongmai.ui.reading import whole_number

PAGE = 20
MAX_TEXT = 60


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The notices, narrowed by what the address asks for."""
    actor = request.actor  # type: ignore[attr-defined]
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "")[:MAX_TEXT]
    unread = request.GET.get("unread") == "1"
    rows = notices(actor, text=text, kind=kind if kind in kinds() else "", unread=unread)
    page = Paginator(rows, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    own = set(notices(actor).order_by().values_list("kind", flat=True).distinct())
    context: dict[str, Any] = {
        "page": page,
        "rows": [_row(notice) for notice in page],
        "kinds": [(code, say(each.label)) for code, each in kinds().items() if code in own],
        "kind": kind,
        "q": text,
        "unread": unread,
        "unread_total": unread_count(actor),
    }
    return render(request, "notify/inbox.html", context)


@require_safe
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about; back to the inbox where it is about nothing."""
    try:
        notice = open_notice(request.actor, pk)  # type: ignore[attr-defined]
    except Notice.DoesNotExist as error:
        raise Http404 from error
    return redirect(notice.link or "notify:inbox")


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the chosen notices, or all, as read."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.POST.get("all") == "1":
        count = mark_all_read(actor)
    else:
        numbers = [
            number for text in request.POST.getlist("notice") if (number := whole_number(text)) is not None
        ]
        count = mark_read(actor, numbers)
    toasts.success(
        request,
        ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", count) % {"n": count},
    )
    target = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_here else "notify:inbox")


def _row(notice: Notice) -> dict[str, Any]:
    kind = kinds().get(notice.kind)
    return {
        "notice": notice,
        "subject": subject_of(notice),
        "body": body_of(notice),
        "kind": say(kind.label) if kind else notice.kind,
        "state": _("Read") if notice.read_at else _("Unread"),
    }
