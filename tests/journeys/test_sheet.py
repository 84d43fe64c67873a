"""The sheet: keyboard, blocks, undo, a lost connection, two pages on one return, a telephone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.return_page import ENERGY, open_return

pytestmark = pytest.mark.browser
STATE = "#save-state"


def ready(page: Page) -> Page:
    """The energy form, whose lines no other story files."""
    open_return(page, ENERGY)
    expect(page.locator("#return-form[data-ready]")).to_be_visible()
    return page


def box(page: Page, column: str, line: int = 0) -> Locator:
    return (
        page.locator("table[data-table=energy_lines] tr[data-line]").nth(line).locator(f"[name$='.{column}']")
    )


def kept(page: Page) -> int:
    """How many entries wait on this device."""
    return int(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('gongmai')).length"))


def saved(page: Page) -> None:
    expect(page.locator(STATE)).to_have_attribute("data-state", "saved")
    expect(page.locator(".unsaved")).to_have_count(0)


def paste(page: Page, text: str) -> None:
    """Paste as the browser does it: one event with the clipboard's text."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


@pytest.fixture
def page(sign_in) -> Iterator[Page]:
    found = ready(sign_in("enterprise"))
    yield found
    found.context.set_offline(False)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name")).rsplit(".", 1)[-1]


def test_the_keyboard_walks_types_and_brings_back(page: Page) -> None:
    box(page, "purchase").focus()
    page.keyboard.type("123")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "purchase_value"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "purchase"
    expect(box(page, "purchase")).to_have_value("123")
    page.keyboard.press("F2")
    page.keyboard.type("4")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "purchase"
    page.keyboard.press("Escape")
    expect(box(page, "purchase")).to_have_value("123")
    page.keyboard.press("Home")
    assert focused(page) == "energy"
    page.keyboard.press("End")
    assert focused(page) == "tce_base"
    box(page, "purchase").focus()
    page.keyboard.press("Delete")
    expect(box(page, "purchase")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(box(page, "purchase")).to_have_value("123")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    expect(box(page, "purchase")).to_have_value("123")
    page.keyboard.press("F1")
    expect(page.locator("#sheet-keys")).to_be_visible()
    page.keyboard.press("Escape")
    saved(page)


def test_a_block_from_excel_is_pasted_lines_are_added_and_all_of_it_is_undone(page: Page) -> None:
    saved(page)
    rows = page.locator("table[data-table=energy_lines] tr[data-line]")
    count = rows.count()
    old = box(page, "loss", count - 1).input_value()
    box(page, "loss", count - 1).focus()
    paste(page, '1,234.5\t"２,０００"\r\n7\t\r\n')
    expect(rows).to_have_count(count + 1)
    expect(box(page, "loss", count - 1)).to_have_value("1234.5")
    expect(box(page, "closing", count - 1)).to_have_value("2000")
    expect(box(page, "loss", count)).to_have_value("7")
    saved(page)
    page.reload()
    expect(page.locator("#return-form[data-ready]")).to_be_visible()
    expect(box(page, "loss", count)).to_have_value("7")
    rows.nth(count).locator("[data-remove-line]").click()
    expect(rows).to_have_count(count)
    box(page, "loss", count - 1).focus()
    paste(page, f"{old}\r\n")
    box(page, "opening").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("td.chosen")).to_have_count(2)
    expect(page.locator("#sheet-said")).to_contain_text("选中1行×2列")
    saved(page)


def test_totals_follow_and_findings_stand_at_the_box_while_typing(page: Page) -> None:
    total = page.locator("[data-total=energy_cost__ytd]")
    before = total.inner_text()
    value = box(page, "purchase_value")
    old = value.input_value()
    value.focus()
    page.keyboard.type("987654")
    expect(total).not_to_have_text(before)
    page.keyboard.press("Tab")
    feed = box(page, "feedstock")
    feed.focus()
    page.keyboard.type("12万")
    note = feed.locator("xpath=..").locator(".cell-note")
    expect(note).to_contain_text("12万")
    assert focused(page) == "feedstock"
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    value.focus()
    paste(page, old or " ")
    if not old:
        page.keyboard.press("Delete")
    saved(page)


