"""Addresses of this module's pages."""

from django.urls import path

from gongmai.monitor.chase.views import calls, chase, extensions, league, plan

app_name = "chase"
urlpatterns = [
    path("", chase.show, name="chase"),
    path("remind/", chase.remind, name="remind"),
    path("extend/", extensions.extend, name="extend"),
    path("extend/<str:batch>/undo/", extensions.undo, name="undo"),
    path("<int:pk>/", calls.firm, name="firm"),
    path("contacts/", calls.contacts, name="contacts"),
    path("contacts/<int:pk>/", calls.settle, name="settle"),
    path("league/", league.show, name="league"),
    path("plan/", plan.show, name="plan"),
    path("plan/new/", plan.edit, name="edit-plan"),
    path("plan/pause/", plan.pause, name="pause"),
    path("plan/heads/", plan.heads, name="heads"),
]
