"""Notices of people: told once, read by their owner, sent once on each channel, and failures told."""

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client

from gongmai.core.access.models import Grant, User
from gongmai.core.access.queries import actor_of
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.notify.actions import preferences, reading, sending
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.models import Dispatch, Hook, Notice, Parcel, Preference
from gongmai.core.notify.queries.inbox import notices, unread_count
from gongmai.core.notify.types import Call, NotifyError, Post, Quiet, Reply, Robot, SendFailed
from gongmai.core.outbox.actions import MAX_ATTEMPTS, deliver_once
from gongmai.core.outbox.models import Delivery
from gongmai.core.period import clock
from gongmai.core.ports import adapter

CHINA = dt.timezone(dt.timedelta(hours=8))
FIELDS = {"person": "甲"}


def at(text: str) -> None:
    clock.simulate(dt.datetime.fromisoformat(text).replace(tzinfo=CHINA))


@pytest.fixture(autouse=True)
def noon(db, settings) -> Iterator[None]:
    """A working noon, and a mail server."""
    settings.GONGMAI_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    at("2023-07-06T12:00")
    yield
    clock.resume()


@pytest.fixture
def sender(settings) -> Iterator["RecordingSender"]:
    """Webhooks that are recorded instead of called."""
    settings.GONGMAI_ADAPTERS = settings.GONGMAI_ADAPTERS | {
        "webhook_sender": "tests.core.notify.test_inbox.RecordingSender"
    }
    adapter.cache_clear()
    yield adapter("webhook_sender")
    adapter.cache_clear()


