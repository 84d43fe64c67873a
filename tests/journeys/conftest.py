"""A browser, people who sign in, and screenshots."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.city import ROOT, City

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def sign_in(browser: Browser, demo_server: str, demo_city: City) -> Iterator[SignIn]:
    """Open a page as one of the demonstration's people; a page that errors or reaches out fails the test."""
    contexts = []
    faults: list[str] = []

    def open_as(username: str, *, phone: bool = False, language: str = "zh-hans", password: str = "") -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            base_url=demo_server,
            locale="zh-CN" if language == "zh-hans" else "en",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("request", lambda request: _note_stranger(request.url, demo_server, faults))
        page.on(
            "response",
            lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        page.goto("/account/sign-in/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password or demo_password(username))
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Take a screenshot into docs/screenshots when asked to (make screenshots), else into nowhere."""

    def take(page: Page, name: str) -> None:
        if os.environ.get("GONGMAI_SCREENSHOTS") == "1":
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(400)
            folder = ROOT / "docs" / "screenshots"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png")

    return take


def demo_password(username: str) -> str:
    """The password of one of the demonstration's people, from the generator's own list."""
    from gongmai.demo.people import demo_people

    return next(person.password for person in demo_people() if person.username == username)


def _note_stranger(url: str, home: str, faults: list[str]) -> None:
    if not url.startswith((home, "data:", "blob:")):
        faults.append(f"request to another host: {url}")
