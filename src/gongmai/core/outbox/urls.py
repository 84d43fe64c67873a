"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.outbox.views import jobs

app_name = "outbox"
urlpatterns = [
    path("", jobs.jobs, name="jobs"),
    path("<int:number>/retry/", jobs.retry, name="retry"),
]
