"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.notify.views import inbox, settings

app_name = "notify"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("read/", inbox.read, name="read"),
    path("<int:pk>/", inbox.open_one, name="open"),
    path("settings/", settings.show, name="settings"),
    path("settings/channels/", settings.save_channels, name="save-channels"),
    path("settings/address/", settings.address, name="address"),
    path("settings/webhook/", settings.webhook, name="webhook"),
]
