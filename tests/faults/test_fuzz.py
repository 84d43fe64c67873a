"""The API fuzzed from its own OpenAPI, for each role: no 5xx, and every answer is one that is described.

`GONGMAI_FUZZ_EXAMPLES` sets how many calls of each operation (`make fuzz`: many); the few of the ordinary run
are the same at every run.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from schemathesis import checks

from gongmai.config.api import api
from gongmai.core.access.models import ApiToken, Grant, User
from gongmai.core.access.queries import actor_of
from gongmai.core.period import clock
from tests.monitor.filing.conftest import Town, may_day, town
from tests.monitor.indicator.small_city import small_city

__all__ = ["may_day", "small_city", "town"]
EXAMPLES = int(os.environ.get("GONGMAI_FUZZ_EXAMPLES", "8"))
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
APPLICATION = get_wsgi_application()
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
SCHEMA.app = APPLICATION
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}
KNOWN = {"form": ["monthly", "quarterly"], "period": ["2023-04", "2022-12"]}
ROLES = ["enterprise", "county", "city", "auditor", "nobody"]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A call of the application must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def headers_of(role: str) -> dict[str, str]:
    """A firm calls with its key, an officer's page with the session and its token."""
    if role == "nobody":
        return {}
    user = User.objects.filter(grants__role=role).first()
    if user is None:
        user = User.objects.create(username=f"fuzz-{role}")
        Grant.objects.create(user=user, role=role, scope_kind="city", scope_value="")
    assert actor_of(user).grants
    if role == "enterprise":
        digest = hashlib.sha256(b"fuzz").hexdigest()
        ApiToken.objects.get_or_create(
            digest=digest, defaults={"user": user, "label": "fuzz", "created_at": clock.now()}
        )
        return {"Authorization": "Bearer fuzz"}
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    token = "c" * 32
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": token}
    return {"Cookie": "; ".join(f"{key}={value}" for key, value in cookies.items()), "X-CSRFToken": token}


def fuzz(label: str, role: str) -> None:
    headers = headers_of(role)

    @effort(
        max_examples=EXAMPLES,
        derandomize=EXAMPLES < 100,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(), data=st.data())
    def run(case: Any, data: st.DataObject) -> None:
        for name, values in KNOWN.items():
            if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(values))
        case.headers.pop("Authorization", None)
        answer = case.call(headers={"Accept-Encoding": "identity", **headers})
        case.validate_response(answer, checks=CHECKS)

    run()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", [name for name in OPERATIONS if "/indicators" not in name])
def test_every_call_has_a_described_answer(town: Town, label: str, role: str) -> None:
    fuzz(label, role)


@pytest.mark.parametrize("role", ["city", "county", "enterprise"])
@pytest.mark.parametrize("label", [name for name in OPERATIONS if "/indicators" in name])
def test_every_call_for_indicators_has_a_described_answer(small_city: Any, label: str, role: str) -> None:
    fuzz(label, role)
