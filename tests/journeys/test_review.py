"""A return on its way: sent back with a reason, corrected, passed by two people, visible in the figures."""

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.published import vintage_now, wait_for_vintage_after
from tests.journeys.return_page import MONTHLY, SUBMIT, explain_all, task, type_into

pytestmark = pytest.mark.browser
FIRM = "沂蒙渊衡橡胶集团有限公司"
REASON = "出口交货值与海关口径差距较大，请核对后重报。"
OUTPUT, EXPORTS = 71_560, 44_000


def find_in_workbench(page: Page, text: str, state: str = "") -> Locator:
    """Search in the review list as an officer does, with the key that leads to the search box."""
    page.goto(f"/returns/workbench/?period=2023-06&form=monthly&state={state}")
    page.keyboard.press("/")
    page.keyboard.type(text)
    row = page.locator("#results tbody tr", has_text=text)
    expect(row).to_have_count(1)
    return row


def open_in_drawer(page: Page, row: Locator) -> Locator:
    row.locator("td").nth(2).click()
    drawer = page.locator("#drawer")
    expect(drawer.locator("h2").first).to_be_visible()
    # the bar at the top ends although the row that asked may have been replaced by what the search found
    expect(page.locator("#loading")).to_have_class("loading")
    return drawer


def submit(page: Page, version: int) -> None:
    explain_all(page)
    page.locator(SUBMIT).click()
    expect(page.locator(".toast-note")).to_contain_text(f"第{version}版")


def test_a_return_goes_back_and_forth_and_arrives_in_the_published_figures(
    sign_in, shoot, demo_city, tmp_path
):
    firm, county, city = sign_in("enterprise2"), sign_in("county2"), sign_in("city")

    # the firm reads why it came back, corrects the unit of its output, and files again
    firm.goto("/returns/tasks/")
    expect(task(firm, MONTHLY)).to_contain_text("万元")
    task(firm, MONTHLY).get_by_role("link").click()
    expect(firm.locator(".sent-back")).to_contain_text("万元")
    type_into(firm, "output", f"{OUTPUT:,}")
    total = firm.locator("#cell-output__ytd").input_value()  # it follows the month by itself
    type_into(firm, "output_lines.0.output", str(OUTPUT))
    type_into(firm, "output_lines.0.output__ytd", total)
    submit(firm, 2)

    # the county sees what changed, and asks again about another figure
    drawer = open_in_drawer(county, find_in_workbench(county, FIRM))
    changed = drawer.locator("table", has=county.get_by_role("columnheader", name="之前")).first
    expect(changed.locator("tr", has_text="工业总产值").first).to_contain_text("7,156")
    expect(changed.locator("tr", has_text="工业总产值").first).to_contain_text("71,560")
    shoot(county, "review")
    drawer.locator("details.send-back summary").click()
    drawer.locator("[data-pick-box]").select_option("exports")
    drawer.locator("#reason-send_back").fill(REASON)
    drawer.locator("form[data-back] button[name=move]").click()
    expect(county.locator(".toast-note")).to_contain_text(FIRM)

    firm.goto("/returns/tasks/")
    expect(task(firm, MONTHLY)).to_contain_text(REASON)
    task(firm, MONTHLY).get_by_role("link", name="去修改").click()
    type_into(firm, "exports", str(EXPORTS))
    submit(firm, 3)

    # county and city pass it; nobody else can
    before = vintage_now(city)
    drawer = open_in_drawer(county, find_in_workbench(county, FIRM))
    expect(drawer.locator("tr", has_text="出口交货值").first).to_contain_text("44,000")
    drawer.get_by_role("button", name="县区通过").click()
    expect(county.locator(".state").first).to_have_text("市级审核中")
    assert county.get_by_role("button", name="市级通过").count() == 0
    drawer = open_in_drawer(city, find_in_workbench(city, FIRM))
    assert drawer.get_by_role("button", name="县区通过").count() == 0
    drawer.get_by_role("button", name="市级通过").click()
    expect(city.locator(".toast-note")).to_contain_text(FIRM)

    # within seconds it is a vintage, and the panel holds what was typed
    after = wait_for_vintage_after(city, before)
    city.goto(f"/indicators/firms?period=2023-06&view=month&vintage={after}&q={FIRM}")
    row = city.locator("table.board tbody tr", has_text=FIRM)
    expect(row).to_contain_text("7,156")
    demo_city.run("panel", "export", "--period", "2023-06", "--out", str(tmp_path / "june.parquet"))
    found = duckdb.sql(
        f"SELECT output, output__ytd, exports FROM '{tmp_path / 'june.parquet'}' p"
        " WHERE credit_code = '91371325MADML1Y39W'"
    ).fetchall()
    assert found == [(OUTPUT, int(total), EXPORTS)]
    city.goto("/indicators/vintages?period=2023-06")
    expect(city.locator("#main")).to_contain_text(f"{after} · 2023-07-06")
    firm.goto("/returns/tasks/")
    expect(firm.locator("main table tr", has_text="2023年06月").first).to_contain_text("已通过")


def test_nobody_passes_the_same_return_twice(sign_in):
    """One person who holds both rights: passes for the county, and is refused for the city."""
    admin = sign_in("sysadmin")
    admin.goto("/account/people/new/")
    admin.fill("#id_username", "both-hats")
    admin.fill("#id_display_name", "兼审员(演示)")
    admin.select_option("#id_grants-0-role", "county")
    admin.select_option("#id_grants-0-kind", "region")
    admin.fill("#id_grants-0-value", "371325")
    admin.get_by_role("button", name="新建").click()
    password = admin.locator("#once").inner_text()
    admin.get_by_role("link", name="完成").click()
    admin.select_option("#id_grants-1-role", "city")
    admin.select_option("#id_grants-1-kind", "city")
    admin.get_by_role("button", name="保存").click()
    expect(admin.locator(".toast-note")).to_be_visible()

    page = sign_in("both-hats", password=password)
    page.fill("#id_old", password)
    page.fill("#id_new", "两顶帽子也只能算一双眼睛 12")
    page.fill("#id_again", "两顶帽子也只能算一双眼睛 12")
    page.get_by_role("button", name="保存新密码").click()
    page.goto("/returns/workbench/?period=2023-06&form=monthly&state=county&q=91371325")
    row = page.locator("#results tbody tr").first
    name = row.locator("th a").inner_text()
    row.locator("th a").click()
    page.get_by_role("button", name="县区通过").click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator(".state").first).to_have_text("市级审核中")
    assert page.get_by_role("button", name="市级通过").count() == 0
    expect(page.locator(".locks li", has_text="双人复核")).to_be_visible()


def test_the_bureau_follows_who_has_not_filed_down_to_the_firms(sign_in, shoot):
    page = sign_in("city")
    page.get_by_role("link", name="上报进度").click()
    expect(page.locator("table tbody tr")).to_have_count(15)
    shoot(page, "completeness")
    missing = page.locator("table tbody tr").last.locator("td a").last
    count = int(missing.inner_text())
    missing.click()
    expect(page.locator("#results tbody tr").first.locator(".state")).to_have_text("未报")
    expect(page.locator(".pager-count")).to_contain_text(f"共 {count} 条")
