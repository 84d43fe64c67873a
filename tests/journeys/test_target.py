"""An officer of the city sets a target, reads its probability, pulls a lever; on a telephone too."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_target_is_set_watched_and_put_to_the_test(sign_in, shoot, phone):
    page = sign_in("city", phone=phone)
    page.goto("/outlook/target?year=2023&level=county")
    form = page.locator("#set")
    form.get_by_label("目标值（亿元）").fill("8300")
    form.get_by_label("依据（文件）").fill("政府工作报告")
    form.get_by_role("button", name="设定").click()
    expect(page.get_by_text("目标已设定。")).to_be_visible()
    city = page.locator("#targets tbody tr").first
    expect(city).to_contain_text("8,300.0")
    expect(city).to_contain_text("7,186.6")
    expect(city.locator(".chance")).to_have_text(re.compile(r"^\d+%$"))
    expect(page.locator("#targets tbody tr")).to_have_count(14)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if not phone:
        shoot(page, "target")
    page.get_by_label("价格下降（%）").fill("10")
    page.get_by_role("button", name="测算").click()
    expect(page.locator(".field-error")).to_have_text("请选择降价的行业。")
    page.get_by_label("降价行业").select_option("31")
    page.get_by_role("button", name="测算").click()
    expect(page.locator(".lever-answer")).to_contain_text("全市：完成概率")
    assert "fall_industry=31" in page.url
    before, after = (
        int(text.strip("<>%"))
        for text in (city.locator(".chance").inner_text(), city.locator("td b").nth(1).inner_text())
    )
    assert after < before
    if not phone:
        page.locator("#what-if").scroll_into_view_if_needed()
        shoot(page, "target-what-if")
        with page.expect_download() as download:
            page.get_by_role("link", name="Excel").click()
        assert download.value.suggested_filename.endswith(".xlsx")
