"""Every hostile upload ends with a clear code, cheaply, and the server process lives on."""

import resource
import tracemalloc
from io import BytesIO

import openpyxl
import pytest
from django.utils import translation
from tests.specimens.corpus import CORPUS
from tests.specimens.hostile import SHEET, make_workbook

from gongmai.core.document.messages import REFUSALS, word_refusal
from gongmai.core.document.queries import read_upload
from gongmai.core.document.types import FileRefused, Limits


def cpu_seconds():
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


@pytest.mark.parametrize("builder", CORPUS, ids=lambda builder: builder.__name__)
def test_a_hostile_upload_is_refused_with_a_code_and_little_work(builder):
    name, content = builder()
    before = cpu_seconds()
    tracemalloc.start()
    with pytest.raises(FileRefused) as refused:
        read_upload(name, BytesIO(content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code in CORPUS[builder]
    assert cpu_seconds() - before < 11
    assert peak < 64 * 1024 * 1024
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert word_refusal(refused.value)


def test_every_code_that_can_be_given_has_words():
    assert set().union(*CORPUS.values()) <= set(REFUSALS)


def test_an_honest_workbook_is_read_after_all_that():
    assert read_upload("a.xlsx", make_workbook()).sheets[0].rows == [[1]]


def test_typed_cells_come_with_their_addresses():
    target = BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "一"
    sheet["B2"], sheet["C3"], sheet["C4"], sheet["D4"] = "文字", 5, 5.5, True
    book.create_sheet("二").sheet_state = "hidden"
    book.save(target)
    read = read_upload("表 一.xlsx", target.getvalue())
    first = read.named("一")
    assert (first.at(1, 1), first.at(2, 2), first.at(3, 2), first.at(3, 3)) == ("文字", 5, 5.5, True)
    assert first.at(0, 0) is None
    assert first.at(99, 99) is None
    assert (first.end_row, first.end_column) == (4, 4)
    assert read.named("二").hidden
    assert read.first_visible is first


def test_formatted_blank_rows_far_below_are_no_reason_to_refuse():
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(2, 90_000))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1"><c r="A1"><v>7</v></c></row>{blanks}</sheetData></worksheet>'
    )
    assert read_upload("a.xlsx", make_workbook(sheet)).sheets[0].rows == [[7]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding):
    content = "企业,产值\r\n沂蒙,'-甲\r\n,\r\n".encode(encoding)
    assert read_upload("a.csv", content).sheets[0].rows == [["企业", "产值"], ["沂蒙", "-甲"]]


def test_csv_with_tabs_or_semicolons_is_read():
    assert read_upload("a.csv", b"a\tb\n1\t2\n").sheets[0].rows == [["a", "b"], ["1", "2"]]
    assert read_upload("a.csv", b"a;b\n1;2\n").sheets[0].rows == [["a", "b"], ["1", "2"]]


def test_the_result_of_a_formula_is_read_and_an_empty_text_is_a_blank():
    row = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1"><v>3</v></c></row>'
    )
    assert read_upload("a.xlsx", make_workbook(SHEET.format(row))).sheets[0].rows == [[2, None, 3]]


def test_cells_are_counted_once_across_the_chunks_of_a_long_sheet():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 30_001))
    read = read_upload("a.xlsx", make_workbook(SHEET.format(rows)), Limits(cells=30_000))
    assert len(read.sheets[0].rows) == 30_000
    with pytest.raises(FileRefused):
        read_upload("a.xlsx", make_workbook(SHEET.format(rows)), Limits(cells=29_999))
