"""A return leaves as a workbook in the official layout and comes back with the same figures."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongmai.core.document.queries import read_upload
from gongmai.core.period.types import Period
from gongmai.core.ports import adapter
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.rules.workbook.drawing import draw_return
from gongmai.monitor.filing.rules.workbook.layout import Occasion, Option, Remark, head_rows, open_cells
from gongmai.monitor.filing.rules.workbook.reading import read_return
from gongmai.monitor.filing.types import Content, FilingError, Severity

CREDIT_CODE = "91371300MA3ABCDE1X"
WORDS = {"return": "填报表", "findings": "审核结果", "letter_a": "甲", "letter_b": "乙", "letter_c": "丙"}
UNITS = {"kcny": "千元", "mwh10": "万千瓦时", "person": "人", "tce": "吨标准煤"}
OPTIONS = {
    "output_lines": [Option("2021", "2021 胶合板制造", "", ("胶合板制造",)), Option("1351", "1351 牲畜屠宰")],
    "products": [Option("plywood", "胶合板", "立方米"), Option("steel", "=钢材", "吨")],
    "materials": [Option("log", "原木", "立方米"), Option("scrap", "废钢", "吨")],
    "energy_lines": [Option("coal", "原煤", "吨"), Option("power", "电力", "万千瓦时")],
}


def occasion(form="monthly", period="2023-06", **more):
    return Occasion(
        forms()[form], Period.parse(period), CREDIT_CODE, "沂蒙木业有限公司",
        words=WORDS, units=UNITS, options=OPTIONS, **more,
    )  # fmt: skip


def draw(case, content, remarks=()):
    target = io.BytesIO()
    adapter("workbook_writer").draw(draw_return(case, content, remarks), target)
    return target.getvalue()


def read(case, data):
    return read_return(case, read_upload("a.xlsx", data))


def edit(data, change):
    """Change a workbook as a person would: open, edit, save."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:  # a person's program stores the results of formulas
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = None
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def known(cells):
    return {key: value for key, value in cells.items() if value is not None}


def place_of(sheet, text):
    return next(cell for row in sheet.iter_rows() for cell in row if str(cell.value or "").strip() == text)


def value_of(column):
    if column.kind == "choice":
        return st.sampled_from(sorted(column.choices))
    if column.kind == "text":
        return st.text("天气=+-@,。ab1", min_size=1, max_size=20).map(str.strip).filter(bool)
    low = 0 if column.non_negative else -(10**12)
    numbers = st.integers(low, 10**12)
    return numbers if column.decimals == 0 else numbers.map(lambda n: n / 10**column.decimals)


@st.composite
def contents(draw_value, case):
    def some(cells):
        return {c.key: draw_value(value_of(c.column)) for c in cells if draw_value(st.booleans())}

    lines = {}
    for table in case.form.tables:
        cells = [cell for cell in table.cells if cell.exists_in(case.period)]
        codes = draw_value(st.lists(st.sampled_from([o.code for o in OPTIONS[table.code]]), unique=True))
        lines[table.code] = [{table.key: code} | some(cells) for code in codes]
    return Content(cells=some(open_cells(case)), lines=lines)


CASES = [("monthly", "2023-06"), ("monthly", "2023-02"), ("finance", "2023-06"), ("energy", "2023-02")]


