"""Addresses of this module's pages."""

from django.urls import path

from gongmai.monitor.filing.views import workbook

app_name = "filing"
urlpatterns = [
    path("<int:pk>/workbook/", workbook.show_workbook, name="workbook"),
    path("<int:pk>/workbook/download/", workbook.download_workbook, name="workbook-download"),
    path("<int:pk>/workbook/annotated/", workbook.download_annotated, name="workbook-annotated"),
]
