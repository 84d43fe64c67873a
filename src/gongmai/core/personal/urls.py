"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.personal import views

app_name = "personal"
urlpatterns = [
    path("", views.show, name="inventory"),
    path("contact/<int:pk>/", views.reveal, name="reveal"),
]
