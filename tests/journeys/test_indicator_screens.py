"""From the city's growth down to the firm that moved it, in a browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
YEAR = "period=2022-12"


def test_an_officer_follows_growth_from_the_city_to_the_firm(sign_in, shoot):
    page = sign_in("city")
    page.goto(f"/indicators/?{YEAR}")
    tiles = page.locator(".headline")
    expect(tiles).to_contain_text("7,186.6")
    expect(tiles).to_contain_text("+10.4%")
    expect(tiles).to_contain_text("+7.0%")
    shoot(page, "indicators-overview")

    page.locator(".headline a.num").nth(1).click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("sum(output) / sum(base(output)) - 1")
    expect(drawer).to_contain_text("可比口径")
    shoot(page, "indicators-number")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()

    page.goto(f"/indicators/league?{YEAR}")
    expect(page.locator("table.board tbody tr")).to_have_count(16)
    shoot(page, "indicators-league")
    page.locator("table.board tbody tr").nth(1).locator("th a").click()
    expect(page.locator(".path-steps li")).to_have_count(2)
    for _step in range(3):
        page.locator("table.board tbody tr").nth(1).locator("th a").click()
    expect(page).to_have_url(re.compile("/indicators/firms"))
    page.locator("table.board tbody a").first.click()
    expect(page).to_have_url(re.compile(r"/enterprise/\d+/"))


def test_choices_change_the_table_in_place_and_survive_a_reload(sign_in):
    page = sign_in("city")
    page.goto(f"/indicators/league?{YEAR}&by=industry_division")
    page.evaluate("window.mark = 1")
    page.locator(".switch label").nth(1).click()
    expect(page).to_have_url(re.compile("view=month"))
    page.select_option("#choice-basis", "same_sample")
    expect(page).to_have_url(re.compile("basis=same_sample"))
    page.fill("#quick-search", "31")
    expect(page).to_have_url(re.compile("q=31"))
    assert page.evaluate("window.mark") == 1, "the page was loaded anew"
    shown = page.locator("table.board tbody").inner_text()
    page.reload()
    assert page.locator("table.board tbody").inner_text() == shown


def test_tables_and_pictures_are_downloaded(sign_in):
    page = sign_in("city")
    page.goto(f"/indicators/trend?{YEAR}")
    expect(page.locator("figure .chart-canvas svg").first).to_be_visible()
    with page.expect_download() as picture:
        page.locator("[data-chart-save=png]").first.click()
    assert picture.value.suggested_filename == "trend.png"
    with page.expect_download() as book:
        page.locator(".downloads a").first.click()
    assert book.value.suggested_filename.endswith(".xlsx")


def test_the_crosstab_and_the_trend_are_shown(sign_in, shoot):
    page = sign_in("city")
    page.goto(f"/indicators/cross?{YEAR}")
    assert page.locator("table.heat td[style]").count() > 100
    shoot(page, "indicators-cross")
    page.goto(f"/indicators/trend?{YEAR}")
    expect(page.locator("figure .chart-canvas svg").first).to_be_visible()
    shoot(page, "indicators-trend")


@pytest.mark.parametrize("name", ["", "league", "trend", "cross", "firms", "vintages", "catalogue"])
def test_no_screen_is_wider_than_a_phone(sign_in, name):
    page = sign_in("city", phone=True)
    page.goto(f"/indicators/{name}?{YEAR}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
