"""The second factor: codes as RFC 6238 has them, used once, throttled; taken away only with four eyes."""

import datetime as dt
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.access import rules
from gongmai.core.access.actions import factor as actions
from gongmai.core.access.actions import people
from gongmai.core.access.models import Factor, FactorReset, Grant, RecoveryCode, User
from gongmai.core.access.queries import actor_of, find_token, sign_in_rules
from gongmai.core.access.types import NotAllowed, RefusedChange, Role
from gongmai.core.audit.models import Entry
from gongmai.core.notify.models import Notice
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.period import clock

PASSWORD = "the pulse of a city"
NOW = datetime(2023, 7, 6, 1, 0, tzinfo=UTC)
SECRET = b"12345678901234567890"
# the time and the code of the RFC's appendix B, for SHA-1 and eight digits
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def make(name: str, role: str = "sysadmin", kind: str = "none") -> User:
    person = User(username=name, display_name=name)
    person.set_password(PASSWORD)
    person.save()
    Grant.objects.create(user=person, role=role, scope_kind=kind)
    return person


def key_of(person: User) -> bytes:
    return actions._secret(Factor.objects.get(user=person))


def code_now(person: User, back: int = 0) -> str:
    return rules.totp(key_of(person), rules.step_at(clock.now()) - back)


def later(seconds: int) -> None:
    clock.simulate(clock.now() + dt.timedelta(seconds=seconds))


@pytest.fixture(autouse=True)
def one_clock(monkeypatch) -> None:
    """The telephone of these tests goes by the simulated time, so that tests can move it."""
    monkeypatch.setattr(actions, "telephone_time", clock.now)


def test_the_telephone_goes_by_the_real_time(monkeypatch, simulated_time) -> None:
    monkeypatch.undo()
    assert actions.telephone_time().year > clock.now().year


@pytest.fixture
def officer(db, simulated_time) -> User:
    return make("officer", "city", "city")


@pytest.fixture
def enrolled(officer: User) -> User:
    actions.begin(actor=actor_of(officer))
    officer.codes = actions.confirm(actor=actor_of(officer), code=code_now(officer))
    later(60)
    return officer


def enter(client: Client, name: str = "officer", **extra):
    return client.post(reverse("access:sign-in"), {"username": name, "password": PASSWORD}, **extra)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = rules.step_at(datetime.fromtimestamp(seconds, UTC))
    assert rules.totp(SECRET, step, 8) == code
    assert rules.totp(SECRET, step) == code[2:]


@given(st.integers(5, 10**8), st.integers(-3, 3))
def test_a_code_counts_one_step_before_and_after_its_own(step: int, off: int) -> None:
    found = rules.find_step(SECRET, rules.totp(SECRET, step + off), step, drift=1, last=0)
    assert (found == step + off) is (abs(off) <= 1)


def test_full_width_digits_and_blanks_are_the_same_code() -> None:
    assert rules.tidy_code(" １２3 4-56 ") == "123456"


def test_the_key_is_stored_sealed(enrolled: User) -> None:
    stored = Factor.objects.get(user=enrolled).secret
    assert key_of(enrolled).hex() not in stored
    assert len(key_of(enrolled)) == 20


def test_a_key_that_is_retired_goes_out_of_use_as_people_sign_in(enrolled: User, monkeypatch) -> None:
    from cryptography.fernet import Fernet
    from django.conf import settings

    old = (settings.DATA_DIR / "factor_keys").read_text().split()
    new = Fernet.generate_key().decode()
    monkeypatch.setenv("GONGMAI_FACTOR_KEYS", ",".join([new, *old]))
    actions.check(user=enrolled, code=code_now(enrolled))
    monkeypatch.setenv("GONGMAI_FACTOR_KEYS", new)
    later(60)
    assert actions.check(user=enrolled, code=code_now(enrolled)) == "code"


def test_the_password_alone_opens_nothing_and_the_code_opens(enrolled: User, client: Client) -> None:
    assert enter(client).headers["Location"] == reverse("access:sign-in-code")
    assert client.get(reverse("access:sessions")).status_code == 302
    answer = client.post(reverse("access:sign-in-code"), {"code": code_now(enrolled)})
    assert answer.headers["Location"] == reverse("home:home")
    assert client.get(reverse("access:sessions")).status_code == 200


def test_a_code_is_taken_once(enrolled: User, client: Client) -> None:
    code = code_now(enrolled)
    assert actions.check(user=enrolled, code=code) == "code"
    with pytest.raises(RefusedChange):
        actions.check(user=enrolled, code=code)
    enter(client)
    assert client.post(reverse("access:sign-in-code"), {"code": code}).status_code == 422


def test_after_five_wrong_codes_not_even_the_right_one_is_taken_for_a_while(enrolled: User) -> None:
    how = sign_in_rules()
    for _ in range(how.factor_attempts):
        with pytest.raises(RefusedChange) as refused:
            actions.check(user=enrolled, code="000000")
        assert refused.value.code == "wrong_code"
    with pytest.raises(RefusedChange) as refused:
        actions.check(user=enrolled, code=code_now(enrolled))
    assert refused.value.code == "paused"
    later(int(how.factor_pause.total_seconds()) + 1)
    assert actions.check(user=enrolled, code=code_now(enrolled)) == "code"


