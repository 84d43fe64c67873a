"""A group's headquarters files for its firms with one workbook; the bureau takes returns away as a file."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
CODES, FIRST_FIRM = 5, 6


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def may_of(person: Page, code: str) -> dict[str, Any]:
    """What a firm of the group filed for May."""
    answer = person.request.get(f"/api/v1/returns/monthly/2023-05?credit_code={code}")
    assert answer.ok, answer.text()
    return dict(answer.json()["cells"])


def filled_in(path: str, may: dict[str, Any]) -> bytes:
    """The downloaded workbook: the first firm's figures of June, and words where the second has a figure."""
    book = openpyxl.load_workbook(io.BytesIO(Path(path).read_bytes()))
    for sheet in book.worksheets[:2]:
        columns = {cell.value: cell.column for cell in sheet[CODES]}
        for key, column in columns.items():
            base = sheet.cell(FIRST_FIRM, columns.get(f"{key}__base", 1)).value
            if f"{key}__ytd" in columns and f"{key}__base" in columns:
                june = round(base * 1.06, 2 if key == "electricity" else None)
                sheet.cell(FIRST_FIRM, column).value = june
                sheet.cell(FIRST_FIRM, columns[f"{key}__ytd"]).value = round(
                    float(may[f"{key}__ytd"]) + june, 2
                )
    head = book.worksheets[0]
    columns = {cell.value: cell.column for cell in head[CODES]}
    head.cell(FIRST_FIRM, columns["outlook"]).value = "好转"
    head.cell(FIRST_FIRM + 1, columns["sales"]).value = "二百来万"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def firms_of(path: str) -> list[str]:
    """The credit codes in a downloaded workbook."""
    head = openpyxl.load_workbook(io.BytesIO(Path(path).read_bytes())).worksheets[0]
    codes = (str(head.cell(row, 1).value or "") for row in range(FIRST_FIRM, head.max_row + 1))
    return [code for code in codes if code]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_group_takes_its_workbook_away_and_brings_back_what_is_good(sign_in, shoot, phone: bool) -> None:
    person = sign_in("group", phone=phone)
    person.goto("/returns/group/")
    assert fits(person)
    if not phone:
        shoot(person, "group-list")
    person.locator("main a[href='/returns/group/monthly/2023-06/']").click()
    with person.expect_download() as taken:
        person.get_by_role("link", name="下载集团填报文件").click()
    path = str(taken.value.path())
    codes = firms_of(path)
    assert len(codes) == 6
    content = filled_in(path, may_of(person, codes[0]))
    person.locator("#group-file").set_input_files(
        [{"name": "集团六月.xlsx", "mimeType": "application/octet-stream", "buffer": content}]
    )
    person.get_by_role("button", name="上传并审核").click()
    preview = person.locator("#group-preview")
    expect(preview).to_contain_text("二百来万")
    assert fits(person)
    preview.scroll_into_view_if_needed()
    shoot(person, f"group{'-phone' if phone else ''}")
    with person.expect_download() as noted:
        preview.get_by_role("link", name="下载标注后的原文件").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(noted.value.path()).read_bytes()))
    assert any("二百来万" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert any(cell.comment for row in book.worksheets[1].iter_rows() for cell in row)
    if phone:  # the other width takes what is good
        preview.get_by_role("button", name="全部不采用").click()
    else:
        good = preview.locator("button[name=choice][value=good]")
        assert "1" in good.inner_text()
        good.click()
        done = person.locator("#group-done")
        expect(done).to_contain_text(codes[0])
        expect(done.locator("li", has_text=codes[1])).to_contain_text("未采用")
    assert fits(person)
    person.goto("/returns/group/monthly/2023-06/")
    expect(person.locator("#group-preview")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_bureau_takes_the_returns_of_a_month_away_as_csv(sign_in, shoot, phone: bool) -> None:
    page = sign_in("city", phone=phone)
    page.goto("/returns/export/?form=monthly&first=2023-05&last=2023-05")
    assert fits(page)
    if not phone:
        shoot(page, "export")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")
    text = Path(taken.value.path()).read_text("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert len(rows) > 3_000
    assert {len(row) for row in rows} == {len(header)}
