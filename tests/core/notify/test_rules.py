"""Wording, quiet hours, formats of robots, sealed secrets."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.notify.queries.catalogue import kinds
from gongmai.core.notify.rules.formats import (
    build_call,
    check_reply,
    cut,
    dingtalk_markdown,
    sign_body,
    wecom_markdown,
    wecom_text,
)
from gongmai.core.notify.rules.quiet import GATHER, is_quiet, send_at
from gongmai.core.notify.rules.sealing import seal, unseal
from gongmai.core.notify.rules.wording import template_of, unknown_slots, word
from gongmai.core.notify.types import Line, NotifyError, Quiet, Robot, SendFailed, Template

CHINA = dt.timezone(dt.timedelta(hours=8))
LINE = Line("k", "chase.firm", "请上报《工业产值》", "截止 2023-07-10", "https://gm.example/inbox/1/")


def template(text: str, *fields: str) -> Template:
    texts = {"zh-Hans": text, "en": text}
    return Template(dt.date(2020, 1, 1), None, fields, texts, texts)


@pytest.mark.parametrize(
    "text",
    [
        "{name.__class__}", "{name[0]}", "{name!r}", "{name:>9}", "{0}", "{}", "{{name}}", "{% load x %}",
        "{{ name|safe }}", "{name.__class__.__mro__[1].__subclasses__()}", "%(name)s", "${name}", "#{name}",
        "{__import__}", "{self}", "{Name}", "{name }", "{ name}",
    ],
)  # fmt: skip
def test_a_template_only_replaces_plain_field_names(text: str) -> None:
    shown = word(template(text, "name"), {"name": "XYZ", "self": "no"}).body["en"]
    assert shown in {text, text.replace("{name}", "XYZ")}


def test_a_field_is_not_read_as_a_template_again() -> None:
    assert word(template("{a}", "a", "b"), {"a": "{b}", "b": "secret"}).body["en"] == "{b}"


def test_fields_come_by_language_without_control_characters_and_bounded() -> None:
    shown = word(template("{a}", "a"), {"a": {"zh-Hans": "甲\x00\r\u202e", "en": "x" * 9000}})
    assert shown.body["zh-Hans"] == "甲"
    assert len(shown.body["en"]) == 500


def test_a_subject_is_one_line() -> None:
    assert word(template("a\n{b}", "b"), {"b": "c\nBcc: x@y"}).subject["en"] == "a c Bcc: x@y"


def test_every_template_of_the_catalogue_names_only_its_fields_and_is_in_force() -> None:
    for kind in kinds().values():
        for each in kind.templates:
            assert unknown_slots(each) == []
        assert template_of(kind, dt.date(2023, 7, 6))
    with pytest.raises(NotifyError):
        template_of(kinds()["chase.firm"], dt.date(2019, 1, 1))


times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
moments = st.builds(
    lambda day, time: dt.datetime.combine(day, time, CHINA),
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)),
    st.times(),
)


@given(moments, times, times, st.none() | times)
def test_nothing_leaves_in_the_quiet_hours_nor_later_than_two_days(now, start, end, digest) -> None:
    quiet = Quiet(start, end, digest)
    at = send_at(now, quiet)
    assert not is_quiet(at.time(), quiet)
    assert now + GATHER <= at <= now + dt.timedelta(days=2, minutes=2)


@given(moments, times, times)
def test_what_is_urgent_leaves_at_once(now, start, end) -> None:
    assert send_at(now, Quiet(start, end), urgent=True) == now


def test_quiet_hours_pass_midnight() -> None:
    quiet = Quiet(dt.time(21), dt.time(7, 30))
    night = dt.datetime(2023, 7, 6, 23, 0, tzinfo=CHINA)
    assert send_at(night, quiet) == dt.datetime(2023, 7, 7, 7, 30, tzinfo=CHINA)


def test_the_body_of_enterprise_wechat_is_as_published() -> None:
    call = build_call(Robot.WECOM, "https://qyapi.example/send?key=1", "", "提醒", [LINE], 1, "7")
    body = json.loads(call.body)
    assert body["msgtype"] == "markdown"
    assert set(body) == {"msgtype", "markdown"}
    assert set(body["markdown"]) == {"content"}
    assert "请上报" in body["markdown"]["content"]
    assert call.url == "https://qyapi.example/send?key=1"
    text = wecom_text("提醒", [LINE])
    assert text["msgtype"] == "text"
    assert len(text["text"]["content"].encode()) <= 2048  # type: ignore[index]


def test_many_notices_stay_within_the_limits_of_the_robots() -> None:
    many = [LINE] * 400
    assert len(wecom_markdown("题", many)["markdown"]["content"].encode()) <= 4096  # type: ignore[index]
    assert len(dingtalk_markdown("题", many)["markdown"]["text"].encode()) <= 20000  # type: ignore[index]


@given(st.text(), st.integers(3, 60))
def test_cutting_counts_bytes_and_leaves_whole_characters(text: str, limit: int) -> None:
    shown = cut(text.encode(errors="ignore").decode(), limit)
    assert len(shown.encode()) <= limit


def test_dingtalk_is_signed_with_time_and_secret() -> None:
    secret, at = "SEC0123456789abcdef", 1688605200000
    call = build_call(
        Robot.DINGTALK, "https://oapi.example/robot/send?access_token=T", secret, "题", [LINE], at, "7"
    )
    query = parse_qs(urlsplit(call.url).query)
    wanted = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    assert query["access_token"] == ["T"]
    assert query["timestamp"] == [str(at)]
    assert base64.b64decode(query["sign"][0]) == wanted
    body = json.loads(call.body)
    assert body["msgtype"] == "markdown"
    assert set(body["markdown"]) == {"title", "text"}


def test_our_own_format_is_signed_over_time_and_body() -> None:
    call = build_call(Robot.JSON, "https://erp.example/hook", "word", "题", [LINE], 99, "7")
    stamp = call.headers["X-Gongmai-Signature"].removeprefix("sha256=")
    assert stamp == sign_body("word", 99, call.body)
    assert stamp == hmac.new(b"word", b"99." + call.body, hashlib.sha256).hexdigest()
    notice = json.loads(call.body)["notices"][0]
    assert notice["subject"] == LINE.subject
    assert call.headers["X-Gongmai-Delivery"] == "7"


def test_a_firm_cannot_write_links_or_mentions_into_a_robot() -> None:
    evil = Line("k", "x", "[点我](http://evil)", "<@all> **x** `y`")
    for body in (wecom_markdown("t", [evil]), dingtalk_markdown("t", [evil])):
        text = json.dumps(body, ensure_ascii=False)
        assert "](http://evil" not in text
        assert "<@" not in text


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"errcode":310000,"errmsg":"sign"}')],
)
def test_a_robot_that_does_not_say_yes_has_not_taken_the_message(status: int, body: bytes) -> None:
    with pytest.raises(SendFailed):
        check_reply(Robot.DINGTALK, status, body)


def test_a_yes_is_a_yes() -> None:
    check_reply(Robot.WECOM, 200, b'{"errcode":0,"errmsg":"ok"}')
    check_reply(Robot.JSON, 204, b"")


@given(st.text(min_size=1))
def test_a_sealed_secret_comes_back_only_with_key_and_purpose(text: str) -> None:
    plain = text.encode(errors="ignore").decode() or "x"
    stored = seal("key", "hook.url", plain)
    assert plain not in stored or len(plain) < 4
    assert unseal("key", "hook.url", stored) == plain
    for key, purpose in (("other", "hook.url"), ("key", "hook.secret")):
        with pytest.raises(NotifyError):
            unseal(key, purpose, stored)


def test_two_seals_of_one_secret_differ() -> None:
    assert seal("key", "p", "a") != seal("key", "p", "a")
