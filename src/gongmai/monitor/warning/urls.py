"""Addresses of this module's pages."""

from django.urls import path

from gongmai.monitor.warning.views import one, triggers, watch

app_name = "warning"
urlpatterns = [
    path("", watch.show, name="watch"),
    path("assign/", watch.assign, name="assign"),
    path("triggers/", triggers.show, name="triggers"),
    path("<int:pk>/", one.show, name="one"),
    path("<int:pk>/move/", one.move, name="move"),
]
