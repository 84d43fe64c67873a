"""From the city's growth down to the firm that moved it, and what is taken away on the way, in a browser."""

import csv
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.journeys.published import vintage_now, wait_for_vintage_after

pytestmark = pytest.mark.browser
YEAR = "period=2022-12"
CITY = "临沂市(演示)"
CITY_OUTPUT = 718_660_000  # thousand yuan in 2022; published: 7,186.6 hundred million


def test_an_officer_follows_growth_from_the_city_to_the_firm(sign_in, shoot):
    page = sign_in("city")
    page.get_by_role("link", name="运行总览").click()
    page.select_option("#choice-period", "2022-12")
    tiles = page.locator(".headline")
    expect(tiles).to_contain_text("7,186.6")
    expect(tiles).to_contain_text("+10.4%")
    expect(tiles).to_contain_text("+7.0%")
    shoot(page, "overview")

    page.locator(".headline a.num").nth(1).click()
    drawer = page.locator("#drawer")
    for shown in ("sum(output) / sum(base(output)) - 1", "可比口径", "在库企业", "数据版本", "来源"):
        expect(drawer).to_contain_text(shown)
    shoot(page, "number")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()

    page.goto(f"/indicators/league?{YEAR}")
    rows = page.locator("table.board tbody tr")
    expect(rows).to_have_count(16)
    shoot(page, "league")
    for step in range(2, 5):
        rows.nth(1).locator("th a").click()
        expect(page.locator(".path-steps li")).to_have_count(step)
    rows.nth(1).locator("th a").click()
    expect(page).to_have_url(re.compile("/indicators/firms"))
    firm = page.locator("table.board tbody a").first
    name = firm.inner_text()
    firm.click()
    expect(page).to_have_url(re.compile(r"/enterprise/\d+/"))
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("figure .chart-canvas svg").first).to_be_visible()
    shoot(page, "dossier")


def test_choices_change_the_table_in_place_and_survive_a_reload(sign_in):
    page = sign_in("city")
    page.goto(f"/indicators/league?{YEAR}&by=industry_division")
    page.evaluate("window.mark = 1")
    cumulative = page.locator("table.board tbody tr").first.inner_text()
    page.locator(".switch label").nth(1).click()
    expect(page).to_have_url(re.compile("view=month"))
    page.select_option("#choice-basis", "same_sample")
    expect(page).to_have_url(re.compile("basis=same_sample"))
    expect(page.locator("table.board tbody tr").first).not_to_have_text(cumulative)
    page.fill("#quick-search", "31")
    expect(page).to_have_url(re.compile("q=31"))
    assert page.evaluate("window.mark") == 1, "the page was loaded anew"
    shown = page.locator("table.board tbody").inner_text()
    page.reload()
    assert page.locator("table.board tbody").inner_text() == shown
    expect(page.locator("#choice-basis")).to_have_value("same_sample")


def test_tables_open_again_with_typed_figures_and_charts_are_saved_as_pictures(sign_in, tmp_path):
    page = sign_in("city")
    page.goto(f"/indicators/league?{YEAR}")
    with page.expect_download() as book:
        page.locator(".downloads a", has_text="Excel").click()
    book.value.save_as(tmp_path / "league.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "league.xlsx").worksheets[0]
    total = next(row for row in sheet.iter_rows(values_only=True) if row[0] == CITY and row[1])
    assert CITY_OUTPUT in total
    assert any(isinstance(value, float) and round(value, 4) == 0.104 for value in total)
    with page.expect_download() as text:
        page.locator(".downloads a", has_text="CSV").click()
    text.value.save_as(tmp_path / "league.csv")
    with (tmp_path / "league.csv").open(encoding="utf-8-sig", newline="") as file:
        total = next(row for row in csv.reader(file) if row and row[0] == CITY)
    assert str(CITY_OUTPUT) in total

    page.goto(f"/indicators/trend?{YEAR}")
    expect(page.locator("figure .chart-canvas svg").first).to_be_visible()
    for ending, head in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as picture:
            page.locator(f"[data-chart-save={ending}]").first.click()
        assert picture.value.suggested_filename == f"trend.{ending}"
        picture.value.save_as(tmp_path / f"trend.{ending}")
        assert (tmp_path / f"trend.{ending}").read_bytes().startswith(head)


def test_the_crosstab_the_trend_and_the_firms_are_shown(sign_in, shoot):
    page = sign_in("city")
    page.goto(f"/indicators/cross?{YEAR}")
    assert page.locator("table.heat td[style]").count() > 100
    shoot(page, "cross")
    page.goto(f"/indicators/trend?{YEAR}")
    expect(page.locator("figure .chart-canvas svg").first).to_be_visible()
    shoot(page, "trend")
    page.goto(f"/indicators/firms?{YEAR}")
    expect(page.locator("table.board tbody tr")).to_have_count(50)
    expect(page.locator(".counts")).to_contain_text("3832")
    shoot(page, "firms")


def test_returns_passed_from_the_list_make_a_vintage_whose_difference_is_explained(sign_in, shoot):
    page = sign_in("city2")
    before = vintage_now(page)
    page.goto("/returns/workbench/?period=2023-06&form=monthly&state=city")
    names = []
    for row in page.locator("#results tbody tr").all()[:3]:
        row.locator("input[name=pk]").check()
        names.append(row.locator("th a").inner_text())
    page.get_by_role("button", name="市级通过所选").click()
    expect(page.locator(".toast-note")).to_contain_text("3")
    after = wait_for_vintage_after(page, before)

    page.goto("/indicators/vintages?period=2023-06")
    page.select_option("#compare-old", str(before))
    page.select_option("#compare-new", str(after))
    page.get_by_role("button", name="对比").click()
    expect(page.locator("#main h2.section").first).to_contain_text(f"{before}")
    for name in names:
        expect(page.locator("#main")).to_contain_text(name)
    shoot(page, "vintages")


def test_the_product_speaks_english_at_a_click(sign_in):
    page = sign_in("city")
    page.goto(f"/indicators/league?{YEAR}")
    page.locator(".topbar details.menu summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("League table")
    expect(page).to_have_url(re.compile(YEAR))
    expect(page.locator("table.board thead")).to_contain_text("Growth")
    expect(page.locator("table.board tbody tr").nth(1)).to_contain_text(re.compile("[A-Z][a-z]+"))


@pytest.mark.parametrize("name", ["", "league", "trend", "cross", "firms", "vintages", "catalogue"])
def test_no_screen_is_wider_than_a_phone(sign_in, name):
    page = sign_in("city", phone=True)
    page.goto(f"/indicators/{name}?{YEAR}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
