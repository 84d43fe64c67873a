"""All addresses: pages by module, the API under /api/v1/."""

from django.urls import include, path

from gongmai.config.api import api

urlpatterns = [
    path("", include("gongmai.cockpit.home.urls")),
    path("account/", include("gongmai.core.access.urls")),
    path("enterprises/", include("gongmai.core.registry.urls")),
    path("enterprise/", include("gongmai.cockpit.dossier.urls")),
    path("returns/", include("gongmai.monitor.filing.urls")),
    path("rules/", include("gongmai.monitor.rule.urls")),
    path("indicators/", include("gongmai.monitor.indicator.urls")),
    path("outlook/", include("gongmai.monitor.outlook.urls")),
    path("trail/", include("gongmai.core.audit.urls")),
    path("personal/", include("gongmai.core.personal.urls")),
    path("evidence/", include("gongmai.cockpit.evidence.urls")),
    path("attachments/", include("gongmai.core.attachment.urls")),
    path("jobs/", include("gongmai.core.outbox.urls")),
    path("inbox/", include("gongmai.core.notify.urls")),
    path("chase/", include("gongmai.monitor.chase.urls")),
    path("warnings/", include("gongmai.monitor.warning.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]

# trouble with the database or the disk is said as such (503, 507), everything else stays 500
handler400 = "gongmai.core.admission.views.trouble.bad_request"
handler500 = "gongmai.core.admission.views.trouble.server_error"
