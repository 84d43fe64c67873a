"""One page per enterprise, made of sections. A later part adds its section to SECTIONS."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from gongmai.cockpit.dossier import queries
from gongmai.cockpit.dossier.types import Section
from gongmai.core.access.types import NotAllowed
from gongmai.core.registry.queries import get_enterprise

SECTIONS: list[Section] = [
    Section("identity", gettext_noop("Basic facts"), "dossier/identity.html", queries.identity),
    Section("trend", gettext_noop("Key indicators"), "dossier/trend.html", queries.trend),
    Section(
        "evidence", gettext_noop("Electricity, tax and headcount"), "dossier/evidence.html", queries.evidence
    ),
    Section("returns", gettext_noop("Returns"), "dossier/returns.html", queries.returns),
    Section("calls", gettext_noop("Calls"), "chase/dossier.html", queries.calls),
    Section("roster", gettext_noop("On the roster"), "dossier/stays.html", queries.stays),
    Section("timeline", gettext_noop("Attributes over time"), "dossier/timeline.html", queries.timeline),
]


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The enterprise with every section that has something to show to this reader."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        firm = get_enterprise(actor, pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    sections = []
    for section in SECTIONS:
        content = section.build(actor, firm)
        if content is not None:
            sections.append({"section": section, "heading": _(section.heading), "content": content})
    return render(request, "dossier/page.html", {"firm": firm, "sections": sections})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The page of the firm that the reader files for."""
    own = request.actor.enterprise_id  # type: ignore[attr-defined]
    if own is None:
        raise NotAllowed("registry.view")
    return redirect("dossier:page", pk=own)
