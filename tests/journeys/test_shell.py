"""The shell in a real browser: no sideways scrolling, folded filters, keyboard, display switches."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("who", "address"),
    [("city", "/"), ("enterprise", "/"), ("sysadmin", "/account/people/"), ("auditor", "/trail/")],
)
def test_no_page_scrolls_sideways(
    sign_in: Callable[..., Page], who: str, address: str, *, phone: bool
) -> None:
    page = sign_in(who, phone=phone)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_filters_are_open_on_a_desktop_and_folded_on_a_phone(sign_in: Callable[..., Page]) -> None:
    desktop = sign_in("sysadmin")
    desktop.goto("/account/people/")
    expect(desktop.locator("[data-filters-toggle]")).to_be_hidden()
    expect(desktop.locator("#q")).to_be_visible()
    phone = sign_in("sysadmin", phone=True)
    phone.goto("/account/people/")
    expect(phone.locator("#q")).to_be_hidden()
    phone.click("[data-filters-toggle]")
    expect(phone.locator("#q")).to_be_visible()


def test_the_keyboard_finds_the_search_box_and_shows_the_shortcuts(sign_in: Callable[..., Page]) -> None:
    page = sign_in("sysadmin")
    page.goto("/account/people/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_a_row_opens_in_the_drawer_and_escape_closes_it(sign_in: Callable[..., Page]) -> None:
    page = sign_in("auditor")
    page.goto("/trail/")
    page.locator("tr[data-open]").first.click()
    expect(page.locator("#drawer h2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer-shell")).to_be_hidden()


def test_the_reader_switches_the_colours_and_the_language(sign_in: Callable[..., Page]) -> None:
    page = sign_in("leader")
    page.click(".menu summary")
    page.click("[data-trend-switch]")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-trend", "green-up")
    page.click(".menu summary")
    page.click("button[name=language]")
    expect(page.locator("h1")).to_have_text("Industry at a glance")


def test_a_chart_is_drawn_and_its_data_can_be_read(sign_in: Callable[..., Page]) -> None:
    page = sign_in("leader")
    figure = page.locator("figure[data-chart]").first
    expect(figure.locator("svg").last).to_be_visible()
    figure.locator("[data-chart-table]").click()
    expect(figure.locator("table")).to_be_visible()
    with page.expect_download() as download:
        figure.locator("[data-chart-save=png]").click()
    assert download.value.suggested_filename.endswith(".png")
