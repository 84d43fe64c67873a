"""Where a person lands after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """The landing page of the person's role."""
    return render(request, "home/home.html", {})
