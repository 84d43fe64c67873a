"""A warning from its trigger to its end: the city assigns, the county verifies and acts on a telephone."""

import re

from playwright.sync_api import Page, expect

from tests.city import City


def is_within_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def act(page: Page, move: str, text: str = "") -> None:
    """Open a move, say what there is to say, and make it."""
    block = page.locator(".warn-moves details", has_text=move)
    if block.get_attribute("open") is None:
        block.locator("summary").click()
    if text:
        block.locator("textarea").fill(text)
    block.get_by_role("button", name=move).click()
    expect(page.locator(".toast-note")).to_contain_text(move)


def test_a_warning_is_found_assigned_verified_handled_and_closed(sign_in, shoot, demo_city: City) -> None:
    assert "2023-06" in demo_city.run("warn", "run", "--period", "2023-06", "--format", "json").stdout
    again = demo_city.run("warn", "run", "--period", "2023-06", "--format", "json").stdout
    assert re.search(r'"found":\s*0', again)

    # the city sees the list, ranked, with its filters in the address, and takes it away
    city = sign_in("city")
    city.goto("/warnings/")
    expect(city.locator("tbody tr").first).to_be_visible()
    shoot(city, "warning-list")
    with city.expect_download() as download:
        city.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    city.goto("/warnings/?show=found&level=enterprise&trigger=output_fall&unit=lanshan")
    assert city.locator("#f-unit").input_value() == "lanshan"
    first = city.locator("tbody tr").first
    name = first.locator("th").inner_text()
    boxes = city.locator("tbody input[name=alert]")
    city.get_by_label("选择本页全部").check()
    assert all(box.is_checked() for box in boxes.all())
    city.get_by_label("选择本页全部").uncheck()
    boxes.first.check()
    city.get_by_role("button", name="将勾选的派发县区").click()
    expect(city.locator(".toast-note")).to_contain_text("已派发 1 条预警")

    # the county verifies and acts, on the telephone
    county = sign_in("county", phone=True)
    county.goto("/warnings/?show=assigned")
    assert is_within_the_screen(county)
    shoot(county, "warning-list-phone")
    county.get_by_role("link", name=name).click()
    expect(county.locator("h1")).to_contain_text(name)
    act(county, "属实")
    act(county, "登记处置措施", "协调供电检修提前完成，7月10日前恢复生产")
    assert is_within_the_screen(county)
    shoot(county, "warning-one-phone")
    act(county, "反馈处置结果", "已于7月8日恢复生产")
    expect(county.locator(".warn-moves")).to_contain_text("当前没有需要您办理的事项")

    # the city closes it, and the trigger's record shows it
    city.goto(county.url)
    shoot(city, "warning-one")
    act(city, "审核销号")
    expect(city.locator(".warn-life li")).to_have_count(6)
    city.goto("/warnings/triggers/")
    row = city.locator("tbody tr", has_text="产值持续下滑")
    expect(row).to_contain_text("100.0%")
    shoot(city, "warning-triggers")
