"""The jobs: what the worker does now and did lately, with progress; failed ones can be tried again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongmai.core.access.queries import may
from gongmai.core.outbox import actions, queries
from gongmai.core.outbox.messages import STATES, word_handler

PAGE = 50


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs; the table reloads itself while something is open."""
    actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    if state not in STATES:
        state = ""
    counts = queries.counts(actor)
    page = Paginator(queries.jobs(actor, state), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {"job": job, "label": STATES[job.state], "handler": word_handler(_short(job.handler))}
            for job in page
        ],
        "state": state,
        "tabs": [(code, label, counts[code]) for code, label in STATES.items()],
        "is_busy": bool(counts["waiting"] or counts["running"]),
        "may_retry": may(actor, "jobs.retry"),
    }
    is_part = request.headers.get("HX-Target") == "jobs"
    return render(request, "outbox/table.html" if is_part else "outbox/jobs.html", context)


@require_POST
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Try a failed job again."""
    if actions.retry(actor=request.actor, delivery_id=number):  # type: ignore[attr-defined]
        messages.success(request, _("The job is tried again."))
    else:
        messages.info(request, _("This job has not failed."))
    return redirect("outbox:jobs")


def _short(handler: str) -> str:
    """``gongmai.core.panel.tasks.publish`` as ``panel: publish``."""
    parts = handler.split(".")
    return f"{parts[2]}: {parts[-1]}" if len(parts) > 3 else handler  # noqa: PLR2004
