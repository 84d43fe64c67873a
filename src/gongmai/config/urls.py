"""All addresses: pages by module, the API under /api/v1/."""

from django.urls import include, path

from gongmai.config.api import api

urlpatterns = [
    path("", include("gongmai.cockpit.home.urls")),
    path("account/", include("gongmai.core.access.urls")),
    path("enterprises/", include("gongmai.core.registry.urls")),
    path("enterprise/", include("gongmai.cockpit.dossier.urls")),
    path("returns/", include("gongmai.monitor.filing.urls")),
    path("indicators/", include("gongmai.monitor.indicator.urls")),
    path("trail/", include("gongmai.core.audit.urls")),
    path("jobs/", include("gongmai.core.outbox.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]
