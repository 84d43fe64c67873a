"""Every main page can be read and operated by everybody: axe's rules, the keyboard, a telephone's width."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.city import ROOT
from tests.journeys.return_page import MONTHLY, task

pytestmark = pytest.mark.browser
AXE = (ROOT / "tests" / "vendor" / "axe" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
YEAR = "period=2022-12"
# by person, so that each signs in once
PAGES = {
    "enterprise": ["/", "/returns/tasks/", "RETURN", "RETURN/workbook/", "/enterprise/", "/account/keys/"],
    "county": ["/", "/returns/workbench/", "REVIEW", "/returns/completeness/", "/enterprises/codes/"],
    "city": [
        *["/", "/enterprises/", "/enterprises/new/", "/returns/revisions/", "/jobs/", "/account/password/"],
        *[f"/indicators/{name}?{YEAR}" for name in ("", "league", "cross", "trend", "firms", "vintages")],
        *[f"/indicators/number?{YEAR}&indicator=growth", "/indicators/catalogue", "DOSSIER"],
    ],
    "leader": ["/", "/returns/completeness/"],
    "auditor": ["/trail/", "/account/sign-ins/"],
    "sysadmin": ["/", "/account/people/", "/account/people/new/"],
    "bank": ["/", "/indicators/", "/nothing/here/"],
}


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical on the page, each with the first elements concerned."""
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{page.url} {each['id']}: " + json.dumps([node["html"][:160] for node in each["nodes"][:3]])
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


def visit(page: Page, address: str) -> None:
    """Open an address, or one of the places that have no fixed address."""
    if address.startswith("RETURN"):
        page.goto("/returns/tasks/")
        if address == "RETURN":
            task(page, MONTHLY).get_by_role("link").click()
        else:
            page.goto(f"{task(page, '财务状况').get_by_role('link').get_attribute('href')}workbook/")
    elif address == "REVIEW":
        page.goto("/returns/workbench/?period=2023-06&form=monthly&state=county&findings=1")
        page.goto(page.locator("#results tbody th a").first.get_attribute("href") or "")
    elif address == "DOSSIER":
        page.goto(f"/indicators/firms?{YEAR}")
        page.goto(page.locator("table.board tbody a").first.get_attribute("href") or "")
    else:
        page.goto(address)


@pytest.mark.parametrize("username", PAGES)
def test_axe_finds_nothing_serious_on_a_desk_and_on_a_telephone(sign_in, username):
    page = sign_in(username)
    found = []
    for address in PAGES[username]:
        visit(page, address)
        found += faults(page)
        page.set_viewport_size({"width": 390, "height": 844})
        found += [f"390 px: {fault}" for fault in faults(page)]
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            found.append(f"390 px: {page.url} scrolls sideways")
        page.set_viewport_size({"width": 1440, "height": 900})
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_in_what_opens_over_a_page(sign_in):
    page = sign_in("city")
    page.goto(f"/indicators/?{YEAR}")
    page.locator(".headline a.num").nth(1).click()
    expect(page.locator("#drawer h2")).to_be_visible()
    found = faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    found += faults(page)
    page.keyboard.press("Escape")
    page.locator(".topbar details.menu summary").click()
    found += faults(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_before_signing_in(browser: Browser, demo_server):
    with browser.new_context(base_url=demo_server, locale="zh-CN") as context:
        page = context.new_page()
        page.goto("/account/sign-in/")
        assert faults(page) == []


def press_until(page: Page, key: str, selector: str, limit: int = 60) -> int:
    """Press a key until what has the focus fits the selector; how often it took."""
    for turn in range(1, limit + 1):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return turn
    raise AssertionError(f"{selector} is not reached by {key}")


def test_the_keyboard_alone_leads_from_signing_in_to_a_return(browser: Browser, demo_server, sign_in):
    page = sign_in("enterprise")
    page.goto("/returns/tasks/")
    assert press_until(page, "Tab", ".skip") == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    press_until(page, "Tab", "main a.btn-primary", limit=3)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("月报表")


def test_the_keyboard_searches_walks_the_rows_and_opens_one(sign_in):
    page = sign_in("county")
    page.goto("/returns/workbench/?period=2023-06&form=monthly&state=county")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    name = page.locator("#results tbody tr:focus th a").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2").first).to_have_text(name)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert page.locator("#results tbody tr:focus").count() == 1
