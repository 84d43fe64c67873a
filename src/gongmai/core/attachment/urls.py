"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.attachment import views

app_name = "attachment"
urlpatterns = [
    path("file/<str:key>/", views.download, name="download"),
    path("file/<str:key>/remove/", views.remove, name="remove"),
    path("<slug:kind>/<int:number>/", views.show, name="list"),
    path("<slug:kind>/<int:number>/add/", views.upload, name="upload"),
]
