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
    suffix = "-phone" if phone else ""
    page = sign_in(name, phone=phone)
    page.goto("/account/second-factor/")
    page.fill("input[name=password]", demo_password(name))
    page.click("main form button[type=submit]")
    page.wait_for_selector(".qr svg")
    key = page.inner_text("#key")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"second-factor{suffix}")
    page.fill("input[name=code]", code_of(key))
    page.click("main form button[type=submit]")
    codes = re.findall(r"[0-9a-f]{5}-[0-9a-f]{5}", page.inner_text("#codes"))
    assert len(codes) == 10
    page.goto("/account/sessions/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"sessions{suffix}")
    # another browser: the password leads to the code, a recovery code opens
    other = sign_in_with_code(sign_in, page, name, codes[0])
    assert "/sign-in/" not in other.url


def sign_in_with_code(sign_in, page, name: str, code: str):
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
    shoot(page, "hidden-cells" + ("-phone" if phone else ""))
