"""Signing in: what is told, what is counted, what is logged, and how sessions end."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from gongmai.core.access.models import Grant, SignIn, User
from gongmai.core.access.views.sign_in import ADDRESS_LIMIT
from gongmai.core.period import clock

PASSWORD = "the pulse of a city"
HOME = "/account/people/"


@pytest.fixture
def admin(db) -> User:
    return make("admin", "sysadmin", "none")


def make(name: str, role: str, kind: str, value: str = "") -> User:
    person = User(username=name)
    person.set_password(PASSWORD)
    person.save()
    Grant.objects.create(user=person, role=role, scope_kind=kind, scope_value=value)
    return person


def attempt(client: Client, name: str, password: str, **extra: Any) -> Any:
    return client.post(reverse("access:sign-in"), {"username": name, "password": password}, **extra)


def test_the_right_password_opens_the_home_page(admin: User, client: Client) -> None:
    assert attempt(client, "admin", PASSWORD).headers["Location"] == reverse("home:home")
    assert client.get(HOME).status_code == 200


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    admin: User, client: Client, monkeypatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *args: hashed.append("x") or encode(self, *args)
    )
    answers, work = [], []
    for name in ("admin", "nobody"):
        hashed.clear()
        answer = attempt(client, name, "wrong")
        answers.append((answer.status_code, answer.content.replace(name.encode(), b"NAME")))
        work.append(len(hashed))
    csrf = [body.split(b'name="csrfmiddlewaretoken"')[0] for _, body in answers]
    assert answers[0][0] == answers[1][0] == 422
    assert csrf[0].split(b"X-CSRFToken")[0] == csrf[1].split(b"X-CSRFToken")[0]
    assert work == [1, 1]


def test_ten_wrong_guesses_lock_the_name_for_that_address_alone(admin: User, client: Client) -> None:
    for name in ("admin", "nobody"):
        answers = [attempt(client, name, "wrong") for _ in range(10)]
        assert [answer.status_code for answer in answers] == [422] * 9 + [429]
        assert answers[-1].headers["Retry-After"] == "900"
    assert attempt(client, "admin", PASSWORD).status_code == 429
    assert attempt(client, "admin", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_many_wrong_guesses_from_one_address_have_to_wait_whatever_the_names(db, client: Client) -> None:
    SignIn.objects.bulk_create(
        SignIn(username=f"u{n}", at=clock.now(), ip="127.0.0.1", outcome="failed")
        for n in range(ADDRESS_LIMIT)
    )
    assert attempt(client, "another", "wrong").status_code == 429
    assert attempt(client, "another", "wrong", REMOTE_ADDR="10.0.0.9").status_code == 422


def test_every_attempt_is_logged(admin: User, client: Client) -> None:
    attempt(client, "admin", "wrong")
    attempt(client, "admin", PASSWORD)
    client.post(reverse("access:sign-out"))
    log = SignIn.objects.order_by("pk").values_list("username", "outcome", "ip")
    assert list(log) == [
        ("admin", "failed", "127.0.0.1"),
        ("admin", "ok", "127.0.0.1"),
        ("admin", "signed_out", "127.0.0.1"),
    ]


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [("/jobs/", "/jobs/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("javascript:x", "/")],
)
def test_signing_in_leads_to_no_other_host(admin: User, client: Client, target: str, goes_to: str) -> None:
    answer = client.post(
        reverse("access:sign-in"), {"username": "admin", "password": PASSWORD, "next": target}
    )
    assert answer.headers["Location"] == goes_to


def at(hour: int, minute: int = 0) -> None:
    clock.simulate(dt.datetime(2023, 7, 6, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=8))))


def test_an_officers_idle_session_ends_after_30_minutes(admin: User, client: Client, simulated_time) -> None:
    attempt(client, "admin", PASSWORD)
    at(9, 1)
    assert client.get(HOME).status_code == 200
    at(9, 25)
    assert client.get(HOME).status_code == 200
    at(9, 54)
    assert client.get(HOME).status_code == 200
    at(10, 25)
    assert client.get(HOME).status_code == 302


def test_a_firms_session_lasts_the_working_day(db, client: Client, simulated_time) -> None:
    make("firm", "enterprise", "enterprise", "1")
    attempt(client, "firm", PASSWORD)
    assert client.get("/account/keys/").status_code == 200
    at(15)
    assert client.get("/account/keys/").status_code == 200
    at(23, 30)
    assert client.get("/account/keys/").status_code == 302


def test_a_role_taken_away_ends_with_the_next_click(admin: User, client: Client) -> None:
    client.force_login(admin)
    assert client.get(HOME).status_code == 200
    admin.grants.all().delete()
    assert client.get(HOME).status_code == 403


def test_a_stopped_person_is_out_at_once(admin: User, client: Client) -> None:
    client.force_login(admin)
    User.objects.update(is_active=False)
    assert client.get(HOME).status_code == 302


def test_a_temporary_password_must_be_changed_first(admin: User, client: Client) -> None:
    User.objects.update(must_change_password=True)
    attempt(client, "admin", PASSWORD)
    assert client.get(HOME).headers["Location"] == reverse("access:password")
    part = client.get(HOME, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, reverse("access:password"))
    data = {"old": PASSWORD, "new": "seven grey horses run", "again": "seven grey horses run"}
    assert client.post(reverse("access:password"), data).status_code == 302
    assert client.get(HOME).status_code == 200
    admin.refresh_from_db()
    assert admin.check_password("seven grey horses run")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"old": "wrong"}, "old"),
        ({"new": "short", "again": "short"}, "new"),
        ({"new": "password123456", "again": "password123456"}, "new"),
        ({"new": PASSWORD, "again": PASSWORD}, "new"),
        ({"again": "something else"}, "again"),
    ],
)
def test_a_new_password_that_breaks_the_policy_is_refused_at_its_field(
    admin: User, client: Client, data: dict[str, str], field: str
) -> None:
    client.force_login(admin)
    good = {"old": PASSWORD, "new": "seven grey horses run", "again": "seven grey horses run"}
    answer = client.post(reverse("access:password"), good | data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_other_sessions_end_when_the_password_changes(admin: User, client: Client) -> None:
    other = Client()
    other.force_login(admin)
    client.force_login(admin)
    data = {"old": PASSWORD, "new": "seven grey horses run", "again": "seven grey horses run"}
    client.post(reverse("access:password"), data)
    assert client.get(HOME).status_code == 200
    assert other.get(HOME).status_code == 302


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(db, client: Client) -> None:
    answer = client.get(HOME, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Redirect"].startswith(reverse("access:sign-in"))
