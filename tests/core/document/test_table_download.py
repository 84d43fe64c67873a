"""Tables leave as typed Excel or safe CSV; firm-level ones leave a line in the trail."""

import csv
import tracemalloc
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from gongmai.adapters.workbook_stream import stream_tables
from gongmai.core.access.types import Actor
from gongmai.core.audit.models import Entry
from gongmai.core.document.actions import table_response, wanted_format, write_csv
from gongmai.core.document.rules.text import clean_file_name, clean_sheet_name, clean_text, quote_for_csv
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
    return BytesIO(b"".join(adapter("workbook_writer").stream([table])))


def body(response):
    return b"".join(response.streaming_content)


def request_for(query=""):
    request = RequestFactory().get(f"/list/?{query}")
    request.actor = Actor(user_id=7, name="王")
    return request


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_is_never_a_formula_in_excel(text):
    target = write(make_table([[text, 1, 2, 0.1, None, None]]))
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
    sheet = openpyxl.load_workbook(write(make_table([row]))).active
    cells = [cell.value for cell in sheet[7]]
    assert cells == ["沂蒙", -5, 12.5, -0.104, MIDNIGHT, NINE]
    assert [cell.number_format for cell in sheet[7]] == [
        "@", "#,##0", "#,##0", "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm",
    ]  # fmt: skip


def test_headers_are_merged_by_group_frozen_and_filtered():
    sheet = openpyxl.load_workbook(write(make_table([["a", 1, 2, 0.1, None, None]]))).active
    assert sorted(str(area) for area in sheet.merged_cells.ranges) == ["B4:D4", "B5:C5"]
    assert sheet["B4"].value == "工业总产值"
    assert sheet["B5"].value == "本年"
    assert [cell.value for cell in sheet[6]][:3] == ["企业名称", "本月", "1—本月"]
    assert sheet.freeze_panes == "B7"
    assert sheet.auto_filter.ref == "A6:F7"


def test_unknown_and_endless_numbers_stay_empty():
    sheet = openpyxl.load_workbook(
        write(make_table([["a", None, float("nan"), float("inf"), None, None]]))
    ).active
    assert [cell.value for cell in sheet[7]] == ["a", None, None, None, None, None]


def test_rows_may_be_mappings_and_generators_and_are_counted():
    target = write(make_table({"name": str(number), "output": number} for number in range(2500)))
    sheet = openpyxl.load_workbook(target).active
    assert sheet.max_row == 2506
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


def test_a_table_with_more_rows_than_a_sheet_goes_on_on_the_next():
    rows = [[str(number), number, None, None, None, None] for number in range(25)]
    pieces = stream_tables([make_table(rows), Table("乙", (Column("a", "甲"),), [["x"]])], max_rows=16)
    book = openpyxl.load_workbook(BytesIO(b"".join(pieces)))
    assert book.sheetnames == ["工业总产值 2023-06", "工业总产值 2023-06 2", "工业总产值 2023-06 3", "乙"]
    names = [sheet.cell(row, 1).value for sheet in book.worksheets[:3] for row in range(7, sheet.max_row + 1)]
    assert names == [str(number) for number in range(25)]
    assert all(sheet["A6"].value == "企业名称" for sheet in book.worksheets[:3])


def test_the_first_bytes_leave_before_the_last_row_is_read_and_memory_does_not_grow():
    read = []

    def rows():
        for number in range(60_000):
            read.append(number) if number % 1000 == 0 else None
            yield [f"企业{number}", number, number * 7919, 0.1, None, None]

    pieces = adapter("workbook_writer").stream([make_table(rows())])
    next(pieces)
    assert len(read) < 30
    tracemalloc.start()
    size = sum(map(len, pieces))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 500_000
    assert peak < 8 * 1024 * 1024


@settings(max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(["=", "+", "-", "@", "\t", "＝", "  ="]).flatmap(
                lambda start: st.text(max_size=12).map(lambda rest: start + rest)
            ),
            st.integers(-(10**15), 10**15),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_was_written_is_read_back_by_type_and_never_as_a_formula(values):
    columns = [Column(f"c{number}", f"列{number}") for number in range(len(values))]
    sheet = openpyxl.load_workbook(write(Table("表", columns, [values]))).active
    for cell, value in zip(sheet[3], values, strict=False):
        assert cell.data_type != "f"
        if isinstance(value, str):
            assert (cell.value or "") == clean_text(value).replace("\r", "\n")
        else:
            assert cell.data_type == "n"
            assert cell.value == value
    text = b"".join(write_csv(Table("表", columns, [values]))).decode("utf-8-sig")
    fields = list(csv.reader(StringIO(text, newline="")))[1]
    for field, value in zip(fields, values, strict=True):
        if isinstance(value, str):
            assert not field.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        else:
            assert float(field) == value