@pytest.mark.parametrize(("form", "period"), CASES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_is_read_back(form, period, data):
    case = occasion(form, period)
    content = data.draw(contents(case))
    uploaded = read(case, draw(case, content))
    assert uploaded.findings == []
    assert known(uploaded.content.cells) == content.cells
    assert uploaded.content.lines == content.lines
    assert set(uploaded.content.cells) == {cell.key for cell in open_cells(case)}


def test_the_annotated_workbook_shows_what_was_found_and_is_read_again():
    case = occasion()
    content = Content(
        cells={"output": 5000, "sales": "五千"}, lines={"products": [{"product": "plywood", "price": 3.5}]}
    )
    remarks = [
        Remark(Severity.BLOCKING, "H4", "合计不等", "请核对", "output", value=5000),
        Remark(Severity.EXPLANATORY, "V3", "=单位?", "", "output", value=5000),
        Remark(Severity.EXPLANATORY, "V9", "价格异常", "", "price", "products", 0, 3.5),
        Remark(Severity.BLOCKING, "H0", "缺少行业", "", "output_lines"),
    ]
    data = draw(case, content, remarks)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[0] == "审核结果"
    assert [cell.value for cell in book.worksheets[0][3]][:4] == [1, "填报表 D11", "工业总产值", 5000]
    assert book.worksheets[0]["B6"].value == "工业总产值按行业小类分 B10"
    box = book["填报表"]["D11"]
    assert "合计不等" in box.comment.text
    assert "=单位?" in box.comment.text
    assert box.fill.start_color.rgb == "FFFBD5D5"
    assert book["主要产品产销量与价格"]["L10"].comment is not None
    uploaded = read(case, data)
    assert uploaded.content.cells["output"] == 5000
    assert [(f.rule, f.cell, f.value) for f in uploaded.findings] == [("not_a_number", "sales", "五千")]
    assert uploaded.raw.cells["sales"] == "五千"


def test_the_form_carries_the_header_of_a_legal_survey_form():
    sheet = openpyxl.load_workbook(io.BytesIO(draw(occasion(), Content())))["填报表"]
    text = "\n".join(str(cell.value) for row in sheet["A1:H6"] for cell in row if cell.value)
    for fact in ("工业企业生产经营月报表", "工信直报101表", "示例统批", "2027-12-31", CREDIT_CODE, "2023-06"):
        assert fact in text


def test_only_boxes_to_be_filled_in_are_open_and_lists_are_hidden():
    case = occasion(period="2023-02", locked=frozenset({"output__ytd_base"}))
    book = openpyxl.load_workbook(io.BytesIO(draw(case, Content(cells={"output__ytd_base": 7}))))
    sheet = book["填报表"]
    assert sheet.protection.sheet
    row = place_of(sheet, "工业总产值").row
    assert [sheet.cell(row, column).protection.locked for column in range(1, 9)] == [
        True, True, True, True, False, True, True, True,
    ]  # fmt: skip
    assert {name for name in book.sheetnames if book[name].sheet_state == "hidden"} == {"_lists", "_return"}
    sources = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(sources) == 1


def test_a_sheet_that_was_moved_and_filled_in_with_text_is_understood():
    case = occasion()

    def change(book):
        sheet = book["填报表"]
        row = place_of(sheet, "工业总产值").row
        sheet.cell(row, 4).value = " 1,234,567 "
        sheet.cell(row, 5).value = "1234"
        sheet.cell(row, 6).value = 12.000000000001
        sheet.insert_rows(row - 4, 3)
        sheet.insert_cols(1)
        sheet.title = "Sheet1"
        lines = book["工业总产值按行业小类分"]
        lines["B12"].value = "2021"
        lines["D12"].value = 5
        lines["B15"].value = "胶合板制造"

    uploaded = read(case, edit(draw(case, Content()), change))
    assert uploaded.findings == []
    assert known(uploaded.content.cells) == {"output": 1234567, "output__ytd": 1234, "output__base": 12}
    assert uploaded.content.lines["output_lines"] == [{"industry": "2021", "output": 5}, {"industry": "2021"}]


def test_rows_in_another_order_go_to_the_right_items():
    case = occasion()

    def change(book):
        sheet = book["填报表"]
        first, second = place_of(sheet, "工业总产值").row, place_of(sheet, "工业销售产值").row
        for column in range(1, 8):
            one, other = sheet.cell(first, column), sheet.cell(second, column)
            one.value, other.value = other.value, one.value

    data = draw(case, Content(cells={"output": 10, "sales": 20}))
    assert known(read(case, edit(data, change)).content.cells) == {"output": 10, "sales": 20}


def test_another_unit_written_over_the_printed_one_is_found():
    def change(book):
        sheet = book["填报表"]
        sheet.cell(place_of(sheet, "工业总产值").row, 3).value = "万元"

    case = occasion()
    findings = read(case, edit(draw(case, Content()), change)).findings
    assert [(f.rule, f.cell, f.value, f.params) for f in findings] == [
        ("unit_changed", "output", "万元", {"text": "万元", "unit": "千元"})
    ]


def test_lines_without_a_kind_or_with_an_unknown_one_are_found():
    def change(book):
        sheet = book["主要产品产销量与价格"]
        sheet["D10"].value = 5
        sheet["B11"].value = "月饼"

    case = occasion()
    uploaded = read(case, edit(draw(case, Content()), change))
    assert [(f.rule, f.line, f.value) for f in uploaded.findings] == [
        ("kind_missing", 0, None),
        ("kind_unknown", 1, "月饼"),
    ]


def test_a_deleted_row_is_found_and_a_month_that_does_not_exist_is_refused():
    case = occasion(period="2023-02")

    def change(book):
        sheet = book["填报表"]
        sheet.cell(place_of(sheet, "工业总产值").row, 4).value = 3
        sheet.delete_rows(place_of(sheet, "工业销售产值").row)

    findings = read(case, edit(draw(case, Content()), change)).findings
    assert {(f.rule, f.cell) for f in findings} == {("row_missing", "sales__ytd"), ("box_absent", "output")}


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (occasion("finance"), "workbook_other_form"),
        (occasion(period="2023-05"), "workbook_other_period"),
        (Occasion(forms()["monthly"], Period(2023, 6), "913713000000000000", "别家"), "workbook_other_firm"),
    ],
)
def test_the_workbook_of_another_firm_form_or_period_is_refused(other, code):
    with pytest.raises(FilingError) as refused:
        read(other, draw(occasion(), Content()))
    assert refused.value.code == code


