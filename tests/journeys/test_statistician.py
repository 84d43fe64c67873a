"""A firm's statistician files the month: by page, by Excel, and on a telephone."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.return_page import (
    ENERGY,
    FINANCE,
    MONTHLY,
    SUBMIT,
    explain_all,
    finding,
    open_return,
    task,
    type_into,
)

pytestmark = pytest.mark.browser


def has_no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def is_reachable(page: Page, target: Locator) -> bool:
    """Whether the middle of a button is inside the window and under nothing else."""
    target.scroll_into_view_if_needed()
    return bool(
        target.evaluate(
            """button => {
                const box = button.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                const inside = box.left >= 0 && box.right <= innerWidth;
                // a disabled button lets the pointer through to what it stands on
                return inside && (button.contains(top) || (button.disabled && top.contains(button)));
            }"""
        )
    )


def test_on_a_telephone_the_return_is_readable_and_its_buttons_can_be_pressed(sign_in, shoot):
    page = sign_in("enterprise", phone=True)
    page.goto("/returns/tasks/")
    assert has_no_sideways_scroll(page)
    for button in page.locator("main li.card a.btn").all():
        assert is_reachable(page, button)
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "tasks-phone")
    open_return(page, ENERGY)
    page.get_by_role("button", name="增加一行").first.click()
    assert has_no_sideways_scroll(page)
    assert is_reachable(page, page.locator(SUBMIT))
    assert is_reachable(page, page.get_by_role("link", name="Excel填报"))
    page.goto("/returns/tasks/")
    task(page, MONTHLY).get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text("2023年06月")
    assert has_no_sideways_scroll(page)
    shoot(page, "return-phone")


def test_a_return_is_typed_in_corrected_explained_and_submitted(sign_in, shoot):
    page = sign_in("enterprise")
    shoot(page, "home-enterprise")
    page.get_by_role("link", name="我的报表").click()
    due = task(page, MONTHLY)
    expect(due).to_contain_text("截止 2023-07-10")
    expect(due).to_contain_text("还剩2个工作日")
    expect(page.locator("main li.card").first).to_contain_text(MONTHLY)
    due.get_by_role("link").click()

    # what the audits say of the draft: the head and its lines do not agree
    wrong = finding(page, "H4_total")
    expect(wrong).to_contain_text("1,963")
    expect(wrong).to_contain_text("19,638")
    expect(page.locator("#cell-output")).to_have_class(re.compile(r"\bbad\b"))
    expect(page.locator(SUBMIT)).to_be_disabled()
    shoot(page, "return")

    # full-width figures with separators, as an input method writes them
    type_into(page, "output", "１９，６３８")
    assert page.evaluate("document.activeElement.id") == "cell-output__ytd"
    # the cumulative figure follows the month: 77,334 and 19,638
    expect(page.locator("#cell-output__ytd")).to_have_value("96972")
    expect(finding(page, "H4_total")).to_have_count(0)
    expect(page.locator(SUBMIT)).to_be_enabled()

    # enough sales to be asked about, not to be refused
    type_into(page, "sales", "12 000")
    asked = finding(page, "V2_sales")
    expect(asked).to_contain_text("12,000")
    expect(page.locator(SUBMIT)).to_be_disabled()
    asked.locator("textarea").fill("新订单七月交货，成品入库。")
    with page.expect_response(re.compile("/save/")):
        asked.locator("textarea").blur()
    explain_all(page)
    expect(page.locator(SUBMIT)).to_be_enabled()

    page.reload()
    expect(page.locator("#cell-output")).to_have_value("19638")
    expect(page.locator("#cell-sales")).to_have_value("12000")
    expect(finding(page, "V2_sales").locator("textarea")).to_have_value("新订单七月交货，成品入库。")
    page.locator(SUBMIT).click()
    expect(page.locator(".toast-note")).to_contain_text("第1版")
    expect(page.locator(".page-head .state")).to_have_text("县区审核中")
    expect(page.locator("#cell-output")).to_have_text("19,638")
    assert page.locator("#return-form").count() == 0
    page.get_by_role("link", name="我的报表").click()
    expect(page.locator("main table tr", has_text="2023年06月")).to_contain_text("县区审核中")


def test_a_return_is_filed_by_excel(sign_in, tmp_path):
    page = sign_in("enterprise")
    open_return(page, FINANCE)
    page.get_by_role("link", name="Excel填报").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载报表工作簿").click()
    book = tmp_path / "prefilled.xlsx"
    taken.value.save_as(book)
    assert taken.value.suggested_filename.startswith(FINANCE)

    fill_finance(book, tmp_path / "wrong.xlsx", total_assets_off_by=1000)
    upload(page, tmp_path / "wrong.xlsx")
    answer = page.locator("#workbook-answer")
    expect(answer).to_contain_text("资产总计")
    expect(answer.locator(".finding.blocking")).to_have_count(1)
    with page.expect_download() as annotated:
        answer.get_by_role("link", name="下载标注后的原文件").click()
    annotated.value.save_as(tmp_path / "annotated.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "annotated.xlsx")
    comments = [cell.comment for sheet in marked for row in sheet.iter_rows() for cell in row if cell.comment]
    assert any("资产" in comment.text for comment in comments)
    answer.get_by_role("button", name="全部不采用").click()
    expect(answer).to_contain_text("草稿保持不变")

    fill_finance(book, tmp_path / "right.xlsx", total_assets_off_by=0)
    upload(page, tmp_path / "right.xlsx")
    expect(answer.locator(".finding.blocking")).to_have_count(0)
    answer.get_by_role("button", name="确认写入草稿").click()
    expect(answer).to_contain_text("草稿已更新")
    open_return(page, FINANCE)
    revenue = page.locator("#cell-revenue__ytd")
    expect(revenue).to_have_value(re.compile(r"^\d{5,6}$"))
    explain_all(page)
    expect(page.locator(SUBMIT)).to_be_enabled()
    page.locator(SUBMIT).click()
    expect(page.locator(".page-head .state")).to_have_text("县区审核中")


def fill_finance(book: Path, target: Path, *, total_assets_off_by: int) -> None:
    """Fill the prefilled workbook: a month more of each flow; one figure as text."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook.worksheets[0]
    rows = {str(row[0].value).strip(): row for row in sheet.iter_rows(min_row=10) if row[1].value}
    values: dict[str, int] = {}
    for label, row in rows.items():
        before = row[7].value
        values[label] = round(before * 1.2) if row[4].protection.locked is False else before
    values["营业利润"] += values["营业收入"] - sum(
        values[name]
        for name in ("营业成本", "税金及附加", "销售费用", "管理费用", "研发费用", "财务费用", "营业利润")
    )
    values["利润总额"] = values["营业利润"] + values["营业外收入"] - values["营业外支出"]
    values["资产总计"] = values["负债合计"] + values["所有者权益合计"] + total_assets_off_by
    for label, row in rows.items():
        box = row[4] if row[4].protection.locked is False else row[3]
        box.value = f"{values[label]:,}" if label == "营业收入" else values[label]
    workbook.save(target)


def upload(page: Page, path: Path) -> None:
    page.set_input_files("#workbook-file", path)
    with page.expect_response(re.compile("/workbook/")) as answer:
        page.get_by_role("button", name="上传并审核").click()
    assert answer.value.status == 200, answer.value.text()
