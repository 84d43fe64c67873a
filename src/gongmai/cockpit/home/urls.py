"""Addresses of this module's pages."""

from django.urls import path

from gongmai.cockpit.home.views.home import home

app_name = "home"
urlpatterns = [path("", home, name="home")]
