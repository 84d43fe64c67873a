"""Who sees what: each kind of person with their menu, refusals, wrong passwords, new people, the auditor."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import demo_password

pytestmark = pytest.mark.browser

OUTLOOK = ["趋势预测", "季节调整", "当月预估", "目标盯办", "预警监测", "预警规则"]
MENUS = {
    "enterprise": ["首页", "我的报表", "我的企业", "接口密钥", "查看记录"],
    "enterprise2": ["首页", "我的报表", "我的企业", "接口密钥", "查看记录"],
    "county": [
        *["首页", "报表审核", "优先审核", "我的标记", "数据调整", "上报进度", "报表导出", "催报"],
        *["报送考核", "催报计划", "审核规则", "佐证矛盾", "运行总览", "排行", "走势", "指标目录"],
        *OUTLOOK,
        *["企业名录", "代码目录"],
    ],
    "county2": [
        *["首页", "报表审核", "优先审核", "我的标记", "数据调整", "上报进度", "报表导出", "催报"],
        *["报送考核", "催报计划", "审核规则", "佐证矛盾", "运行总览", "排行", "走势", "指标目录"],
        *OUTLOOK,
        *["企业名录", "代码目录"],
    ],
    "park": [
        *["首页", "报表审核", "我的标记", "数据调整", "上报进度", "报表导出", "审核规则", "佐证矛盾"],
        *["运行总览", "排行", "走势", "指标目录", *OUTLOOK, "企业名录", "代码目录"],
    ],
    "city": [
        *["首页", "报表审核", "优先审核", "我的标记", "数据调整", "上报进度", "报表导出", "催报"],
        *["报送考核", "催报计划", "同期修订", "审核规则", "佐证矛盾", "运行总览", "排行", "走势"],
        *["指标目录", "数据版本", *OUTLOOK, "企业名录", "代码目录", "后台任务"],
    ],
    "city2": [
        *["首页", "报表审核", "优先审核", "我的标记", "数据调整", "上报进度", "报表导出", "催报"],
        *["报送考核", "催报计划", "同期修订", "审核规则", "佐证矛盾", "运行总览", "排行", "走势"],
        *["指标目录", "数据版本", *OUTLOOK, "企业名录", "代码目录", "后台任务"],
    ],
    "leader": ["首页", "上报进度", "报送考核", "运行总览", "排行", "走势", "指标目录", *OUTLOOK[:4]],
    "bank": ["首页"],
    "expert": ["首页"],
    "auditor": [
        *["首页", "报表审核", "数据调整", "上报进度", "报表导出", "报送考核", "审核规则", "佐证矛盾"],
        *["运行总览", "排行", "走势", "指标目录", "数据版本", *OUTLOOK],
        *["企业名录", "代码目录", "人员与权限"],
        *["登录记录", "个人信息", "审计留痕", "查看记录", "后台任务"],
    ],
    "sysadmin": ["首页", "人员与权限", "登录记录", "个人信息", "后台任务"],
}
NEW_PASSWORD = "新来的统计员自己想的一句话 7"


def menu_of(page: Page) -> list[str]:
    entries = page.get_by_role("navigation", name="主菜单").locator("a")
    return [re.sub(r"\s*\d*$", "", text.strip()) for text in entries.all_inner_texts()]


def try_to_sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/account/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")


@pytest.mark.parametrize("username", MENUS)
def test_each_person_sees_their_menu_and_every_entry_opens(sign_in, shoot, username):
    page = sign_in(username)
    assert menu_of(page) == MENUS[username]
    if username == "city":
        shoot(page, "home-city")
    links = page.get_by_role("navigation", name="主菜单").locator("a")
    for address in [link.get_attribute("href") for link in links.all()]:
        assert page.request.get(address).status == 200, address


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("enterprise", "/indicators/"),
        ("enterprise", "/jobs/"),
        ("leader", "/enterprises/"),
        ("bank", "/returns/completeness/"),
        ("sysadmin", "/trail/"),
        ("county", "/account/people/"),
    ],
)
def test_a_page_beyond_the_role_says_so_and_leads_home(sign_in, username, address):
    page = sign_in(username)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("h1")).to_have_text("没有权限")
    page.get_by_role("link", name="回到首页").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))


def test_a_wrong_password_is_refused_and_the_tenth_has_to_wait(browser: Browser, demo_server, shoot):
    context = browser.new_context(
        base_url=demo_server, locale="zh-CN", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.goto("/account/sign-in/")
    shoot(page, "sign-in")
    for _turn in range(9):
        try_to_sign_in(page, "somebody-else", "not the password")
        expect(page.locator("main")).to_contain_text("用户名或密码不正确")
    try_to_sign_in(page, "somebody-else", "not the password")
    expect(page.locator("h1")).to_have_text("尝试次数过多")
    expect(page.locator("main")).to_contain_text("15 分钟")
    # only that name is closed
    try_to_sign_in(page, "expert", demo_password("expert"))
    expect(page.locator("h1")).to_have_text("首页")
    context.close()


def test_a_new_person_chooses_a_password_of_their_own_before_anything_else(sign_in, shoot):
    admin = sign_in("sysadmin")
    admin.get_by_role("link", name="人员与权限").click()
    shoot(admin, "people")
    admin.get_by_role("link", name="新增人员").click()
    admin.fill("#id_username", "newcomer")
    admin.fill("#id_display_name", "新来的(演示)")
    admin.select_option("#id_grants-0-role", "county")
    admin.select_option("#id_grants-0-kind", "unit")
    admin.fill("#id_grants-0-value", "lanshan")
    admin.get_by_role("button", name="新建").click()
    temporary = admin.locator("#once").inner_text()
    admin.goto("/account/people/?q=newcomer")
    row = admin.locator("table tbody tr", has_text="newcomer")
    expect(row).to_contain_text("县区经办 · 管理单元 兰山区")
    expect(row).to_contain_text("临时密码")

    page = sign_in("newcomer", password=temporary)
    expect(page.locator("h1")).to_have_text("设置您的密码")
    page.goto("/returns/workbench/")
    expect(page.locator("h1")).to_have_text("设置您的密码")
    page.fill("#id_old", temporary)
    page.fill("#id_new", "short")
    page.fill("#id_again", "short")
    page.get_by_role("button", name="保存新密码").click()
    expect(page.locator(".field-error").first).to_be_visible()
    page.fill("#id_old", temporary)
    page.fill("#id_new", NEW_PASSWORD)
    page.fill("#id_again", NEW_PASSWORD)
    page.get_by_role("button", name="保存新密码").click()
    assert menu_of(page) == MENUS["county"]

    # rights that are taken away end at the next click
    row.get_by_role("link").click()
    admin.get_by_role("button", name="停用此人").click()
    expect(admin.get_by_role("button", name="恢复登录")).to_be_visible()
    page.goto("/returns/workbench/")
    expect(page).to_have_url(re.compile("/account/sign-in/"))


def test_the_auditor_reads_the_trail_and_proves_it(sign_in, shoot):
    page = sign_in("auditor")
    page.get_by_role("link", name="审计留痕").click()
    expect(page.locator("table tbody")).to_contain_text("导入报表")
    page.get_by_role("button", name="校验留痕").click()
    expect(page.locator("#proof .all-good")).to_contain_text("行")
    shoot(page, "trail")
    page.locator("table tbody tr", has_text="导入报表").first.click()
    expect(page.locator("#drawer")).to_contain_text("return.import")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
