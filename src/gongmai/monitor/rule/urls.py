"""Addresses of the rules' pages."""

from django.urls import URLPattern, path

from gongmai.monitor.rule.views.catalogue import count, parameters, rule_list, show
from gongmai.monitor.rule.views.editor import check_typed, edit, edit_value, offered
from gongmai.monitor.rule.views.evidence import evidence
from gongmai.monitor.rule.views.trial import thresholds, try_rule, try_written
from gongmai.monitor.rule.views.versions import move_on, version

app_name = "rule"
urlpatterns: list[URLPattern] = [
    path("", rule_list, name="list"),
    path("count", count, name="count"),
    path("check", check_typed, name="check"),
    path("words", offered, name="words"),
    path("evidence", evidence, name="evidence"),
    path("parameters", parameters, name="parameters"),
    path("parameters/<slug:code>", edit_value, name="edit-value"),
    path("versions/<int:pk>", version, name="version"),
    path("versions/<int:pk>/move", move_on, name="move"),
    path("versions/<int:pk>/trial", try_written, name="try-version"),
    path("code/<slug:code>", show, name="show"),
    path("code/<slug:code>/edit", edit, name="edit"),
    path("code/<slug:code>/trial", try_rule, name="try"),
    path("code/<slug:code>/thresholds", thresholds, name="thresholds"),
]
