"""What lies ahead: the fan of the city, its back-test, a firm's series within reach; on a telephone too."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_city_reads_its_forecast_opens_the_back_test_and_takes_it_away(sign_in, shoot):
    page = sign_in("city")
    page.goto("/outlook/forecast")
    expect(page.locator("#verdict")).to_contain_text("回测")
    assert page.locator("#ahead tbody tr").count() == int(page.get_by_label("预测期数").input_value())
    expect(page.locator("figure .chart-canvas svg").first).to_be_visible()
    shoot(page, "forecast")
    page.locator("#backtest summary").click()
    row = page.locator("#backtest tbody tr").first
    expect(row).to_contain_text(re.compile("优于|不优于"))
    row.scroll_into_view_if_needed()
    shoot(page, "forecast-back-test")
    page.get_by_label("预测层级").select_option(label="县区")
    page.wait_for_url(re.compile("level="))
    page.get_by_label("预测期数").select_option("18")
    page.wait_for_url(re.compile("horizon=18"))
    page.reload()
    expect(page.locator("#ahead tbody tr")).to_have_count(18)
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_county_finds_its_own_firms_on_a_telephone(sign_in, shoot):
    page = sign_in("county", phone=True)
    page.goto("/outlook/forecast?level=enterprise")
    expect(page.locator("#ahead tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, "forecast-firm-phone")
    page.goto("/outlook/forecast?level=city")
    assert page.get_by_role("main").is_visible()
