"""Addresses of this module's pages."""

from django.urls import path

from gongmai.monitor.filing.views import (
    adjustments,
    beside,
    exports,
    fill,
    live,
    progress,
    ranking,
    review,
    show,
    tasks,
    workbook,
)

app_name = "filing"
urlpatterns = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("<int:pk>/", fill.fill, name="fill"),
    path("<int:pk>/save/", fill.save, name="save"),
    path("<int:pk>/check/", live.check, name="check"),
    path("<int:pk>/submit/", fill.submit, name="submit"),
    path("<int:pk>/ask-revision/", fill.ask_revision, name="ask-revision"),
    path("workbench/", review.workbench, name="workbench"),
    path("pass/", review.pass_chosen, name="pass"),
    path("first-look/", ranking.first_look, name="first-look"),
    path("first-look/pass/", ranking.pass_rest, name="pass-rest"),
    path("flags/", beside.flags, name="flags"),
    path("<int:pk>/review/", show.show, name="show"),
    path("<int:pk>/box/", show.box, name="box"),
    path("<int:pk>/look/", show.look, name="look"),
    path("<int:pk>/move/", show.move, name="move"),
    path("<int:pk>/talk/", beside.talk, name="talk"),
    path("<int:pk>/write/", beside.write, name="write"),
    path("<int:pk>/settle/", beside.settle, name="settle"),
    path("<int:pk>/mark/", beside.mark, name="mark"),
    path("<int:pk>/judge/", beside.judge, name="judge"),
    path("adjustments/", adjustments.adjustments, name="adjustments"),
    path("adjustments/<int:pk>/", adjustments.decide, name="adjustment-decide"),
    path("<int:pk>/adjust/", adjustments.propose, name="adjust"),
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
