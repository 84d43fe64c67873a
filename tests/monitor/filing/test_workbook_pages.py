"""A firm takes its return away as a workbook, brings it back, and gets the findings in the cells."""

import datetime as dt
import io

import openpyxl
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongmai.core.access.models import Grant, User
from gongmai.core.audit.models import Entry
from gongmai.core.document.views import LARGEST
from gongmai.core.registry.models import City, Code, Enterprise
from gongmai.monitor.filing.models import Return, Version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated_time")]
AT = dt.datetime(2023, 7, 6, tzinfo=dt.UTC)
CODE = "91371300MA3ABCDE1X"


def person(role, kind, value=""):
    user = User.objects.create(username=f"{role}{value}")
    Grant.objects.create(user=user, role=role, scope_kind=kind, scope_value=value)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def enterprise(code, name, unit):
    return Enterprise.objects.create(credit_code=code, name=name, region="371302", unit=unit, industry="2021")


def submitted(filing, cells, lines=None):
    Version.objects.create(
        filing=filing,
        number=1,
        cells=orjson.dumps(cells).decode(),
        lines=orjson.dumps(lines or {}).decode(),
        digest="x",
        source="page",
        submitted_at=AT,
    )


@pytest.fixture
def firm():
    City.objects.create(code="371300", label_zh="城", label_en="C", bureau_zh="局", bureau_en="B")
    Code.objects.create(
        list="product",
        code="plywood",
        label_zh="胶合板",
        valid_from="2017-01-01",
        extra={"unit_zh": "立方米"},
    )
    return enterprise(CODE, "沂蒙木业", "U1")


@pytest.fixture
def filing(firm):
    before = Return.objects.create(enterprise=firm, form="monthly", period=202206, versions_count=1)
    lines = {"products": [{"product": "plywood", "quantity": 7.0}]}
    submitted(before, {"output": 900, "output__ytd": 5000}, lines)
    return Return.objects.create(enterprise=firm, form="monthly", period=202306)


@pytest.fixture
def client(firm):
    return person("enterprise", "enterprise", str(firm.pk))


def url(filing, name="workbook"):
    return reverse(f"filing:{name}", args=[filing.pk])


def download(client, filing, name="workbook-download"):
    response = client.get(url(filing, name))
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def upload(client, filing, book, name="报表.xlsx", revision="", **headers):
    content = book
    if not isinstance(book, bytes):
        target = io.BytesIO()
        for sheet in book:  # a spreadsheet program stores the results of formulas
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        cell.value = None
        book.save(target)
        content = target.getvalue()
    return client.post(
        url(filing), {"workbook": SimpleUploadedFile(name, content), "revision": revision}, headers=headers
    )


def test_the_workbook_comes_with_last_years_figures_and_kinds(client, filing):
    book = download(client, filing)
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows() if row[0].value}
    assert [cell.value for cell in rows["工业总产值"]][5:7] == [900, 5000]
    products = book["主要产品产销量与价格"]
    assert [cell.value for cell in products[10]][:6] == [1, "胶合板", products["C10"].value, None, None, 7]


def test_figures_filled_in_come_back_into_the_draft_and_into_the_trail(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"], book.worksheets[0]["E11"] = "1,000", 6000
    response = upload(client, filing, book)
    assert response.status_code == 200
    filing.refresh_from_db()
    assert filing.draft["cells"]["output"] == 1000
    assert filing.draft["cells"]["output__ytd"] == 6000
    assert filing.draft["lines"]["products"] == [{"product": "plywood", "quantity__base": 7.0}]
    assert Entry.objects.filter(action="return.upload", object_id=str(filing.pk)).count() == 1


def test_what_cannot_be_read_is_kept_as_typed_and_marked_in_the_annotated_workbook(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"] = "一千"
    page = upload(client, filing, book).content.decode()
    assert "一千" in page
    annotated = download(client, filing, "workbook-annotated")
    cell = annotated.worksheets[1]["D11"]
    assert cell.value == "一千"
    assert cell.comment is not None
    assert annotated.worksheets[0].max_row > 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsm", b"PK\x03\x04"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.xlsx", b"x"),
        ("a.exe", b"MZ"),
    ],
)
def test_a_refused_file_is_explained_beside_the_field_and_changes_nothing(client, filing, name, content):
    Return.objects.filter(pk=filing.pk).update(draft={"cells": {"output": 5}}, draft_revision=3)
    response = upload(client, filing, content, name, **{"HX-Request": "true"})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    filing.refresh_from_db()
    assert (filing.draft, filing.draft_revision) == ({"cells": {"output": 5}}, 3)


def test_another_unit_over_the_printed_one_refuses_the_whole_file(client, filing):
    book = download(client, filing)
    book.worksheets[0]["C11"], book.worksheets[0]["D11"] = "万元", 100
    assert upload(client, filing, book).status_code == 422
    filing.refresh_from_db()
    assert filing.draft == {}


def test_a_draft_changed_elsewhere_is_not_written_over(client, filing):
    book = download(client, filing)
    Return.objects.filter(pk=filing.pk).update(draft_revision=4)
    assert upload(client, filing, book, revision="3").status_code == 422
    assert upload(client, filing, book, revision="4").status_code == 200


def test_a_return_that_was_submitted_takes_no_workbook(client, filing):
    book = download(client, filing)
    Return.objects.filter(pk=filing.pk).update(state="county")
    assert upload(client, filing, book).status_code == 422


def test_no_file_and_a_file_beyond_all_bounds_are_told_apart(client, filing):
    assert client.post(url(filing), {}).status_code == 422
    response = upload(client, filing, bytes(LARGEST + 1))
    assert response.status_code == 422
    assert "20 MB" in response.content.decode()


def test_only_the_firm_uploads_and_officers_read_what_was_submitted(client, filing, firm):
    other = enterprise("91371300MA3ABCDE2X", "别家", "U2")
    stranger = person("enterprise", "enterprise", str(other.pk))
    county, city = person("county", "unit", "U1"), person("city", "city")
    elsewhere = person("county", "unit", "U2")
    assert stranger.get(url(filing, "workbook-download")).status_code == 403
    assert elsewhere.get(url(filing, "workbook-download")).status_code == 403
    for officer in (county, city):
        assert officer.get(url(filing)).status_code == 403
        assert officer.post(url(filing)).status_code == 403
        assert officer.get(url(filing, "workbook-download")).status_code == 404
    Return.objects.filter(pk=filing.pk).update(versions_count=1, draft={"cells": {"output": 1}})
    submitted(filing, {"output": 77})
    assert download(county, filing).worksheets[0]["D11"].value == 77
    assert Entry.objects.filter(action="return.download").count() == 1


def test_the_page_shows_both_ways_in_both_languages(client, filing):
    page = client.get(url(filing)).content.decode()
    assert url(filing, "workbook-download") in page
    assert 'enctype="multipart/form-data"' in page
    client.cookies["gongmai_language"] = "en"
    assert "Download the workbook" in client.get(url(filing)).content.decode()
