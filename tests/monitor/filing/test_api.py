"""The JSON API as a firm's own system uses it."""

import hashlib

import pytest
from django.test import Client

from gongmai.core.access.models import ApiToken, User
from gongmai.core.period import clock
from gongmai.monitor.filing.models import IdempotencyKey, Return, Version
from tests.monitor.filing.conftest import GOOD, LINE, Town

PLACE = "/api/v1/returns/monthly/2023-04"
BODY = {"cells": GOOD, "lines": {"output_lines": [LINE]}}


@pytest.fixture
def key(town: Town) -> dict[str, str]:
    """A key of the firm's system."""
    ApiToken.objects.create(
        user=User.objects.get(username="filer"),
        label="erp",
        digest=hashlib.sha256(b"secret").hexdigest(),
        created_at=clock.now(),
    )
    return {"Authorization": "Bearer secret"}


@pytest.fixture
def call(town: Town) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(username="filer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def post(client: Client, path: str, body: object, key: str = "") -> tuple[int, dict]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(PLACE + path, body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def test_a_system_sees_what_is_due_checks_submits_and_asks_for_the_status(call: Client) -> None:
    (task,) = call.get("/api/v1/returns/").json()
    assert (task["form"], task["period"], task["state"]) == ("monthly", "2023-04", "draft")
    status, checked = post(call, "/check", BODY)
    assert (status, checked["would_submit"]) == (200, True)
    assert checked["cells"]["output_lines_total"] == 1000
    assert Version.objects.count() == 0
    status, receipt = post(call, "/submit", BODY, "april-2023")
    assert (status, receipt["version"], receipt["state"]) == (201, 1, "county")
    state = call.get(PLACE + "/status").json()
    assert (state["state"], state["digest"], state["steps"][0]["move"]) == (
        "county",
        receipt["digest"],
        "submit",
    )


def test_the_same_key_gets_the_same_receipt_and_another_body_is_refused(call: Client) -> None:
    first = post(call, "/submit", BODY, "april-2023")
    assert post(call, "/submit", BODY, "april-2023") == first
    changed = {**BODY, "cells": GOOD | {"sales": 970}}
    status, problem = post(call, "/submit", changed, "april-2023")
    assert (status, problem["code"]) == (409, "key_reused")
    assert (Version.objects.count(), IdempotencyKey.objects.count()) == (1, 1)


def test_a_refusal_names_code_cell_and_findings(call: Client) -> None:
    status, problem = post(call, "/submit", {**BODY, "cells": GOOD | {"exports": 5000}}, "april-2023")
    assert (status, problem["code"]) == (422, "blocking_findings")
    found = {finding["rule"]: finding for finding in problem["findings"]}
    assert found["H3_exports"]["values"]["exports"] == 5000
    assert found["H3_exports"]["advice"]
    status, problem = post(call, "/submit", {"cells": {"profit": 1}}, "april-2024")
    assert (status, problem["code"], problem["cell"]) == (422, "unknown_cell", "profit")
    assert Return.objects.get(enterprise__name="First Works").versions_count == 0


def test_a_draft_is_merged_and_guarded_by_its_revision(call: Client) -> None:
    body = {"cells": {"output": "1,000"}, "revision": 0}
    answer = call.put(PLACE + "/draft", body, content_type="application/json")
    assert (answer.status_code, answer.json()["cells"]["output"]) == (200, 1000)
    answer = call.put(PLACE + "/draft", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_draft")


def test_a_key_opens_only_its_own_firm(key: dict[str, str], town: Town) -> None:
    client = Client(headers=key)
    assert client.get(PLACE).json()["credit_code"] == town.firm.credit_code
    assert Client().get(PLACE).status_code == 401
    assert client.get("/api/v1/returns/finance/2023-04").status_code == 404
    assert client.get("/api/v1/returns/monthly/2023-01").status_code == 404


def test_forms_are_described(call: Client) -> None:
    monthly = next(form for form in call.get("/api/v1/returns/forms").json() if form["code"] == "monthly")
    assert {"key": "output__ytd", "kind": "flow", "unit": "kcny"}.items() <= monthly["cells"][1].items()


@pytest.mark.parametrize(
    "body",
    [
        b'{"cells": {"output": "\\ud800"}, "explanations": {"a": "\\ud800\\u0000"}}',
        b'{"cells": {"output": 1e400, "adjustment_reason": "a\\u0000b"}}',
        b'{"cells": {"output": {"a": [1]}}, "lines": {"output_lines": [{"industry": {"a": "\\u0000"}}]}}',
        b'{"cells": {"output": NaN}, "explanations": {"a": "' + b"x" * 100_000 + b'"}}',
    ],
)
def test_whatever_a_system_sends_is_taken_as_text_or_refused(
    call: Client, filing: Return, body: bytes
) -> None:
    for number, path in enumerate(("/check", "/submit")):
        answer = call.post(
            PLACE + path,
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"hostile-{number}"},
        )
        assert answer.status_code in {200, 422}
    assert call.put(PLACE + "/draft", body, content_type="application/json").status_code == 200
    filing.refresh_from_db()
    kept = filing.draft
    assert "\x00" not in str(kept)
    assert all(len(text) <= 2000 for text in kept["explanations"].values())
