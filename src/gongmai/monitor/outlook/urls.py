"""Addresses of the outlook's pages. The whole state of a page is in its query string."""

from django.urls import URLPattern, path

from gongmai.monitor.outlook.views.forecast import forecast
from gongmai.monitor.outlook.views.nowcast import nowcast
from gongmai.monitor.outlook.views.seasonal import seasonal
from gongmai.monitor.outlook.views.target import edit, target

app_name = "outlook"
urlpatterns: list[URLPattern] = [
    path("forecast", forecast, name="forecast"),
    path("nowcast", nowcast, name="nowcast"),
    path("target", target, name="target"),
    path("target/set", edit, name="set-target"),
    path("seasonal", seasonal, name="seasonal"),
]
