"""What people do on the page of a return, as steps that several stories share."""

import re

from playwright.sync_api import Locator, Page, expect

MONTHLY, FINANCE, ENERGY = "工业企业生产经营月报表", "工业企业财务状况月报表", "能源购进、消费与库存"
SUBMIT = "#panel button[type=submit]"


def task(page: Page, form: str) -> Locator:
    return page.locator("main li.card", has_text=form)


def open_return(page: Page, form: str) -> None:
    page.goto("/returns/tasks/")
    task(page, form).get_by_role("link").click()
    expect(page.locator("#return-form")).to_be_visible()


def box_of(page: Page, cell: str) -> Locator:
    """A box of the head by its key, or one of a table as `table.line.column`, lines counted from 0."""
    if "." not in cell:
        return page.locator(f'[id="cell-{cell}"]')
    table, line, column = cell.split(".")
    return (
        page.locator(f"table[data-table={table}] tr[data-line]")
        .nth(int(line))
        .locator(f"[name$='.{column}']")
    )


def type_into(page: Page, cell: str, text: str) -> None:
    """Click into a box, select what stands there, type over it, and leave by the tabulator."""
    box = box_of(page, cell)
    box.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    with page.expect_response(re.compile("/save/")):
        page.keyboard.press("Tab")


def finding(page: Page, code: str) -> Locator:
    return page.locator("#panel .finding", has=page.locator("code", has_text=re.compile(f"^{code}$")))


def explain_all(page: Page) -> None:
    """Write an explanation under each finding that asks for one, until none is left open."""
    for _turn in range(12):
        empty = [box for box in page.locator("#panel .explain textarea").all() if not box.input_value()]
        if not empty:
            return
        empty[0].fill("客户集中提货，订单已附合同核实。")
        with page.expect_response(re.compile("/save/")):
            empty[0].blur()
    raise AssertionError("the explanations are asked for again and again")
