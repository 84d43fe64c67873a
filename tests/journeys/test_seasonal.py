"""A statistician looks at the month-on-month growth behind the season, in a browser."""

import openpyxl
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True])
def test_a_series_is_adjusted_read_and_taken_away(sign_in, shoot, tmp_path, phone: bool):
    page = sign_in("city", phone=phone)
    page.goto("/outlook/seasonal")
    expect(page.locator("h1")).to_have_text("季节调整")
    chart = page.locator("figure .chart-canvas svg")
    expect(chart.first).to_be_visible()
    expect(chart.first).to_contain_text("春节")
    expect(page.locator(".seasonal-words")).to_contain_text("Q =")
    shoot(page, f"seasonal{'-phone' if phone else ''}")
    if phone:
        page.click("[data-filters-toggle]")
    page.select_option("#f-level", "county")
    expect(page.locator("#f-key")).to_be_attached()
    expect(page.locator("#figures tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel").click()
    taken.value.save_as(tmp_path / "made.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "made.xlsx")["季节调整"]
    assert sheet.max_row > 30
    with page.expect_download() as picture:
        page.locator("[data-chart-save=png]").first.click()
    assert picture.value.suggested_filename == "seasonal.png"
