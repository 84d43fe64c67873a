"""Addresses of this module's pages."""

from django.urls import path

from gongmai.cockpit.dossier import views

app_name = "dossier"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:pk>/", views.page, name="page"),
]