def test_without_the_hidden_page_the_printed_header_decides():
    case = occasion()

    def change(book):
        del book["_return"]

    data = edit(draw(case, Content(cells={"output": 10})), change)
    assert read(case, data).content.cells["output"] == 10
    with pytest.raises(FilingError):
        read(occasion(period="2023-05"), data)


def test_a_workbook_of_something_else_is_not_ours():
    book = openpyxl.Workbook()
    book.active["A1"] = f"{CREDIT_CODE} 2023-06 工信直报101表"
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(FilingError) as refused:
        read(occasion(), target.getvalue())
    assert refused.value.code == "workbook_not_ours"


def test_every_item_has_a_code_of_its_own():
    for form in forms().values():
        codes = [row.code for row in head_rows(form, "en") if row.column]
        assert len(set(codes)) == len(codes)


def test_figures_as_people_type_them_are_understood():
    typed = {
        "output": "'１，２３４，５６７", "output__ytd": "\xa01,234\u3000", "output__base": "12 千元",
        "output__ytd_base": "3,456(千元)", "sales": "\u201999", "sales__ytd": "（5）", "sales__base": "—",
    }  # fmt: skip

    def change(book):
        sheet = book["填报表"]
        for number, text in enumerate(list(typed.values())[:4]):
            sheet.cell(place_of(sheet, "工业总产值").row, 4 + number).value = text
        for number, text in enumerate(list(typed.values())[4:]):
            sheet.cell(place_of(sheet, "工业销售产值").row, 4 + number).value = text

    case = occasion(unit_names={"kcny": ("千元", "thousand yuan")})
    uploaded = read(case, edit(draw(case, Content()), change))
    assert uploaded.findings == []
    assert known(uploaded.content.cells) == {
        "output": 1234567, "output__ytd": 1234, "output__base": 12, "output__ytd_base": 3456, "sales": 99,
        "sales__ytd": -5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "rule"), [("12万元", "unit_in_number"), ("12元", "unit_in_number"), ("5%", "unit_in_number")]
)
def test_another_unit_behind_a_figure_is_never_guessed_at(text, rule):
    def change(book):
        sheet = book["填报表"]
        sheet.cell(place_of(sheet, "工业总产值").row, 4).value = text

    case = occasion(unit_names={"kcny": ("千元", "thousand yuan")})
    assert [f.rule for f in read(case, edit(draw(case, Content()), change)).findings] == [rule]


