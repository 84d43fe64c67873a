"""Addresses of the rules' pages."""

app_name = "rule"
urlpatterns: list[object] = []
