"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.registry.views import codes, edit, firms

app_name = "registry"
urlpatterns = [
    path("", firms.show_list, name="list"),
    path("codes/", codes.show_codes, name="codes"),
    path("new/", edit.create, name="new"),
    path("<int:pk>/identity/", edit.identity, name="identity"),
    path("<int:pk>/attributes/", edit.attributes, name="attributes"),
    path("<int:pk>/enter/", edit.enter, name="enter"),
    path("<int:pk>/leave/", edit.leave, name="leave"),
]
