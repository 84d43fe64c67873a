"""Sessions and devices: seen, ended, limited; strangers do not lock an owner out."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from tests.core.access.test_factor import PASSWORD, enter, later, make

from gongmai.core.access.actions import people, sessions
from gongmai.core.access.models import Device, Grant, Session, SignIn, User
from gongmai.core.access.queries import actor_of, sign_in_rules
from gongmai.core.notify.models import Notice
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.outbox.models import Delivery
from gongmai.core.period import clock

HERE = "/account/sessions/"
THERE = {"REMOTE_ADDR": "10.9.8.7", "HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"}


@pytest.fixture
def officer(db, simulated_time) -> User:
    return make("officer", "city", "city")


def signed_in(**extra) -> Client:
    client = Client()
    enter(client, **extra)
    return client


def test_signing_in_gives_the_session_a_new_key(officer: User, client: Client) -> None:
    client.get(reverse("access:sign-in"))
    session = client.session
    session["note"] = "planted"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    enter(client)
    assert client.cookies["sessionid"].value != planted
    assert Session.objects.get().key == client.cookies["sessionid"].value


def test_the_page_lists_my_sessions_and_marks_this_one(officer: User) -> None:
    one, other = signed_in(), signed_in(**THERE)
    page = one.get(HERE)
    assert [entry["current"] for entry in page.context["sessions"]].count(True) == 1
    assert "Firefox" in page.content.decode()
    assert "10.9.8.7" in page.content.decode()
    assert other.get(HERE).status_code == 200


def test_an_ended_session_is_out_at_its_next_request(officer: User) -> None:
    one, other = signed_in(), signed_in(**THERE)
    row = Session.objects.get(ip="10.9.8.7")
    one.post(reverse("access:end-session", args=[row.pk]))
    assert other.get(HERE).status_code == 302
    assert one.get(HERE).status_code == 200


def test_all_others_end_and_this_one_stays(officer: User) -> None:
    one, others = signed_in(), [signed_in(**THERE), signed_in(REMOTE_ADDR="10.1.1.1")]
    one.post(reverse("access:end-other-sessions"))
    assert [client.get(HERE).status_code for client in (one, *others)] == [200, 302, 302]


def test_nobody_ends_the_session_of_another(officer: User) -> None:
    mine = signed_in()
    stranger = Client()
    stranger.force_login(make("stranger", "city", "city"))
    row = Session.objects.get(user=officer)
    assert stranger.post(reverse("access:end-session", args=[row.pk])).status_code == 404
    device = Device.objects.get(user=officer)
    assert stranger.post(reverse("access:disown-device", args=[device.pk])).status_code == 404
    assert mine.get(HERE).status_code == 200


def test_the_administrator_ends_the_sessions_of_a_person(officer: User) -> None:
    client = signed_in()
    sessions.end_of_person(actor=actor_of(make("admin")), person_id=officer.pk)
    assert client.get(HERE).status_code == 302


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(officer: User) -> None:
    one, other = signed_in(), signed_in(**THERE)
    fields = {"old": PASSWORD, "new": "a quiet morning 7", "again": "a quiet morning 7"}
    assert one.post(reverse("access:password"), fields).status_code == 302
    assert one.get(HERE).status_code == 200
    assert other.get(HERE).status_code == 302
    assert Session.objects.filter(ended_at=None).count() == 1
    assert Session.objects.get(ended_at=None).key == one.cookies["sessionid"].value


def test_a_session_ends_at_its_longest_however_busy_it_is(officer: User) -> None:
    client = signed_in()
    longest = sign_in_rules().longest["officer"]
    end = clock.now() + longest
    while clock.now() < end - dt.timedelta(minutes=20):
        later(15 * 60)
        assert client.get(HERE).status_code == 200
    later(40 * 60 - 60 * 20 + 60 * 15)
    assert client.get(HERE).status_code == 302
    assert Session.objects.get().end_reason in {"too_long", "idle"}


def test_a_role_that_is_taken_away_ends_at_the_next_request(officer: User) -> None:
    client = signed_in()
    assert client.get("/enterprises/").status_code == 200
    Grant.objects.filter(user=officer).delete()
    assert client.get("/enterprises/").status_code == 403


def test_the_first_device_is_no_news_and_a_second_one_is(officer: User, monkeypatch) -> None:
    told = []
    monkeypatch.setattr(sessions, "announce", lambda event, actor_id: told.append(event))
    home = signed_in()
    assert told == []
    enter(home)
    signed_in(**THERE)
    assert [(event.name, event.user_id, event.ip) for event in told] == [
        ("access.new_device", officer.pk, "10.9.8.7")
    ]
    assert Delivery.objects.count() == 0


def test_the_owner_is_told_at_the_next_sign_in_from_a_known_device(officer: User) -> None:
    home = signed_in()
    later(60)
    signed_in(**THERE)
    later(60)
    home.post(reverse("access:sign-out"))
    enter(home)
    told = [str(message) for message in home.get(HERE).context["messages"]]
    assert len(told) == 1
    assert home.get(HERE).context["last"]["ip"] == "10.9.8.7"


def test_the_owner_finds_a_notice_of_a_new_device_in_the_inbox_once(officer: User) -> None:
    signed_in()
    deliver_once()
    assert not Notice.objects.exists(), "the first device is no news"
    later(60)
    signed_in(**THERE)
    deliver_once()
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.link) == (officer, "access.new_device", HERE)
    assert "10.9.8.7" in notice.body_zh
    assert "Firefox · Windows" in notice.body_zh
    Delivery.objects.update(state=Delivery.State.WAITING)
    deliver_once()
    assert Notice.objects.count() == 1, "delivered again, told once"


def test_that_was_not_me_ends_everything_until_a_new_password(officer: User) -> None:
    home, thief = signed_in(), signed_in(**THERE)
    device = Device.objects.get(ip="10.9.8.7")
    assert home.post(reverse("access:disown-device", args=[device.pk])).status_code == 200
    assert [client.get(HERE).status_code for client in (home, thief)] == [302, 302]
    assert enter(Client()).status_code == 403
    temporary = people.reset_password(actor=actor_of(make("admin")), person_id=officer.pk)
    fields = {"username": "officer", "password": temporary}
    assert Client().post(reverse("access:sign-in"), fields).status_code == 302


def guess(client: Client, ip: str, name: str = "officer"):
    fields = {"username": name, "password": "wrong"}
    return client.post(reverse("access:sign-in"), fields, REMOTE_ADDR=ip).status_code


@pytest.mark.parametrize("name", ["officer", "nobody"])
def test_ten_guesses_from_anywhere_close_the_name_to_strangers(officer: User, name: str) -> None:
    answers = [guess(Client(), f"10.0.0.{place}", name) for place in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_the_owners_device_is_not_locked_out_by_strangers(officer: User) -> None:
    home = signed_in()
    home.post(reverse("access:sign-out"))
    for place in range(12):
        guess(Client(), f"10.0.0.{place}")
    for _ in range(12):
        guess(Client(), "127.0.0.1")
    assert enter(Client()).status_code == 429
    assert enter(home).status_code == 302


def test_the_owners_device_too_has_only_ten_guesses(officer: User) -> None:
    home = signed_in()
    home.post(reverse("access:sign-out"))
    assert [guess(home, "127.0.0.1") for _ in range(11)] == [422] * 10 + [429]


def test_a_forged_device_cookie_is_no_known_device(officer: User) -> None:
    client = signed_in()
    client.post(reverse("access:sign-out"))
    client.cookies["gongmai_device"] = "x" + client.cookies["gongmai_device"].value
    guess(client, "127.0.0.1")
    assert SignIn.objects.filter(outcome="failed").get().device == ""


def test_an_account_that_nobody_used_for_90_days_is_stopped_until_let_in_again(officer: User) -> None:
    signed_in()
    later(91 * 24 * 3600)
    assert enter(Client()).status_code == 403
    officer.refresh_from_db()
    assert not officer.is_active
    people.set_active(actor=actor_of(make("admin")), person_id=officer.pk, active=True)
    assert enter(Client()).status_code == 302


def test_an_old_password_is_changed_where_the_profile_asks_for_it(officer: User, settings) -> None:
    User.objects.update(password_changed_at=clock.now() - dt.timedelta(days=91))
    settings.GONGMAI_PASSWORD_PROFILE = "asvs"
    assert signed_in().get(HERE).status_code == 200
    settings.GONGMAI_PASSWORD_PROFILE = "mlps"
    assert signed_in().get(HERE).headers["Location"] == reverse("access:password")


@pytest.mark.parametrize(
    ("new", "profile", "taken"),
    [
        ("a quiet morning 7", "mlps", True),
        ("short 7", "mlps", False),
        ("aquietmorningwalk", "mlps", False),
        ("aquietmorningwalk", "asvs", True),
        ("password1234", "asvs", False),
        ("gongmai-2023!", "asvs", False),
    ],
)
def test_passwords_by_profile(officer: User, settings, new: str, profile: str, taken: bool) -> None:
    settings.GONGMAI_PASSWORD_PROFILE = profile
    answer = signed_in().post(reverse("access:password"), {"old": PASSWORD, "new": new, "again": new})
    assert (answer.status_code == 302) is taken


@pytest.mark.parametrize(
    ("proxies", "address"),
    [([], "127.0.0.1"), (["127.0.0.1"], "203.0.113.9"), (["127.0.0.1", "203.0.113.9"], "198.51.100.1")],
)
def test_the_address_behind_a_proxy_is_believed_only_from_one_that_is_trusted(
    officer: User, settings, proxies: list[str], address: str
) -> None:
    settings.GONGMAI_PROXIES = proxies
    signed_in(HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9")
    assert Session.objects.get().ip == address
