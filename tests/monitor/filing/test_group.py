"""A group's headquarters files for all its firms with one workbook."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongmai.core.access.models import Grant, User
from gongmai.core.access.types import SYSTEM
from gongmai.core.registry.models import City, Code
from gongmai.monitor.filing.actions.periods import open_period
from gongmai.monitor.filing.models import HeldUpload, Return, Version
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_day")]
CODES = ["91371302MA3DEMX00D", "91350100M000100Y43", "11370881004339597L"]
ADDRESS = {"form": "monthly", "period": "2023-04"}


@pytest.fixture
def firms():
    City.objects.create(code="371300", label_zh="城", label_en="C", bureau_zh="局", bureau_en="B")
    Code.objects.create(
        list="industry", code="1311", label_zh="稻谷加工", valid_from="2017-01-01", extra={"level": "class"}
    )
    found = [firm(code, f"集团{number}厂") for number, code in enumerate(CODES)]
    open_period(SYSTEM, "monthly", APRIL)
    return found


@pytest.fixture
def client(firms):
    return member("group", firms[:2])


def member(name, firms):
    user = User.objects.create(username=name)
    for each in firms:
        Grant.objects.create(user=user, role="enterprise", scope_kind="enterprise", scope_value=str(each.pk))
    found = Client()
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def address(name, **more):
    return reverse(f"filing:{name}", kwargs=ADDRESS | more)


def download(client):
    response = client.get(address("group-download"))
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def fill(book, rows):
    """Write figures: credit code -> head cells; each firm gets the one line."""
    head, lines = book.worksheets[0], book.worksheets[1]
    keys = {cell.value: cell.column for cell in head[5]}
    for row in range(6, head.max_row + 1):
        for key, value in rows.get(head.cell(row, 1).value, {}).items():
            if key in keys:
                head.cell(row, keys[key]).value = value
    line_keys = {cell.value: cell.column for cell in lines[5]}
    for row, code in enumerate(rows, 6):
        lines.cell(row, 1).value = code
        for key, value in LINE.items():
            lines.cell(row, line_keys[key]).value = value
    return book


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(client, book, name="集团.xlsx"):
    content = book if isinstance(book, bytes) else saved(book)
    return client.post(address("group"), {"workbook": SimpleUploadedFile(name, content)})


def confirm(client, **post):
    return client.post(address("group-confirm", token=HeldUpload.objects.latest("pk").token), post)


def state(code):
    return Return.objects.get(enterprise__credit_code=code, form="monthly").state


def test_the_workbook_holds_the_own_firms_and_no_other(client):
    book = download(client)
    head = book.worksheets[0]
    assert [head.cell(row, 1).value for row in (6, 7, 8)] == [*sorted(CODES[:2]), None]
    assert {"credit_code", "name", "output", "output__ytd"} <= {cell.value for cell in head[5]}
    assert head.merged_cells.ranges
    assert head.protection.sheet
    assert client.get(reverse("filing:group-list")).status_code == 200


def test_good_firms_are_submitted_and_nothing_is_written_before_the_word(client):
    book = fill(download(client), dict.fromkeys(CODES[:2], GOOD))
    page = upload(client, book)
    assert page.status_code == 200, page.content.decode()
    assert not Version.objects.exists()
    assert "group-preview" in client.get(address("group")).content.decode()
    answer = confirm(client, choice="good")
    assert answer.status_code == 200
    assert "group-done" in answer.content.decode()
    verdicts = HeldUpload.objects.get().outcome
    assert set(verdicts) == set(CODES[:2])
    assert set(verdicts.values()) <= {"submitted", "draft"}
    before = Version.objects.count(), list(Return.objects.order_by("pk").values_list("draft_revision"))
    confirm(client, choice="good")
    assert before == (
        Version.objects.count(),
        list(Return.objects.order_by("pk").values_list("draft_revision")),
    )


def written():
    return Version.objects.count(), list(Return.objects.order_by("pk").values_list("pk", "draft_revision"))


def test_with_one_wrong_firm_all_or_nothing_is_nothing_and_good_is_the_other(client):
    rows = {CODES[0]: GOOD, CODES[1]: {**GOOD, "sales": "九百"}}
    upload(client, fill(download(client), rows))
    assert confirm(client, choice="all").status_code == 422
    assert not Version.objects.exists()
    assert not Return.objects.exclude(draft={}).exists()
    assert confirm(client, choice="good").status_code == 200
    outcome = HeldUpload.objects.get().outcome
    assert outcome[CODES[1]] == "refused"
    assert outcome[CODES[0]] in {"submitted", "draft"}
    other = Return.objects.get(enterprise__credit_code=CODES[1], form="monthly")
    assert (other.draft, other.versions_count) == ({}, 0)


def test_explanations_in_the_annotated_file_are_read_back(client):
    rows = {code: {**GOOD, "output__base": 90, "output__ytd_base": 360} for code in CODES[:1]}
    upload(client, fill(download(client), rows))
    token = HeldUpload.objects.latest("pk").token
    marked = client.get(address("group-marked", token=token))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content)))
    listed = book.worksheets[0]
    header = [cell.value for cell in listed[2]]
    questions = [row for row in range(3, listed.max_row + 1) if listed.cell(row, 7).value == "V1_growth"]
    assert questions
    for row in questions:
        listed.cell(row, len(header)).value = "新厂区投产,订单增加。"
    assert "group-preview" in upload(client, book).content.decode()
    confirm(client, choice="good", unexplained="refuse")
    filing = Return.objects.get(enterprise__credit_code=CODES[0], form="monthly")
    assert HeldUpload.objects.latest("pk").outcome[CODES[0]] == "submitted"
    assert "新厂区投产" in Version.objects.get(filing=filing).explanations


def test_a_question_without_an_answer_keeps_a_return_back_as_its_sender_says(client):
    rows = {CODES[0]: {**GOOD, "output__base": 90, "output__ytd_base": 360}}
    upload(client, fill(download(client), rows))
    confirm(client, choice="good", unexplained="refuse")
    assert HeldUpload.objects.latest("pk").outcome[CODES[0]] == "refused"
    filing = Return.objects.get(enterprise__credit_code=CODES[0], form="monthly")
    assert filing.draft == {}
    upload(client, fill(download(client), rows))
    confirm(client, choice="good", unexplained="draft")
    filing.refresh_from_db()
    assert filing.draft["cells"]["output"] == 1000
    assert filing.state == "draft"


def test_a_firm_of_others_is_refused_unseen(client, firms):
    stranger = member("other", firms[2:])
    book = fill(download(client), {CODES[0]: GOOD})
    page = upload(stranger, book).content.decode()
    assert "集团0厂" not in page
    assert confirm(stranger, choice="good").status_code in {200, 422}
    assert not Version.objects.exists()
    assert client.get(address("group-marked", token=HeldUpload.objects.get().token)).status_code == 422


def test_returns_that_moved_since_the_preview_stop_the_file(client):
    upload(client, fill(download(client), dict.fromkeys(CODES[:2], GOOD)))
    Return.objects.filter(form="monthly").update(draft_revision=7)
    assert confirm(client, choice="good", seen="2.0").status_code == 409
    assert not Version.objects.exists()


def test_another_file_is_told_as_such_and_not_kept(client):
    assert upload(client, saved(openpyxl.Workbook())).status_code == 422
    assert upload(client, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls").status_code == 422
    assert not HeldUpload.objects.exists()


def test_the_api_checks_and_takes_the_same_file(client):
    content = saved(fill(download(client), dict.fromkeys(CODES[:2], GOOD)))
    client.get(reverse("filing:group-list"))

    def send(**given):
        return client.post(
            "/api/v1/returns/group/monthly/2023-04",
            {"workbook": SimpleUploadedFile("a.xlsx", content), **given},
        )

    checked = send().json()
    assert (checked["taken"], len(checked["firms"])) == (False, 2)
    assert not HeldUpload.objects.exists()
    taken = send(choice="good").json()
    assert taken["taken"]
    assert Version.objects.count() + Return.objects.exclude(draft={}).count() == 2