class RecordingSender:
    """Says yes, until told to say no."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.broken = 0

    def send(self, call: Call) -> Reply:
        self.calls.append(call)
        if self.broken:
            self.broken -= 1
            raise SendFailed("nobody answers")
        return Reply(200, b'{"errcode":0}')


def someone(name: str = "li", role: str = "county", value: str = "u1") -> Actor:
    user = User.objects.create(username=name, display_name=name)
    kind = {"county": "unit", "sysadmin": "none", "enterprise": "enterprise"}[role]
    Grant.objects.create(user=user, role=role, scope_kind=kind, scope_value=value if kind != "none" else "")
    return actor_of(user)


def tell(*actors: Actor, key: str = "k", kind: str = "notify.test", **more) -> int:
    return post([(Post(key, kind, FIELDS, **more), [actor.user_id for actor in actors])])


def with_mail(actor: Actor) -> Actor:
    Preference.objects.create(
        person_id=actor.user_id, email="li@example.com", verified_email="li@example.com",
        channels={"notify.test": ["email"], "chase.county": ["email"]},
    )  # fmt: skip
    return actor


def with_hook(actor: Actor, robot: Robot = Robot.WECOM) -> Actor:
    preferences.save_hook(
        actor, robot=robot, url="https://qyapi.example.com/send?key=SECRETKEY", secret="s3cret"
    )
    preferences.save_preference(actor, quiet=Quiet(), channels={"notify.test": ["webhook"]})
    return actor


def test_with_the_same_key_a_person_is_told_once() -> None:
    one, two = someone("a"), someone("b")
    assert tell(one) == 1
    assert tell(one, one, two) == 1
    assert Notice.objects.count() == 2


def test_a_person_reads_only_their_own() -> None:
    one, two = someone("a"), someone("b")
    tell(one, two)
    mine = notices(one).get()
    with pytest.raises(Notice.DoesNotExist):
        reading.open_notice(two, mine.pk)
    assert reading.mark_read(two, [mine.pk]) == 0
    assert unread_count(one) == 1
    reading.open_notice(one, mine.pk)
    assert unread_count(one) == 0
    assert reading.mark_all_read(two) == 1


def test_who_has_no_role_has_no_inbox() -> None:
    nobody = actor_of(User.objects.create(username="none"))
    with pytest.raises(NotAllowed):
        notices(nobody)
    assert unread_count(nobody) == 0


def test_a_link_that_leaves_the_house_is_refused() -> None:
    for link in ("https://evil.example/", "//evil.example/", "javascript:x", "/\\evil.example"):
        with pytest.raises(NotifyError):
            tell(someone(link[:20]), key=link, link=link)


def test_fifty_notices_make_one_mail() -> None:
    actor = with_mail(someone())
    for number in range(50):
        tell(actor, key=f"k{number}")
    assert sending.pack() == 1
    deliver_once()
    assert len(mail.outbox) == 1
    assert "50" in mail.outbox[0].subject
    assert mail.outbox[0].body.count("测试消息") == 50
    assert mail.outbox[0].to == ["li@example.com"]


def test_packing_and_delivering_again_sends_nothing_twice() -> None:
    tell(with_mail(someone()))
    sending.pack()
    for _ in range(3):
        sending.pack()
        deliver_once()
    Delivery.objects.update(state="waiting")  # as after a worker that died before it could say so
    deliver_once()
    assert len(mail.outbox) == 1
    assert Parcel.objects.get().state == "sent"


def test_nothing_leaves_in_quiet_hours_and_the_digest_waits_for_its_hour() -> None:
    actor = with_mail(someone())
    Preference.objects.update(quiet_start=dt.time(21), quiet_end=dt.time(7, 30), digest_at=dt.time(8, 30))
    at("2023-07-06T22:00")
    post([(Post("k", "chase.county", {}), [actor.user_id])])
    due = Dispatch.objects.get().due_at.astimezone(CHINA)
    assert due.isoformat() == "2023-07-07T08:30:00+08:00"
    assert sending.pack() == 0
    at("2023-07-07T08:30")
    assert sending.pack() == 1


def test_an_address_that_is_not_proven_gets_nothing() -> None:
    actor = with_mail(someone())
    Preference.objects.update(verified_email="")
    tell(actor)
    assert not Dispatch.objects.exists()


def test_an_address_is_proven_by_the_code_and_only_by_it() -> None:
    actor = someone()
    preferences.ask_code(actor, "li@example.com")
    code = re.search(r"\d{8}", mail.outbox[0].body)[0]
    for wrong in ("00000000", "", "1234"):
        if wrong != code:
            with pytest.raises(NotifyError):
                preferences.confirm_code(actor, wrong)
    preferences.confirm_code(actor, code)
    assert Preference.objects.get().is_verified
    with pytest.raises(NotifyError):
        preferences.confirm_code(actor, code)


def test_a_code_runs_out_by_time_and_by_tries() -> None:
    actor = someone()
    preferences.ask_code(actor, "li@example.com")
    code = re.search(r"\d{8}", mail.outbox[0].body)[0]
    for _ in range(5):
        with pytest.raises(NotifyError):
            preferences.confirm_code(actor, "x")
    with pytest.raises(NotifyError):
        preferences.confirm_code(actor, code)
    preferences.ask_code(actor, "li@example.com")
    code = re.search(r"\d{8}", mail.outbox[1].body)[0]
    at("2023-07-06T12:31")
    with pytest.raises(NotifyError):
        preferences.confirm_code(actor, code)


def test_a_webhook_is_sealed_at_rest_and_called_with_the_notices(sender: RecordingSender) -> None:
    actor = with_hook(someone())
    row = Hook.objects.get()
    assert "SECRETKEY" not in row.sealed_url
    assert "s3cret" not in row.sealed_secret
    tell(actor)
    sending.pack()
    deliver_once()
    (call,) = sender.calls
    assert call.url == "https://qyapi.example.com/send?key=SECRETKEY"
    assert json.loads(call.body)["msgtype"] == "markdown"


def test_a_message_that_is_not_taken_is_tried_again_and_then_told(sender: RecordingSender) -> None:
    boss, actor = someone("root", "sysadmin"), with_hook(someone())
    sender.broken = 2
    tell(actor, key="first")
    sending.pack()
    for _ in range(3):
        Delivery.objects.update(available_at=dt.datetime(2020, 1, 1, tzinfo=CHINA))
        deliver_once()
    assert Parcel.objects.get().state == "sent"
    sender.broken = 10**6
    tell(actor, key="second")
    sending.pack()
    for _ in range(MAX_ATTEMPTS + 3):
        Delivery.objects.filter(state="waiting").update(available_at=dt.datetime(2020, 1, 1, tzinfo=CHINA))
        deliver_once()
    assert len(sender.calls) == 3 + MAX_ATTEMPTS, "retries are bounded"
    assert Delivery.objects.filter(state="failed").count() == 1
    assert sending.tell_failures() == 1
    assert sending.tell_failures() == 0
    for one in (boss, actor):
        assert "nobody answers" in notices(one, kind="notify.failed").get().body_zh
    assert Parcel.objects.latest("pk").state == "failed"


def test_one_message_that_fails_stops_no_other(sender: RecordingSender) -> None:
    broken, fine = with_hook(someone("a")), with_mail(someone("b"))
    sender.broken = 10**6
    tell(broken, fine)
    sending.pack()
    deliver_once()
    assert len(mail.outbox) == 1
    assert set(Parcel.objects.values_list("state", flat=True)) == {"waiting", "sent"}


def test_a_bad_address_is_refused_when_it_is_set() -> None:
    with pytest.raises(NotifyError):
        preferences.save_hook(someone(), robot=Robot.JSON, url="https://127.0.0.1/x", secret="")


def test_the_inbox_page_searches_marks_and_opens(client: Client) -> None:
    actor = someone("li")
    for number in range(25):
        tell(actor, key=f"k{number}", link="/inbox/settings/")
    client.force_login(User.objects.get(pk=actor.user_id))
    page = client.get("/inbox/").content.decode()
    assert page.count('class="notice is-unread"') == 20
    assert "data-unread>25" in page
    assert client.get("/inbox/?page=2").content.decode().count('class="notice is-unread"') == 5
    assert "没有消息" in client.get("/inbox/?q=nothing-like-it").content.decode()
    first = notices(actor)[0]
    assert client.get(f"/inbox/{first.pk}/").headers["Location"] == "/inbox/settings/"
    assert client.get("/inbox/?unread=1").content.decode().count('class="notice is-unread"') == 20
    client.post("/inbox/read/", {"notice": [str(notices(actor)[1].pk)]})
    assert unread_count(actor) == 23
    client.post("/inbox/read/", {"all": "1", "next": "https://evil.example/"})
    assert unread_count(actor) == 0
    assert "data-unread" not in client.get("/inbox/").content.decode()


def test_the_settings_page_saves_choices_and_says_what_is_wrong(
    client: Client, sender: RecordingSender
) -> None:
    actor = someone("li")
    client.force_login(User.objects.get(pk=actor.user_id))
    assert client.get("/inbox/settings/").status_code == 200
    client.post(
        "/inbox/settings/channels/",
        {"quiet_start": "20:00", "quiet_end": "08:00", "digest_at": "", "kind-chase.county": ["email"]},
    )
    row = Preference.objects.get()
    assert (row.quiet_start, row.channels["chase.county"]) == (dt.time(20), ["email"])
    assert client.post("/inbox/settings/channels/", {"quiet_start": "x"}).status_code == 422
    answer = client.post(
        "/inbox/settings/webhook/", {"robot": "json", "url": "http://10.0.0.1/", "secret": ""}, follow=True
    )
    assert "https://" in answer.content.decode()
    assert not Hook.objects.exists()
    client.post(
        "/inbox/settings/webhook/", {"robot": "json", "url": "https://erp.example.com/h", "secret": "w"}
    )
    client.post("/inbox/settings/webhook/", {"what": "try"})
    assert sender.calls[0].headers["X-Gongmai-Signature"].startswith("sha256=")
    client.post("/inbox/settings/webhook/", {"what": "drop"})
    assert not Hook.objects.exists()


def test_the_api_lists_and_marks_own_notices(client: Client) -> None:
    actor = someone("li")
    tell(actor, key="a")
    tell(actor, key="b")
    client.force_login(User.objects.get(pk=actor.user_id))
    found = client.get("/api/v1/inbox").json()
    assert found["unread"] == 2
    first = found["notices"][0]
    body = json.dumps({"ids": [first["id"], 10**30]})
    assert client.post("/api/v1/inbox/read", body, content_type="application/json").json() == {"marked": 1}
    assert client.get(f"/api/v1/inbox?before={first['id']}").json()["notices"][0]["key"] == "a"
    assert client.get("/api/v1/inbox?unread=true").json()["unread"] == 1