def test_a_recovery_code_is_kept_as_a_hash_and_works_once(enrolled: User) -> None:
    code = enrolled.codes[0]
    assert len(set(enrolled.codes)) == sign_in_rules().recovery_codes == 10
    assert not RecoveryCode.objects.filter(digest__contains=code.replace("-", "")).exists()
    assert actions.check(user=enrolled, code=code.upper()) == "recovery"
    with pytest.raises(RefusedChange):
        actions.check(user=enrolled, code=code)


def test_the_step_of_the_code_does_not_wait_for_ever(enrolled: User, client: Client) -> None:
    enter(client)
    later(301)
    answer = client.post(reverse("access:sign-in-code"), {"code": code_now(enrolled)})
    assert answer.headers["Location"] == reverse("access:sign-in")


def test_a_new_password_from_the_administrator_does_not_go_round_the_second_factor(
    enrolled: User, client: Client
) -> None:
    temporary = people.reset_password(actor=actor_of(make("admin")), person_id=enrolled.pk)
    answer = client.post(reverse("access:sign-in"), {"username": "officer", "password": temporary})
    assert answer.headers["Location"] == reverse("access:sign-in-code")


def test_a_second_factor_is_taken_away_by_two_and_its_owner_is_told(enrolled: User, client: Client) -> None:
    asking, second = make("admin"), make("auditor", "auditor", "city")
    actions.ask_reset(actor=actor_of(asking), person_id=enrolled.pk, reason="telephone lost")
    row = FactorReset.objects.get()
    with pytest.raises(RefusedChange) as refused:
        actions.decide_reset(actor=actor_of(asking), reset_id=row.pk, agreed=True)
    assert refused.value.code == "four_eyes"
    with pytest.raises(NotAllowed):
        actions.decide_reset(actor=actor_of(enrolled), reset_id=row.pk, agreed=True)
    assert Factor.objects.filter(user=enrolled).exists()
    actions.decide_reset(actor=actor_of(second), reset_id=row.pk, agreed=True)
    assert not Factor.objects.filter(user=enrolled).exists()
    deliver_once()
    notice = Notice.objects.get(kind="access.factor_reset")
    assert notice.person == enrolled
    assert all(part in notice.body_zh for part in ("admin", "auditor", "telephone lost"))
    assert {"factor.ask_reset", "factor.reset"} <= set(Entry.objects.values_list("action", flat=True))
    enter(client)
    told = [str(message) for message in client.get(reverse("home:home")).context["messages"]]
    assert any("admin" in text for text in told)


def test_a_refused_reset_changes_nothing(enrolled: User) -> None:
    asking, second = make("admin"), make("admin2")
    actions.ask_reset(actor=actor_of(asking), person_id=enrolled.pk, reason="")
    row = FactorReset.objects.get()
    actions.decide_reset(actor=actor_of(second), reset_id=row.pk, agreed=False)
    assert Factor.objects.filter(user=enrolled).exists()
    with pytest.raises(RefusedChange):
        actions.decide_reset(actor=actor_of(second), reset_id=row.pk, agreed=True)


def test_an_open_screen_binds_no_telephone_without_the_password(officer: User, client: Client) -> None:
    client.force_login(officer)
    answer = client.post(reverse("access:second-factor"), {"password": "wrong"})
    assert (answer.status_code, Factor.objects.count()) == (422, 0)


def test_the_page_shows_the_key_as_picture_and_text_and_the_codes_once(officer: User, client: Client) -> None:
    client.force_login(officer)
    client.post(reverse("access:second-factor"), {"password": PASSWORD})
    page = client.get(reverse("access:confirm-factor")).content.decode()
    assert "<svg" in page
    assert "style=" not in page.partition("<svg")[2].partition("</svg>")[0]
    assert actions.as_text(key_of(officer)) in page
    done = client.post(reverse("access:confirm-factor"), {"code": code_now(officer)}).content.decode()
    assert len(re.findall(r"[0-9a-f]{5}-[0-9a-f]{5}", done)) == 10
    again = client.get(reverse("access:second-factor")).content.decode()
    assert not re.findall(r"[0-9a-f]{5}-[0-9a-f]{5}", again)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_officers_need_a_second_factor_and_enterprises_may_have_one(role: Role) -> None:
    assert rules.needs_factor(sign_in_rules(), [role]) is (role is not Role.ENTERPRISE)


def test_where_it_is_required_grace_ends_at_the_enrolment_page(
    officer: User, client: Client, settings
) -> None:
    settings.GONGMAI_SECOND_FACTOR = "required"
    enter(client)
    assert client.get(reverse("access:sessions")).status_code == 200
    client.logout()
    later(8 * 24 * 3600)
    enter(client)
    assert client.get(reverse("access:sessions")).headers["Location"] == reverse("access:second-factor")
    assert client.get("/api/v1/indicators/").status_code == 401
    client.post(reverse("access:second-factor"), {"password": PASSWORD})
    client.post(reverse("access:confirm-factor"), {"code": code_now(officer)})
    assert client.get(reverse("access:sessions")).status_code == 200


def test_where_it_is_offered_nobody_is_held_up(officer: User, client: Client, settings) -> None:
    settings.GONGMAI_SECOND_FACTOR = "offered"
    enter(client)
    later(8 * 24 * 3600)
    client.logout()
    enter(client)
    assert client.get(reverse("access:sessions")).status_code == 200
    assert find_token("none") is None
