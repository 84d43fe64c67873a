"""Addresses of this module's pages. The whole state of a page is in its query string."""

from django.urls import URLPattern, path

from gongmai.monitor.indicator.views.catalogue import catalogue
from gongmai.monitor.indicator.views.cross import cross
from gongmai.monitor.indicator.views.firms import firms
from gongmai.monitor.indicator.views.league import league
from gongmai.monitor.indicator.views.number import number
from gongmai.monitor.indicator.views.overview import overview
from gongmai.monitor.indicator.views.trend import trend
from gongmai.monitor.indicator.views.vintages import vintages

app_name = "indicator"
urlpatterns: list[URLPattern] = [
    path("", overview, name="overview"),
    path("league", league, name="league"),
    path("firms", firms, name="firms"),
    path("number", number, name="number"),
    path("trend", trend, name="trend"),
    path("cross", cross, name="cross"),
    path("vintages", vintages, name="vintages"),
    path("catalogue", catalogue, name="catalogue"),
]