def test_a_date_where_a_figure_belongs_is_told_as_such():
    def change(book):
        sheet = book["填报表"]
        sheet.cell(place_of(sheet, "工业总产值").row, 4).value = dt.datetime.fromisoformat("2023-06-01")

    case = occasion()
    assert [f.rule for f in read(case, edit(draw(case, Content()), change)).findings] == ["date_in_number"]


def test_moved_columns_are_known_by_their_numbers_and_told():
    case = occasion()

    def change(book):
        sheet = book["填报表"]
        for row in range(7, 40):  # the whole first column of figures goes to the far right
            sheet.cell(row, 12).value = sheet.cell(row, 4).value
        sheet.delete_cols(4)

    data = draw(case, Content(cells={"output": 10, "output__ytd": 20}))
    for merged in ("D7:G7",):
        assert merged
    uploaded = read(case, edit(data, unmerge(change)))
    assert uploaded.findings == []
    assert known(uploaded.content.cells) == {"output": 10, "output__ytd": 20}
    assert [note.code for note in uploaded.notes] == ["columns_moved"]


def unmerge(change):
    def run(book):
        for area in list(book["填报表"].merged_cells.ranges):
            book["填报表"].unmerge_cells(str(area))
        change(book)

    return run


def test_a_deleted_column_is_told_and_empties_nothing():
    case = occasion()
    data = draw(case, Content(cells={"output": 10, "output__ytd": 20}))
    uploaded = read(case, edit(data, unmerge(lambda book: book["填报表"].delete_cols(4))))
    assert [(f.rule, f.params["number"]) for f in uploaded.findings] == [("column_missing", 1)]
    assert "output" not in uploaded.raw.cells
    assert uploaded.raw.cells["output__ytd"] == 20


def test_a_missing_table_a_renamed_sheet_and_an_older_layout_are_told():
    def change(book):
        del book["主要产品产销量与价格"]
        book["填报表"].title = "新名"
        book["_return"]["B1"].value = "0"

    case = occasion()
    uploaded = read(case, edit(draw(case, Content(cells={"output": 1})), change))
    assert [(f.rule, f.table) for f in uploaded.findings] == [("page_missing", "products")]
    assert sorted(note.code for note in uploaded.notes) == ["other_layout", "sheet_renamed"]
    assert "products" not in uploaded.raw.lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("period", ["2023-06", "2023年6月", "2023/6/30"])
def test_the_first_sheet_saved_as_csv_is_read_and_the_tables_stay(encoding, period):
    case = occasion()
    book = openpyxl.load_workbook(io.BytesIO(draw(case, Content(cells={"output": 1234}))))
    rows = [
        ["" if cell.value is None else str(cell.value) for cell in row] for row in book["填报表"].iter_rows()
    ]
    target = io.StringIO()
    csv.writer(target).writerows([[cell.replace("2023-06", period) for cell in row] for row in rows])
    sheets = read_upload("报表.csv", target.getvalue().encode(encoding))
    uploaded = read_return(case, sheets, partial=True)
    assert uploaded.findings == []
    assert known(uploaded.content.cells) == {"output": 1234}
    assert uploaded.raw.lines == {}
    assert {note.code for note in uploaded.notes} == {"page_left"}


def test_where_single_boxes_came_back_only_those_are_unlocked():
    opened = frozenset({"output__ytd", "products.plywood.price"})
    lines = {"products": [{"product": "plywood", "price": 3.5}, {"product": "steel"}]}
    book = openpyxl.load_workbook(io.BytesIO(draw(occasion(opened=opened), Content(lines=lines))))
    free = {
        (sheet.title, cell.coordinate)
        for sheet in book
        if sheet.sheet_state == "visible"
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert free == {("填报表", "E11"), ("主要产品产销量与价格", "L10")}
