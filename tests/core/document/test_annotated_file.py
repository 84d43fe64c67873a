"""A file comes back in its own layout with what was found written into its cells."""

from io import BytesIO

import openpyxl
import pytest
from openpyxl.styles import Font
from tests.specimens.hostile import billion_laughs, external_entity, million_rows

from gongmai.core.document.queries import annotate_upload
from gongmai.core.document.types import DEFAULT_LIMITS, FileRefused, ListedMark, Listing, Mark
from gongmai.core.ports import adapter

LISTING = Listing(
    "审核结果",
    ("序号", "位置", "问题"),
    [ListedMark([1, None, "=1+1 是文字"], "我的 表", 2, 1), ListedMark([2, None, "整张表"])],
    (6, 20, 60),
)
MARKS = [
    Mark("我的 表", 2, 1, "=不是数字"),
    Mark("我的 表", 2, 1, "再一条", "warning"),
    Mark("没有这张", 0, 0, "x"),
]


def make():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "我的 表"
    sheet["B3"], sheet["B4"], sheet["A1"] = "一千", 12.5, "标题"
    sheet["A1"].font = Font(bold=True, size=20)
    sheet.merge_cells("A1:D1")
    sheet.column_dimensions["B"].width = 33
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def opened(content):
    return openpyxl.load_workbook(BytesIO(content))


def test_the_own_layout_stays_and_the_cell_gets_colour_and_notes():
    book = opened(annotate_upload("我.xlsx", make(), MARKS, LISTING))
    assert book.sheetnames == ["审核结果", "我的 表"]
    sheet = book["我的 表"]
    assert (sheet["B3"].value, sheet["B4"].value) == ("一千", 12.5)
    assert sheet["A1"].font.size == 20
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:D1"]
    assert sheet.column_dimensions["B"].width == 33
    assert "=不是数字" in sheet["B3"].comment.text
    assert "再一条" in sheet["B3"].comment.text
    assert sheet["B3"].fill.start_color.rgb.endswith("FDEBC8")


@pytest.mark.parametrize("name", ["我.xlsx", "我.csv"])
def test_the_list_in_front_links_to_the_cells_and_holds_no_formula(name):
    content = make() if name.endswith("xlsx") else "标题\n,\n,一千\n".encode("gb18030")
    marks = MARKS if name.endswith("xlsx") else [Mark("CSV", 2, 1, "不是数字")]
    rows = [ListedMark([1, None, "=1+1"], marks[0].sheet, 2, 1)]
    book = opened(
        annotate_upload(name, content, marks, Listing("审核结果", ("a", "b", "c"), rows, (5, 5, 5)))
    )
    listed = book.worksheets[0]
    assert listed["B3"].hyperlink.location or "B3" in listed["B3"].hyperlink.target
    assert (listed["C3"].value, listed["C3"].data_type) == ("=1+1", "s")
    cell = book.worksheets[1]["B3"]
    assert (cell.value, cell.comment is not None) == ("一千", True)


def test_what_was_annotated_is_annotated_anew_and_not_twice():
    once = annotate_upload("我.xlsx", make(), MARKS, LISTING)
    twice = opened(annotate_upload("我.xlsx", once, MARKS, LISTING))
    assert twice.sheetnames == ["审核结果", "我的 表"]


@pytest.mark.parametrize("builder", [billion_laughs, million_rows, external_entity])
def test_a_bomb_does_not_get_through_here_either(builder):
    with pytest.raises(FileRefused):
        adapter("workbook_reader").annotate(builder()[1], [], LISTING, DEFAULT_LIMITS)
