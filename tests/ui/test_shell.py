"""Every page: its headers, its language, its menu, its error pages."""

import re

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.urls import reverse

from gongmai.core.access.models import Grant, User

OUTSIDE = re.compile(rb"(?:src|href|action)=\"(?:https?:)?//")


@pytest.fixture
def sign_in_as(db, client: Client):
    def enter(role: str, kind: str = "city", value: str = "") -> Client:
        person = User.objects.create(username=role, display_name=role)
        Grant.objects.create(user=person, role=role, scope_kind=kind, scope_value=value)
        client.force_login(person)
        return client

    return enter


def render(text: str, **context: object) -> str:
    return engines["django"].from_string(text).render(context)


def test_scripts_come_from_this_host_and_none_is_inline(db, client: Client) -> None:
    answer = client.get(reverse("access:sign-in"))
    policy = answer.headers["Content-Security-Policy"]
    script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "unsafe" not in script
    assert "default-src 'self'" in policy
    assert not OUTSIDE.search(answer.content)
    assert re.findall(rb"<script(?![^>]*\bsrc=)", answer.content) == []
    assert re.findall(rb"\son[a-z]+=", answer.content) == []


def test_the_product_speaks_chinese_and_english_at_a_click(db, client: Client) -> None:
    page = reverse("access:sign-in")
    assert "<h1>登录</h1>" in client.get(page).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": page})
    assert "<h1>Sign in</h1>" in client.get(page).content.decode()


def test_the_title_is_said_in_the_tab_and_in_the_heading(sign_in_as) -> None:
    text = sign_in_as("sysadmin", "none").get(reverse("access:people")).content.decode()
    assert "<title>人员与权限 · 工脉</title>" in text
    assert "<h1>人员与权限</h1>" in text


@pytest.mark.parametrize(
    ("role", "kind", "sees", "does_not_see"),
    [
        ("sysadmin", "none", "access:people", "audit:trail"),
        ("auditor", "city", "audit:trail", "registry:new"),
        ("bank", "none", "home:home", "outbox:jobs"),
        ("city", "city", "registry:list", "access:people"),
    ],
)
def test_the_menu_holds_what_the_role_may_open(
    sign_in_as, role: str, kind: str, sees: str, does_not_see: str
) -> None:
    text = sign_in_as(role, kind).get(reverse("home:home")).content.decode()
    menu = text[text.index("<nav") : text.index("</nav>")]
    assert f'href="{reverse(sees)}"' in menu
    assert f'href="{reverse(does_not_see)}"' not in menu


def test_every_entry_of_the_menu_leads_to_a_page_that_exists() -> None:
    from gongmai.cockpit.home.queries import menu

    missing = [
        entry["url"] for group in menu._table() for entry in group["items"] if not menu._address(entry["url"])
    ]
    assert missing == []


def test_the_current_page_is_marked_in_the_menu(sign_in_as) -> None:
    text = sign_in_as("sysadmin", "none").get(reverse("access:create-person")).content.decode()
    assert re.findall(r'href="([^"]*)" aria-current="page"', text) == [reverse("access:people")]


def test_a_firm_gets_the_portal_and_an_officer_the_workbench(sign_in_as) -> None:
    assert 'class="portal"' in sign_in_as("enterprise", "enterprise", "1").get("/").content.decode()
    assert 'class="workbench"' in sign_in_as("city").get("/").content.decode()


def test_the_colours_of_rise_and_fall_follow_the_cookie(db, client: Client) -> None:
    page = reverse("access:sign-in")
    assert b'data-trend="red-up"' in client.get(page).content
    client.cookies["gongmai_trend"] = "green-up"
    assert b'data-trend="green-up"' in client.get(page).content
    client.cookies["gongmai_trend"] = '"><script>'
    assert b'data-trend="red-up"' in client.get(page).content


def test_what_is_not_there_and_what_is_refused_are_said_in_style(sign_in_as) -> None:
    client = sign_in_as("bank", "none")
    missing = client.get("/nothing/here/")
    assert missing.status_code == 404
    assert "页面不存在" in missing.content.decode()
    refused = client.get(reverse("access:people"))
    assert refused.status_code == 403
    assert "people.view" in refused.content.decode()


def test_the_server_error_page_needs_no_database() -> None:
    text = render("{% include '500.html' %}")
    assert "系统出错" in text
    assert "{{" not in text


def test_a_chart_holds_its_option_as_data_and_a_table_for_those_who_cannot_see_it() -> None:
    table = {"columns": ["县区", "增速"], "rows": [["兰山", "+1.0%"], ["</script>", None]]}
    text = render(
        "{% chart 'growth' option 200 table 'Growth' %}",
        option={"series": [{"name": "</script>"}]},
        table=table,
    )
    assert text.count("</script>") == 1
    assert '<th scope="row">兰山</th>' in text
    assert 'aria-controls="' in text
    assert "height: 200px" in text


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in render("{% icon 'home' %}")
    assert 'aria-label="Home"' in render("{% icon 'home' 'Home' %}")


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    root = settings.PACKAGE_DIR
    sprite = (root / "ui/static/ui/icons.svg").read_text()
    named = {
        name
        for path in root.rglob("*.html")
        for name in re.findall(r'\{% icon "([a-z0-9-]+)"|with icon="([a-z0-9-]+)"', path.read_text())
    }
    menu = set(re.findall(r"icon: ([a-z0-9-]+)", (root / "cockpit/home/data/menu.yaml").read_text()))
    wanted = {one or other for one, other in named} | menu
    assert {name for name in wanted if f'id="tabler-{name}"' not in sprite} == set()


def test_a_pager_keeps_the_rest_of_the_address(rf) -> None:
    from django.core.paginator import Paginator

    page = Paginator(range(100), 10).page(2)
    request = rf.get("/?q=x&page=2")
    text = engines["django"].get_template("ui/pager.html").render({"page": page}, request)
    assert 'href="?q=x&amp;page=3"' in text
    assert "第 11–20 条，共 100 条" in text


def test_the_vendored_libraries_name_their_licences() -> None:
    folder = settings.PACKAGE_DIR / "ui/static/vendor"
    assert {
        path.name for path in folder.iterdir() if path.is_dir() and not (path / "LICENSE").exists()
    } == set()
