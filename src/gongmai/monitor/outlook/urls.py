"""Addresses of the outlook's pages. The whole state of a page is in its query string."""

from django.urls import URLPattern, path

from gongmai.monitor.outlook.views.nowcast import nowcast

app_name = "outlook"
urlpatterns: list[URLPattern] = [
    path("nowcast", nowcast, name="nowcast"),
]
