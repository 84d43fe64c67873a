"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.audit.views import export, readings, trail

app_name = "audit"
urlpatterns = [
    path("", trail.trail, name="trail"),
    path("verify/", trail.verify, name="verify"),
    path("export/", export.export, name="export"),
    path("readings/", readings.readings, name="readings"),
    path("<int:number>/", trail.entry, name="entry"),
]
