"""The API at its bounds: bodies that are too long, and whoever files for several firms."""

import io
import json

import pytest

from gongmai.monitor.filing.models import IdempotencyKey, Return
from tests.monitor.filing.conftest import GOOD, LINE
from tests.monitor.filing.test_group import CODES, client, firms, member  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_day")]
PLACE = "/api/v1/returns/monthly/2023-04"
BODY = {"cells": GOOD, "lines": {"output_lines": [LINE]}}
LONG = json.dumps({"cells": {}, "explanations": {"a": "x" * 10_000_000}}).encode()


def calls(client, body, **more):  # noqa: F811
    more = {"content_type": "application/json", **more}
    where = f"?credit_code={CODES[0]}"
    yield client.put(f"{PLACE}/draft{where}", body, **more)
    yield client.post(f"{PLACE}/check{where}", body, **more)
    yield client.post(f"{PLACE}/submit{where}", body, headers={"Idempotency-Key": "long-2023-04"}, **more)


def test_ten_megabytes_of_json_are_answered_413_in_words_and_change_nothing(client):  # noqa: F811
    for answer in calls(client, LONG):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_long")
        assert "未作读取" in answer.json()["message"]
    assert {row.draft_revision for row in Return.objects.all()} == {0}
    assert not IdempotencyKey.objects.exists()


def test_a_length_that_claims_too_much_is_refused_before_anything_is_read(client):  # noqa: F811
    for answer in calls(client, b"{}", CONTENT_LENGTH=str(10_000_000)):
        assert answer.status_code == 413


def test_a_length_that_claims_too_little_gets_no_more_read_than_it_claims(client):  # noqa: F811
    """The server reads as far as announced: a piece of JSON, which is none."""
    stream = io.BytesIO(LONG)
    answer = client.put(
        f"{PLACE}/draft?credit_code={CODES[0]}",
        b"",
        content_type="application/json",
        **{"wsgi.input": stream, "CONTENT_LENGTH": "100"},
    )
    assert answer.status_code == 400
    assert stream.tell() <= 100
    assert {row.draft_revision for row in Return.objects.all()} == {0}


def test_a_page_answers_413_too_in_the_readers_language(client):  # noqa: F811
    client.cookies["gongmai_language"] = "en"
    answer = client.post("/returns/group/monthly/2023-04/", {"note": "x" * 6_000_000})
    assert answer.status_code == 413
    assert "Nothing of it was read" in answer.content.decode()


def test_whoever_files_for_several_firms_is_asked_for_which(client):  # noqa: F811
    for answer in (client.get(PLACE), client.get(PLACE + "/status")):
        assert (answer.status_code, answer.json()["code"]) == (422, "which_firm")
        assert "credit_code" in answer.json()["message"]
    answer = client.put(PLACE + "/draft", {"cells": {"output": 1}}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "which_firm")
    assert {task["credit_code"] for task in client.get("/api/v1/returns/").json()} == set(CODES[:2])


def test_a_named_firm_is_filed_for_and_a_strangers_is_not_there(client):  # noqa: F811
    second, stranger = f"?credit_code={CODES[1]}", f"?credit_code={CODES[2]}"
    assert client.get(PLACE + second).json()["credit_code"] == CODES[1]
    assert client.get(PLACE + stranger).status_code == 404
    headers = {"Idempotency-Key": "april-2023"}
    post = {"content_type": "application/json", "headers": headers}
    assert client.post(f"{PLACE}/submit{second}", BODY, **post).status_code == 201
    again = client.post(f"{PLACE}/submit{second}", BODY, **post)
    assert (again.status_code, again.json()["version"]) == (201, 1)
    states = dict(Return.objects.values_list("enterprise__credit_code", "state"))
    assert (states[CODES[0]], states[CODES[1]]) == ("draft", "county")


def test_one_firm_needs_no_name(firms):  # noqa: F811
    assert member("one", firms[:1]).get(PLACE).json()["credit_code"] == CODES[0]
