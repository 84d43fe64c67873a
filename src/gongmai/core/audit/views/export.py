"""The trail as a package for an inspector."""

import tempfile

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_POST

from gongmai.core.access.types import Actor
from gongmai.core.audit.forms import DaysForm
from gongmai.core.audit.tasks.export import write_export
from gongmai.core.period import clock

_IN_MEMORY_BYTES = 2 * 1024 * 1024


@require_POST
def export(request: HttpRequest) -> FileResponse:
    """A ZIP of the days asked for; days that are not valid are left open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = DaysForm(request.POST)
    form.is_valid()
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - the response closes it
    write_export(actor, target, form.cleaned_data.get("first"), form.cleaned_data.get("last"))
    target.seek(0)
    name = f"gongmai-trail-{clock.today():%Y%m%d}.zip"
    response = FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
