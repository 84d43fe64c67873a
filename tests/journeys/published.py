"""Waiting for what was approved to be published."""

import re

from playwright.sync_api import Page


def wait_for_vintage_after(page: Page, before: int) -> int:
    """Load the overview again until it tells of a newer vintage; the page's own patience is the limit."""
    for _turn in range(60):
        page.goto("/indicators/?period=2023-06")
        found = re.search(r"数据版本 (\d+)", page.locator("#main").inner_text())
        if found and int(found[1]) > before:
            return int(found[1])
        page.wait_for_timeout(200)
    raise AssertionError("no new vintage was published")


def vintage_now(page: Page) -> int:
    return wait_for_vintage_after(page, 0)
