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
from gongmai.monitor.filing.models import HeldUpload, Return, Version

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


def saved(book):
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
    return content


def upload(client, filing, book, name="报表.xlsx", **headers):
    return client.post(url(filing), {"workbook": SimpleUploadedFile(name, saved(book))}, headers=headers)


def confirm(client, filing, choice="all", revision="", **headers):
    address = reverse("filing:workbook-confirm", args=[filing.pk, HeldUpload.objects.latest("pk").token])
    return client.post(address, {"choice": choice, "revision": revision}, headers=headers)


def test_the_workbook_comes_with_last_years_figures_and_kinds(client, filing):
    book = download(client, filing)
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows() if row[0].value}
    assert [cell.value for cell in rows["工业总产值"]][5:7] == [900, 5000]
    products = book["主要产品产销量与价格"]
    assert [cell.value for cell in products[10]][:6] == [1, "胶合板", products["C10"].value, None, None, 7]


def test_an_upload_first_says_what_would_change_and_writes_nothing(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"], book.worksheets[0]["E11"] = "1,000", 6000
    response = upload(client, filing, book)
    assert response.status_code == 200
    assert "1000" in response.content.decode()
    filing.refresh_from_db()
    assert (filing.draft, filing.draft_revision) == ({}, 0)
    assert HeldUpload.objects.get().name == "报表.xlsx"
    assert "upload-preview" in client.get(url(filing)).content.decode()


def test_confirmed_figures_go_into_the_draft_and_into_the_trail(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"], book.worksheets[0]["E11"] = "1,000", 6000
    upload(client, filing, book)
    assert confirm(client, filing).status_code == 200
    filing.refresh_from_db()
    assert filing.draft["cells"]["output"] == 1000
    assert filing.draft["cells"]["output__ytd"] == 6000
    assert filing.draft["lines"]["products"] == [{"product": "plywood", "quantity__base": 7.0}]
    assert Entry.objects.filter(action="return.upload", object_id=str(filing.pk)).count() == 1


def test_a_double_click_takes_a_file_once_and_answers_the_same(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"] = 5
    upload(client, filing, book)
    first, second = confirm(client, filing), confirm(client, filing)
    assert (first.status_code, second.status_code) == (200, 200)
    filing.refresh_from_db()
    assert filing.draft_revision == 1
    assert Entry.objects.filter(action="return.upload").count() == 1


def test_a_file_with_a_wrong_figure_is_taken_as_a_whole_or_by_its_good_boxes_as_its_sender_says(
    client, filing
):
    book = download(client, filing)
    book.worksheets[0]["D11"], book.worksheets[0]["E11"] = "一千", 6000
    products = book["主要产品产销量与价格"]
    products["D10"], products["B11"], products["D11"] = 3, "月饼", 4
    page = upload(client, filing, book).content.decode()
    assert "一千" in page
    assert "月饼" in page
    assert confirm(client, filing, "all").status_code == 422
    filing.refresh_from_db()
    assert filing.draft == {}
    assert confirm(client, filing, "good").status_code == 200
    filing.refresh_from_db()
    assert "output" not in filing.draft["cells"]
    assert filing.draft["cells"]["output__ytd"] == 6000
    assert filing.draft["typed"] == {}
    assert filing.draft["lines"]["products"] == [
        {"product": "plywood", "quantity__base": 7.0, "quantity": 3.0}
    ]


def test_the_own_file_comes_back_with_notes_in_its_own_layout(client, filing):
    book = download(client, filing)
    book.worksheets[0].title = "我的名字"
    book.worksheets[0]["D11"], book.worksheets[0]["E11"] = "一千", 6000
    book.worksheets[0].insert_rows(8, 2)
    upload(client, filing, book, "六月.xlsx")
    address = reverse("filing:workbook-marked", args=[filing.pk, HeldUpload.objects.get().token])
    response = client.get(address)
    assert "%E5%85%AD%E6%9C%88" in response["Content-Disposition"]
    marked = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cell = marked["我的名字"]["D13"]
    assert cell.value == "一千"
    assert "not_a_number" in cell.comment.text
    assert any(row[1].value == "我的名字 D13" for row in marked.worksheets[0].iter_rows(min_row=3))
    stranger = person("enterprise", "enterprise", str(enterprise("91371300MA3ABCDE2X", "别家", "U2").pk))
    assert stranger.get(address).status_code == 403


def test_a_dropped_or_expired_upload_is_gone(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"] = 5
    upload(client, filing, book)
    assert confirm(client, filing, "drop").status_code == 200
    assert not HeldUpload.objects.exists()
    upload(client, filing, book)
    HeldUpload.objects.update(expires_at="2023-07-05T00:00:00Z")
    assert confirm(client, filing).status_code == 422
    assert "upload-preview" not in client.get(url(filing)).content.decode()
    upload(client, filing, book)
    assert HeldUpload.objects.count() == 1


def test_nobody_else_confirms_an_upload_not_even_of_the_same_firm(client, filing, firm):
    book = download(client, filing)
    book.worksheets[0]["D11"] = 5
    upload(client, filing, book)
    colleague = User.objects.create(username="colleague")
    Grant.objects.create(user=colleague, role="enterprise", scope_kind="enterprise", scope_value=str(firm.pk))
    other = Client()
    other.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert confirm(other, filing).status_code == 422
    filing.refresh_from_db()
    assert filing.draft == {}


def test_only_boxes_that_were_sent_back_are_taken(client, filing):
    base = {"output": 10, "output__ytd": 20, "sales": 5}
    book = download(client, filing)
    submitted(filing, base)
    Return.objects.filter(pk=filing.pk).update(
        state="returned", versions_count=1, draft={},
        asked_boxes={"open": ["output"], "reasons": {"output": "请核实"}, "due": None},
    )  # fmt: skip
    sheet = book.worksheets[0]
    sheet["D11"], sheet["E11"] = 11, 21
    page = upload(client, filing, book).content.decode()
    assert "只能修改被退回的数据" in page or "box_closed" in page
    assert confirm(client, filing, "good").status_code == 200
    filing.refresh_from_db()
    assert (filing.draft["cells"]["output"], filing.draft["cells"]["output__ytd"]) == (11, 20)


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
    assert not HeldUpload.objects.exists()


def test_under_another_unit_nothing_of_the_row_is_taken(client, filing):
    book = download(client, filing)
    sheet = book.worksheets[0]
    sheet["C11"], sheet["D11"], sheet["E11"], sheet["D12"] = "万元", 100, 200, 7
    assert "万元" in upload(client, filing, book).content.decode()
    assert confirm(client, filing, "all").status_code == 422
    assert confirm(client, filing, "good").status_code == 200
    filing.refresh_from_db()
    assert "output" not in filing.draft["cells"]
    assert "output__ytd" not in filing.draft["cells"]
    assert 7 in filing.draft["cells"].values()


def test_a_draft_changed_since_the_preview_is_not_written_over(client, filing):
    book = download(client, filing)
    book.worksheets[0]["D11"] = 5
    upload(client, filing, book)
    Return.objects.filter(pk=filing.pk).update(draft_revision=4)
    assert confirm(client, filing, revision="3").status_code == 409
    assert confirm(client, filing, revision="4").status_code == 200


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
