"""An officer edits a rule, tries it, proposes it; a second one approves it; it stands in the catalogue."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import SignIn

Shoot = Callable[[Page, str], None]
RULES = {False: "V6_round", True: "V4_zero"}  # each width has a rule of its own
FORMULAS = {
    False: "for_months(output > 0 and to_unit(output, 'mcny') = floor(to_unit(output, 'mcny')), 2)",
    True: "electricity = 0 and output > 0 and workforce > 0",
}


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_rule_is_edited_tried_proposed_and_approved_by_another(  # noqa: PLR0915 - one story
    sign_in: SignIn, shoot: Shoot, phone: bool
) -> None:
    code, width = RULES[phone], "-phone" if phone else ""
    page = sign_in("city", phone=phone)
    page.goto("/rules/")
    page.get_by_text("统计完成", exact=False).or_(page.get_by_text("全部历史统计")).first.wait_for(
        timeout=120_000
    )
    page.goto("/rules/?sort=wolf")
    assert page.locator("main table.grid tbody tr").count() > 100
    shoot(page, f"rules{width}")

    page.goto(f"/rules/code/{code}/edit")
    box = page.locator("#formula")
    box.click()
    box.press("Control+End")
    box.type(" and 产", delay=20)
    offers = page.locator("#formula-offers li")
    offers.first.wait_for()
    assert "工业总产值" in offers.first.inner_text()
    shoot(page, f"rule-editor{width}")
    box.press("ArrowDown")
    box.press("ArrowUp")
    box.press("Enter")
    assert box.input_value().endswith(" and output")
    box.press("Escape")
    checked = page.locator("#checked")
    checked.locator(".bad").first.wait_for()  # a number is no condition
    box.fill("nosuch > 1")
    checked.get_by_text("没有指标 nosuch").wait_for()
    box.fill(FORMULAS[phone])
    examples = page.locator("#examples")
    if phone:
        examples.fill("- {name: no power, given: {output: 12, electricity: 0, workforce: 3}, expect: true}")
    else:
        rows = "[{period: 202204, output: 3000}, {period: 202205, output: 2000}]"
        examples.fill(f"- {{name: two in a row, given: {rows}, expect: true}}")
    checked.locator(".good").wait_for()
    page.fill("#reason", "连续两月即核实" if not phone else "只核实有人员的企业")
    page.click("button[name=save]")
    page.wait_for_url("**/rules/versions/*")
    address = page.url

    page.click(".span-form button")
    page.locator("#trial .tiles").wait_for(timeout=60_000)
    assert "触发（新版）" in page.locator("#trial").inner_text()
    shoot(page, f"rule-trial{width}")
    page.reload()
    page.click("button[value=propose]")
    page.get_by_text("双人复核", exact=False).first.wait_for()
    assert page.locator("button[value=approve]").count() == 0

    other = sign_in("city2", phone=phone)
    other.goto(address)
    other.fill("#note", "同意")
    other.click("button[value=approve]")
    other.get_by_text("已批准").first.wait_for()
    other.goto(f"/rules/code/{code}")
    shoot(other, f"rule{width}")
    assert "2023-06-01" in other.locator("main").inner_text()
    assert "重新提出此版" in other.locator("main").inner_text()
    assert not other.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_county_lists_its_contradicted_firms(sign_in: SignIn, shoot: Shoot, phone: bool) -> None:
    page = sign_in("county", phone=phone)
    page.goto("/rules/evidence?period=2023-06&least=20")
    rows = page.locator("main table.grid tbody tr")
    assert rows.count() >= 1
    units = {
        text.strip() for text in page.locator("main table.grid tbody tr td:nth-child(2)").all_inner_texts()
    }
    assert units == {"兰山区"}
    assert "产值" in rows.first.inner_text()
    shoot(page, f"evidence{'-phone' if phone else ''}")
    rows.first.locator("a").click()
    page.locator("#evidence").wait_for()
    assert "用电量" in page.locator("#evidence").inner_text()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
