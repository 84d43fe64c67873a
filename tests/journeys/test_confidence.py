"""A second factor is set up and used, sessions are ended, and a leader sees what is hidden and why."""

import base64
import re
import time

import pytest

from gongmai.core.access import rules
from tests.journeys.conftest import demo_password


def code_of(key: str) -> str:
    """What the telephone shows now."""
    plain = key.replace(" ", "")
    secret = base64.b32decode(plain + "=" * (-len(plain) % 8))
    return rules.totp(secret, int(time.time()) // rules.STEP_SECONDS)


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_sets_up_a_second_factor_and_signs_in_with_a_code(sign_in, shoot, phone) -> None:
    name = "expert" if phone else "bank"
    page = sign_in(name, phone=phone)
    page.goto("/account/second-factor/")
    page.fill("input[name=password]", demo_password(name))
    page.click("main form button[type=submit]")
    page.wait_for_selector(".qr svg")
    key = page.inner_text("#key")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if not phone:
        shoot(page, "second-factor")
    page.fill("input[name=code]", code_of(key))
    page.click("main form button[type=submit]")
    codes = re.findall(r"[0-9a-f]{5}-[0-9a-f]{5}", page.inner_text("#codes"))
    assert len(codes) == 10
    page.goto("/account/sessions/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if not phone:
        shoot(page, "sessions")
    # another browser: the password leads to the code, a recovery code opens
    other = sign_in_with_code(page, name, codes[0])
    assert "/sign-in/" not in other.url
    other.context.close()
    # the telephone is lost: one person asks for the reset, another agrees, and the password opens again
    take_away(sign_in, name)
    assert "/sign-in/" not in sign_in(name).url


def take_away(sign_in, name: str) -> None:
    """The second factor of a person, by two people."""
    asks, agrees = sign_in("sysadmin"), sign_in("auditor")
    asks.goto(f"/account/people/?q={name}")
    asks.locator("main table tbody tr", has_text=name).first.get_by_role("link").first.click()
    asks.fill("#reset-reason", "手机遗失")
    asks.get_by_role("button", name="申请重置").click()
    asks.goto("/account/factor-resets/")
    assert asks.locator("main").get_by_role("button", name="核准").count() == 0
    agrees.goto("/account/factor-resets/")
    agrees.locator("main").get_by_role("button", name="核准").click()
    assert agrees.locator("main").get_by_role("button", name="核准").count() == 0


def sign_in_with_code(page, name: str, code: str):
    context = page.context.browser.new_context(base_url=page.url.split("/account")[0])
    other = context.new_page()
    other.goto("/account/sign-in/")
    other.fill("input[name=username]", name)
    other.fill("input[name=password]", demo_password(name))
    other.click("main button[type=submit]")
    other.wait_for_url("**/sign-in/code/")
    other.fill("input[name=code]", code)
    other.click("main button[type=submit]")
    other.wait_for_url(lambda url: "/sign-in/" not in url)
    return other


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_leader_sees_what_is_hidden_and_why(sign_in, shoot, phone) -> None:
    page = sign_in("leader", phone=phone)
    page.goto("/indicators/league?by=industry_division&period=2023-05")
    assert page.locator(".confidential").count() >= 3
    assert "企业不足 3 家" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".confidential").first.scroll_into_view_if_needed()
    shoot(page, "hidden-cells" + ("-phone" if phone else ""))
