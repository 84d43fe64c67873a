"""Addresses of this module's pages."""

from django.urls import path

from gongmai.monitor.filing.views import exports, fill, progress, review, workbook

app_name = "filing"
urlpatterns = [
    path("tasks/", fill.tasks, name="tasks"),
    path("<int:pk>/", fill.fill, name="fill"),
    path("<int:pk>/save/", fill.save, name="save"),
    path("<int:pk>/submit/", fill.submit, name="submit"),
    path("<int:pk>/ask-revision/", fill.ask_revision, name="ask-revision"),
    path("workbench/", review.workbench, name="workbench"),
    path("pass/", review.pass_chosen, name="pass"),
    path("<int:pk>/review/", review.show, name="show"),
    path("<int:pk>/move/", review.move, name="move"),
    path("<int:pk>/history/<slug:cell>/", review.history, name="history"),
    path("completeness/", progress.show, name="completeness"),
    path("revisions/", review.revisions, name="revisions"),
    path("revisions/<int:pk>/", review.decide, name="decide"),
    path("export/", exports.show_export, name="export"),
    path("<int:pk>/workbook/", workbook.show_workbook, name="workbook"),
    path("<int:pk>/workbook/download/", workbook.download_workbook, name="workbook-download"),
    path("<int:pk>/workbook/annotated/", workbook.download_annotated, name="workbook-annotated"),
    path("<int:pk>/workbook/<str:token>/", workbook.confirm_workbook, name="workbook-confirm"),
    path("<int:pk>/workbook/<str:token>/marked/", workbook.download_marked, name="workbook-marked"),
]
