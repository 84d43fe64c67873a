"""Addresses of this module's pages."""

from django.urls import path

from gongmai.cockpit.evidence import views

app_name = "evidence"
urlpatterns = [
    path("return/<int:pk>/", views.figures, name="figures"),
    path("figure/<int:pk>/<slug:cell>/", views.figure, name="figure"),
    path("firm/<int:enterprise>/<str:period>/<slug:cell>/", views.find, name="find"),
]
