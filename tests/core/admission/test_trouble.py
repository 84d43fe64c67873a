"""Trouble with the database or the disk is said as such, in a page or in JSON; our own mistakes are not."""

import errno

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import Client, override_settings
from django.urls import path

from gongmai.config import urls
from gongmai.config.api import api
from gongmai.core.admission.views.trouble import find_trouble

raised: list[Exception] = []


@login_not_required
def fail(request):
    raise raised[0]


urlpatterns = [path("fail/", fail), path("api/v1/fail", fail), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.fixture
def browser(db) -> Client:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class DiskFullError(Exception):
    sqlstate = "53100"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("database is locked"), 503),
        (InterfaceError("connection already closed"), 503),
        (OperationalError("database or disk is full"), 507),
        (caused(OperationalError("could not extend file"), DiskFullError()), 507),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (DataError("value too long"), 500),
        (ValueError("our mistake"), 500),
        (OSError(errno.ENOENT, "no such file"), 500),
    ],
)
def test_the_status_follows_the_cause(browser: Client, error: Exception, status: int) -> None:
    raised[:] = [error]
    with override_settings(LOGGING_CONFIG=None):
        page = browser.get("/fail/", follow=False)
        data = browser.get("/api/v1/fail", headers={"Accept-Language": "en"})
    assert page.status_code == data.status_code == status
    if status != 500:
        assert int(page["Retry-After"]) > 0
        assert "<h1>" in page.content.decode()
        assert data.json()["code"] in {"database_away", "storage_full"}


def test_a_database_that_is_gone_answers_every_page_with_503(browser: Client, monkeypatch) -> None:
    browser.cookies["sessionid"] = "anything"

    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        page = browser.get("/returns/tasks/")
        data = browser.get("/api/v1/returns/", headers={"Authorization": "Bearer x"})
    assert page.status_code == data.status_code == 503


def test_a_cause_that_is_its_own_cause_ends() -> None:
    error = ValueError("x")
    error.__cause__ = caused(ValueError("y"), error)
    assert find_trouble(error) is None
    assert api.title == "Gongmai"
