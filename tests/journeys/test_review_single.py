"""Single figures go back and only they are open; explanations are judged; the rest is passed in one go."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.return_page import SUBMIT, explain_all, type_into

pytestmark = pytest.mark.browser
FIRM, NUMBER = "沂蒙弈澍塑胶股份有限公司", "3374"
PASSWORD = "只改退回的两个数就好 12"


def firm_person(sign_in) -> Page:
    """A person who files for the firm, made by the administrator."""
    admin = sign_in("sysadmin")
    admin.goto("/account/people/new/")
    admin.fill("#id_username", "single-box")
    admin.fill("#id_display_name", "统计员(演示)")
    admin.select_option("#id_grants-0-role", "enterprise")
    admin.select_option("#id_grants-0-kind", "enterprise")
    admin.fill("#id_grants-0-value", NUMBER)
    admin.get_by_role("button", name="新建").click()
    once = admin.locator("#once").inner_text()
    page = sign_in("single-box", password=once)
    page.fill("#id_old", once)
    page.fill("#id_new", PASSWORD)
    page.fill("#id_again", PASSWORD)
    page.get_by_role("button", name="保存新密码").click()
    return page


def open_return(page: Page) -> None:
    page.goto(f"/returns/workbench/?period=2023-06&form=monthly&q={FIRM}")
    page.locator("#results tbody th a").first.click()
    expect(page.locator("h1")).to_contain_text(FIRM)


def test_single_figures_go_back_and_nothing_else_can_be_changed(sign_in, shoot):  # noqa: PLR0915 - one story
    county, city = sign_in("county2"), sign_in("city")
    firm = firm_person(sign_in)

    # the county doubts an explanation, asks about a figure, and sends two figures back
    open_return(county)
    judge = county.locator("form.judge").first
    judge.get_by_role("button", name="存疑").click()
    expect(county.locator(".form-error")).to_contain_text("4")
    county.locator("form.judge input[name=note]").first.fill("与用电量走势不符")
    county.locator("form.judge").first.get_by_role("button", name="存疑").click()
    expect(county.locator(".verdict-doubtful").first).to_contain_text("与用电量走势不符")
    county.locator("a.figure[data-box=sales]").click()
    panel = county.locator("#box-panel")
    expect(panel.locator(".bars li")).not_to_have_count(0)
    shoot(county, "review-figure")
    panel.locator("textarea[name=text]").fill("销售产值请附发票汇总")
    panel.get_by_role("button", name="发送").click()
    expect(county.locator(".threads").last).to_contain_text("发票汇总")
    county.locator("a.figure[data-box=workforce]").click()
    county.locator("#box-panel [data-add-box]").click()
    back = county.locator("form[data-back]")
    expect(back.locator(".back-rows li")).to_have_count(2)  # the doubted one is there already
    back.locator(".back-rows li").last.locator("input:not([name=boxes])").fill("与上月一致，请核实人数")
    shoot(county, "review-single")
    back.locator("button[name=move]").click()
    expect(county.locator(".asked")).to_contain_text("请核实人数")

    # the firm sees which, can change those only, and answers the remark
    firm.goto("/returns/tasks/")
    firm.locator("main li.card", has_text="工业企业生产经营月报表").get_by_role("link").first.click()
    expect(firm.locator("#return-form")).to_be_visible()
    type_into(firm, "workforce", "61")
    explain_all(firm)
    firm.locator(SUBMIT).click()
    expect(firm.locator(".toast-note")).to_contain_text("第2版")
    talk = firm.locator("#talk")
    expect(talk).to_contain_text("发票汇总")
    talk.locator("form.write textarea").first.fill("已按发票汇总核对无误")
    talk.get_by_role("button", name="回复").first.click()
    expect(talk).to_contain_text("核对无误")

    # the county sees what came back and what is new, judges again and passes
    open_return(county)
    expect(county.locator(".answer")).to_contain_text("未改动")
    expect(county.locator(".since")).to_contain_text("1条未读批注")
    shoot(county, "review-answer")
    county.locator("form.judge").first.get_by_role("button", name="采信").click()
    county.get_by_role("button", name="县区通过").click()
    expect(county.locator(".standings")).to_contain_text("本级已通过")

    # the city begins: the county cannot take it back any more; the city approves and reopens with a reason
    open_return(city)
    expect(city.locator(".verdicts").first).to_contain_text("县区")
    city.get_by_role("button", name="受理", exact=True).click()
    open_return(county)
    expect(county.locator(".locks")).to_contain_text("市级已受理")
    city.get_by_role("button", name="市级通过").click()
    expect(city.locator(".state").first).to_have_text("已通过")
    city.locator("details.send-back summary", has_text="重新打开").click()
    city.locator("#reason-reopen").fill("企业来函更正从业人员")
    city.locator("form[data-back] button[name=move]").click()
    expect(city.locator(".timeline")).to_contain_text("企业来函更正从业人员")
    shoot(city, "review-way")


def test_what_lies_below_the_line_is_passed_in_one_go(sign_in, shoot):
    page = sign_in("county")
    page.goto("/returns/first-look/?form=monthly&period=2023-06")
    expect(page.locator(".below-line")).to_contain_text("占待审产值")
    shoot(page, "review-ranking")
    page.goto("/returns/first-look/?form=energy&period=2023-05&line=100")
    button = page.locator("#passing button")
    count = int(re.search(r"\d+", button.inner_text())[0])
    assert count > 0
    button.click()
    expect(page.locator("#passing .all-good")).to_contain_text(f"已通过{count}份")
    page.reload()
    expect(page.locator("main .empty")).to_be_visible()


def test_a_return_is_reviewed_on_a_telephone_and_marked(sign_in, shoot):
    page = sign_in("county", phone=True)
    page.goto("/returns/workbench/?period=2023-06&form=monthly&state=county&findings=1")
    page.locator("#results tbody th a").first.click()
    expect(page.locator("[data-review]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("a.figure[data-box=output]").click()
    panel = page.locator("#box-panel")
    expect(panel.locator("h3")).to_contain_text("工业总产值")
    shoot(page, "review-phone")
    panel.get_by_role("button", name="标记跟进").click()
    page.goto("/returns/flags/")
    expect(page.locator("tbody tr").first).to_contain_text("工业总产值")
    page.get_by_role("button", name="取消标记").first.click()
    expect(page.locator("main .empty")).to_be_visible()


def test_the_city_lays_an_adjustment_over_a_figure_and_another_person_confirms_it(sign_in, shoot):
    one, two = sign_in("city"), sign_in("city2")
    one.goto("/returns/workbench/?period=2023-05&form=monthly&state=approved&unit=feixian")
    one.locator("#results tbody th a").first.click()
    name = one.locator("h1").inner_text().split(" · ")[0]
    one.locator("a.figure[data-box=output]").click()
    one.locator("details.adjust summary").click()
    one.locator("details.adjust input[name=number]").fill("123")
    one.locator("details.adjust textarea").fill("跨期入账，按发票调整")
    one.locator("details.adjust button").click()
    one.goto("/returns/adjustments/?state=proposed")
    expect(one.locator("tr", has_text=name)).to_contain_text("双人复核")
    two.goto("/returns/adjustments/?state=proposed")
    two.locator("tr", has_text=name).get_by_role("button", name="确认").click()
    two.goto("/returns/adjustments/")
    expect(two.locator("tr", has_text=name)).to_contain_text("123")
    shoot(two, "adjustments")
    two.locator("tr", has_text=name).locator("input[name=reason]").fill("企业已更正")
    two.locator("tr", has_text=name).get_by_role("button", name="撤销").click()
    expect(two.locator("main .empty")).to_be_visible()
