"""The county chases, the firm hears of it on the telephone, the deadline moves and moves back."""

import re

import pytest
from playwright.sync_api import Page, expect

REASON = "厂区停电检修，无法取数"
LATE = "请于本周内上报能源报表"


def firm_name(page: Page) -> str:
    page.goto("/enterprise/")
    return page.locator("h1").inner_text()


def open_list(page: Page, name: str) -> None:
    page.goto(f"/chase/?form=energy&period=2023-06&q={name}")
    expect(page.locator("tbody tr")).to_have_count(1)


def is_within_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_county_chases_a_firm_that_sees_it_and_gets_more_time(sign_in, shoot) -> None:
    firm, county = sign_in("enterprise2", phone=True), sign_in("county2")
    name = firm_name(firm)

    # the county picks the firm, sees what it will send, and sends it
    open_list(county, name)
    county.locator("tbody input[name=return]").check()
    county.get_by_label("附言").fill(LATE)
    shoot(county, "chase-list")
    county.get_by_role("button", name="发送催报").click()
    expect(county.locator(".sample")).to_contain_text(LATE)
    expect(county.locator("section.card", has_text="将通知")).to_contain_text(name)
    shoot(county, "chase-remind")
    county.get_by_role("button", name="立即发送").click()
    expect(county.locator(".toast-note")).to_contain_text("已催报 1 家企业")

    # a second click a moment later reaches nobody
    open_list(county, name)
    county.locator("tbody input[name=return]").check()
    county.get_by_role("button", name="发送催报").click()
    expect(county.locator("section.card", has_text="刚刚催过")).to_contain_text(name)

    # the firm finds it in its inbox, on the telephone
    firm.goto("/returns/tasks/")
    expect(firm.locator("[data-unread]")).to_be_visible()
    firm.locator(".inbox-link").click()
    notice = firm.locator(".notice.is-unread", has_text=LATE)
    expect(notice).to_be_visible()
    assert is_within_the_screen(firm)
    shoot(firm, "inbox-phone")
    notice.get_by_role("link").first.click()
    expect(firm).to_have_url(re.compile(r"/returns/\d+/"))
    firm.goto("/inbox/")
    expect(firm.locator(".notice.is-unread", has_text=LATE)).to_have_count(0)

    give_more_time(firm, county, shoot, name)


def give_more_time(firm: Page, county: Page, shoot, name: str) -> None:
    """A call, an extension, what the firm sees of it, and the way back."""
    # the county notes the call and gives more time
    open_list(county, name)
    county.get_by_role("link", name=name).click()
    county.get_by_label("通话结果").select_option("promised")
    county.get_by_role("button", name="保存记录").click()
    expect(county.locator("[role=alert]").first).to_contain_text("承诺")
    county.get_by_label("承诺上报日").fill("2023-07-13")
    county.get_by_role("button", name="保存记录").click()
    expect(county.locator("table").last).to_contain_text("承诺限期上报")
    county.get_by_label("新的截止日").fill("2023-07-14")
    county.get_by_label("原因").fill(REASON)
    county.get_by_role("button", name="延期", exact=True).click()
    expect(county.locator(".note").first).to_contain_text(REASON)
    shoot(county, "chase-firm")

    # the firm reads until when and why, in the list, on the sheet and in the inbox
    firm.goto("/returns/tasks/")
    card = firm.locator("main li.card", has_text=REASON)
    expect(card).to_contain_text("2023-07-14")
    card.get_by_role("link").first.click()
    expect(firm.locator(".extension-note")).to_contain_text(REASON)
    expect_notice(firm, "上报期限延长至 2023-07-14")

    # it is taken back, and the earlier day holds again
    county.on("dialog", lambda dialog: dialog.accept())
    county.get_by_role("button", name="撤回").click()
    expect(county.locator(".toast-note").first).to_contain_text("已撤回 1 份")
    firm.goto("/returns/tasks/")
    expect(firm.locator("main li.card", has_text=REASON)).to_have_count(0)
    expect_notice(firm, "期限恢复为 2023-07-12")


def expect_notice(page: Page, text: str) -> None:
    """The worker delivers within moments; the page is asked again until it has."""
    for _ in range(30):
        page.goto("/inbox/")
        if page.locator(".notice", has_text=text).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"no notice: {text}")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_league_the_plan_and_the_settings_fit_the_screen(sign_in, shoot, phone: bool) -> None:
    suffix = "-phone" if phone else ""
    leader = sign_in("leader", phone=phone)
    leader.goto("/chase/league/?period=2023-05")
    expect(leader.locator("tbody tr")).to_have_count(15)
    expect(leader.locator("tfoot")).to_contain_text("全市")
    assert is_within_the_screen(leader)
    shoot(leader, f"chase-league{suffix}")
    leader.goto("/chase/league/?period=2023-05&span=year")
    expect(leader.locator("tbody tr")).to_have_count(15)

    city = sign_in("city", phone=phone)
    city.goto("/chase/plan/")
    expect(city.locator("#main")).to_contain_text("截止前 3 个工作日")
    assert is_within_the_screen(city)
    shoot(city, f"chase-plan{suffix}")
    city.goto("/chase/plan/new/?form=finance")
    city.locator("input[name=s-0-offset]").fill("-5")
    city.get_by_role("button", name="预览发送安排").click()
    expect(city.locator("#main")).to_contain_text("截止前 5 个工作日")
    city.goto("/inbox/settings/")
    city.get_by_label("县区未报清单").first.wait_for(state="detached")
    expect(city.get_by_role("row", name="全市逾期清单")).to_be_visible()
    city.locator("input[name=url]").fill("http://127.0.0.1:8000/x")
    city.locator("form", has=city.locator("input[name=url]")).get_by_role("button", name="保存").click()
    expect(city.locator(".toast-note")).to_contain_text("该地址不能使用")
    assert is_within_the_screen(city)
    shoot(city, f"notify-settings{suffix}")


def test_the_leagues_excel_file_and_the_missing_list_are_downloaded(sign_in) -> None:
    county = sign_in("county2")
    county.goto("/chase/league/?period=2023-05")
    with county.expect_download() as league:
        county.get_by_role("link", name="Excel").click()
    assert league.value.suggested_filename.endswith(".xlsx")
    county.goto("/chase/?period=2023-06&form=monthly")
    with county.expect_download() as missing:
        county.get_by_role("link", name="Excel").click()
    assert missing.value.suggested_filename.endswith(".xlsx")