def test_what_is_typed_without_a_connection_outlives_the_page_and_is_sent_when_it_returns(
    page: Page, shoot
) -> None:
    saved(page)
    page.context.set_offline(True)
    box(page, "other_consumption").focus()
    page.keyboard.type("31")
    page.keyboard.press("Tab")
    expect(page.locator(STATE)).to_have_attribute("data-state", "offline")
    expect(page.locator(STATE)).to_contain_text("存在本机")
    shoot(page, "return-offline")
    address = page.url
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto("/returns/tasks/")
    expect(again.locator("[data-kept]:visible")).to_contain_text("未送达")
    again.goto(address)
    expect(box(again, "other_consumption")).to_have_value("31")
    saved(again)
    assert (
        again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('gongmai.sheet|')).length")
        == 0
    )
    again.context.set_offline(True)
    box(again, "other_consumption").focus()
    again.keyboard.type("32")
    again.keyboard.press("Tab")
    expect(again.locator(STATE)).to_have_attribute("data-state", "offline")
    again.context.set_offline(False)
    saved(again)


def test_two_pages_merge_different_boxes_and_ask_about_the_same_one(page: Page, sign_in, shoot) -> None:
    saved(page)
    other = ready(sign_in("enterprise"))
    page.context.set_offline(True)
    box(page, "supplied").focus()
    page.keyboard.type("51")
    page.keyboard.press("Tab")
    page.keyboard.type("61")
    page.keyboard.press("Tab")
    box(other, "supplied").focus()
    other.keyboard.type("52")
    other.keyboard.press("Tab")
    saved(other)
    box(other, "own_production").focus()
    other.keyboard.type("71")
    other.keyboard.press("Tab")
    saved(other)
    page.context.set_offline(False)
    expect(page.locator("#sheet-alert")).to_contain_text("1个数在别处也被修改")
    expect(box(page, "own_production")).to_have_value("71")
    page.keyboard.press("F8")
    while focused(page) != "supplied":
        page.keyboard.press("F8")
    card = page.locator("#cell-card")
    expect(card).to_contain_text("别处填的是52，这里填的是51")
    shoot(page, "return-conflict")
    card.get_by_role("button", name="用我填的").click()
    expect(page.locator("#sheet-alert")).to_be_hidden()
    saved(page)
    other.reload()
    expect(box(other, "supplied")).to_have_value("51")
    expect(box(other, "loss")).to_have_value("61")


def test_a_sign_in_that_ended_is_told_and_the_page_goes_on_after_another(page: Page) -> None:
    saved(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies([each for each in cookies if each["name"] != "sessionid"])
    box(page, "opening").focus()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    expect(page.locator(STATE)).to_have_attribute("data-state", "signed_out", timeout=10000)
    expect(page.locator(STATE).get_by_role("link")).to_be_visible()
    page.context.add_cookies(cookies)
    expect(page.locator(STATE)).to_have_attribute("data-state", "saved", timeout=15000)
    page.reload()
    expect(box(page, "opening")).to_have_value("5")


def test_signing_out_leaves_nothing_on_the_device(page: Page) -> None:
    saved(page)
    page.route(re.compile("/save/"), lambda route: route.abort())
    box(page, "opening").focus()
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    expect(page.locator(STATE)).to_have_attribute("data-state", "offline")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.locator("details[data-menu] summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(re.compile("sign-in|/$"))
    assert len(asked) == 1
    assert kept(page) == 0


def test_on_a_telephone_the_box_at_hand_has_its_card_above_the_tabs(sign_in, shoot) -> None:
    page = ready(sign_in("enterprise", phone=True))
    box(page, "consumption").click()
    card = page.locator("#cell-card")
    expect(card).to_be_visible()
    expect(card.locator("svg.spark")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shown = card.bounding_box()
    tabs = page.locator(".tabs").bounding_box()
    assert shown is not None
    assert tabs is not None
    assert shown["y"] + shown["height"] <= tabs["y"] + 1
    shoot(page, "return-card-phone")
