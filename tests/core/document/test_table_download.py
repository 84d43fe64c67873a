"""Tables leave as typed Excel or safe CSV; firm-level ones leave a line in the trail."""

import csv
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Entry
from gongmai.core.document.actions import table_response, wanted_format, write_csv
from gongmai.core.document.rules.text import clean_file_name, clean_sheet_name, quote_for_csv
from gongmai.core.document.types import Column, Format, Kind, Table
from gongmai.core.ports import adapter

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "=cmd|' /C calc'!A0", " =1", "{=1}", "http://a.b"]
MIDNIGHT = datetime.combine(date(2023, 7, 6), datetime.min.time())
NINE = MIDNIGHT + timedelta(hours=9, minutes=30)
COLUMNS = (
    Column("name", "企业名称"),
    Column("output", "本月", Kind.INTEGER, groups=("工业总产值", "本年")),
    Column("output__ytd", "1—本月", Kind.INTEGER, groups=("工业总产值", "本年")),
    Column("growth", "增速", Kind.PERCENT, groups=("工业总产值",), digits=1),
    Column("on", "日期", Kind.DATE),
    Column("at", "时间", Kind.DATETIME),
)


def make_table(rows, **more):
    return Table("工业总产值 2023-06", COLUMNS, rows, notes=("单位:千元", "=note"), **more)


def write(table):
    target = BytesIO()
    rows = adapter("workbook_writer").write([table], target)
    return target, rows


def body(response):
    return b"".join(response.streaming_content)


def request_for(query=""):
    request = RequestFactory().get(f"/list/?{query}")
    request.actor = Actor(user_id=7, name="王")
    return request


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_is_never_a_formula_in_excel(text):
    target, _ = write(make_table([[text, 1, 2, 0.1, None, None]]))
    cell = openpyxl.load_workbook(target).active["A7"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    with ZipFile(target) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"hyperlink" not in content


def test_cells_keep_their_types_and_negative_numbers_stay_numbers():
    row = ["沂蒙", -5, Decimal("12.5"), -0.104, date(2023, 7, 6), NINE]
    sheet = openpyxl.load_workbook(write(make_table([row]))[0]).active
    cells = [cell.value for cell in sheet[7]]
    assert cells == ["沂蒙", -5, 12.5, -0.104, MIDNIGHT, NINE]
    assert [cell.number_format for cell in sheet[7]] == [
        "@", "#,##0", "#,##0", "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm",
    ]  # fmt: skip


def test_headers_are_merged_by_group_frozen_and_filtered():
    sheet = openpyxl.load_workbook(write(make_table([["a", 1, 2, 0.1, None, None]]))[0]).active
    assert sorted(str(area) for area in sheet.merged_cells.ranges) == ["B4:D4", "B5:C5"]
    assert sheet["B4"].value == "工业总产值"
    assert sheet["B5"].value == "本年"
    assert [cell.value for cell in sheet[6]][:3] == ["企业名称", "本月", "1—本月"]
    assert sheet.freeze_panes == "B7"
    assert sheet.auto_filter.ref == "A6:F7"


def test_unknown_and_endless_numbers_stay_empty():
    sheet = openpyxl.load_workbook(
        write(make_table([["a", None, float("nan"), float("inf"), None, None]]))[0]
    ).active
    assert [cell.value for cell in sheet[7]] == ["a", None, None, None, None, None]


def test_rows_may_be_mappings_and_generators_and_are_counted():
    target, rows = write(make_table({"name": str(number), "output": number} for number in range(2500)))
    sheet = openpyxl.load_workbook(target).active
    assert rows == 2500
    assert sheet.cell(2506, 2).value == 2499
    assert sheet.cell(2506, 3).value is None


@pytest.mark.parametrize("text", [text for text in HOSTILE if text not in {"{=1}", "http://a.b"}])
def test_csv_quotes_text_that_looks_like_a_formula(text):
    content = b"".join(write_csv(make_table([[text, -5, 2, -0.5, None, None]]))).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(content)))
    assert rows[1][0].startswith("'")
    assert rows[1][1:4] == ["-5", "2", "-0.5"]


def test_csv_begins_with_a_byte_order_mark_and_joins_the_header_groups():
    content = b"".join(write_csv(make_table([])))
    assert content.startswith("\ufeff".encode())
    assert content.decode("utf-8-sig").split("\r\n")[0].split(",")[1] == "工业总产值 本年 本月"


@given(st.text())
def test_any_text_can_be_written_and_names_are_always_safe(text):
    assert not quote_for_csv(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    name = clean_file_name(text, ".xlsx")
    assert name.endswith(".xlsx")
    assert len(name) <= 130
    assert not set(name) & set('\\/:*?"<>|\x00\n\u202e')
    sheet = clean_sheet_name(text, set())
    assert 1 <= len(sheet) <= 31
    write(Table(text, (Column("a", text),), [[text]], notes=(text,)))


def test_two_sheets_never_share_a_name():
    taken = set()
    names = [clean_sheet_name("表" * 40, taken) for _ in range(3)]
    assert len({name.casefold() for name in names}) == 3


def test_the_format_is_asked_for_in_the_address():
    assert wanted_format(request_for("format=xlsx")) is Format.XLSX
    assert wanted_format(request_for("format=exe")) is None
    assert wanted_format(request_for()) is None


def test_a_city_level_table_is_sent_with_its_chinese_name():
    response = table_response(
        request_for(), make_table([["a", 1, 2, 0.1, None, None]]), "产值/2023\n", "xlsx"
    )
    assert "filename*=utf-8''%E4%BA%A7%E5%80%BC_2023.xlsx" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert openpyxl.load_workbook(BytesIO(body(response))).active["A7"].value == "a"


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["xlsx", "csv"])
def test_a_firm_level_download_leaves_a_line_in_the_trail(wanted):
    table = make_table([["a", 1, 2, 0.1, None, None]], firm_level=True)
    response = table_response(request_for(f"format={wanted}&unit=x"), table, "企业", wanted)
    assert body(response)
    entry = Entry.objects.get()
    assert (entry.action, entry.actor_id, entry.object_id) == ("document.export", 7, "企业")
    assert "unit=x" in entry.payload


def test_a_hundred_thousand_cells_are_written_without_holding_them():
    rows = ([f"企业{number}", number, number, 0.1, None, None] for number in range(20_000))
    with tempfile.TemporaryFile() as target:
        assert adapter("workbook_writer").write([make_table(rows)], target) == 20_000
