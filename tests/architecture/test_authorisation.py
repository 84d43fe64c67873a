"""Every address x method x role x own or foreign object is declared in authorisation.yaml and answers so.

``python -m tests.architecture.missing`` prints the lines that are missing.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture import sample_city
from tests.architecture.sample_city import ROLES, SCOPED, Sample

TABLE = Path(__file__).with_name("authorisation.yaml")
API_METHODS = {"get", "post", "put", "patch", "delete"}
NOBODY = "nobody"
# addresses that the API library adds for itself: the operations are declared one by one
LIBRARY = re.compile(r"^api:(?!openapi-json$)")


def declared() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def addresses() -> dict[str, list[str]]:
    """Every named address of the product -> the names of its path arguments."""
    return dict(sorted(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            name = f"{prefix}{pattern.name}"
            assert pattern.name or LIBRARY.match(name), f"an address without a name: {pattern}"
            if not LIBRARY.match(name):
                yield name, sorted(pattern.pattern.converters)


def operations() -> dict[str, list[str]]:
    """Every operation of the API -> the names of its path arguments."""
    from gongmai.config.api import api

    return {
        f"{method.upper()} {path}": re.findall(r"\{(\w+)\}", path)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if method in API_METHODS
    }


def everything() -> dict[str, list[str]]:
    return addresses() | operations()


def test_every_address_and_operation_is_declared_and_every_declared_one_exists() -> None:
    assert sorted(declared()) == sorted(everything()), "run python -m tests.architecture.missing"


@pytest.fixture
def sample(db, simulated_time) -> Sample:
    return sample_city.build()


@pytest.mark.parametrize("name", sorted(declared()))
def test_each_role_reaches_what_is_declared_and_nothing_else(name: str, sample: Sample) -> None:
    rule = declared()[name]
    wrong = []
    for method in methods_of(name, rule):
        for role in (NOBODY, *ROLES):
            for is_foreign in (False, True) if has_objects(rule, sample) else (False,):
                wanted = expectation(name, rule, role, is_foreign=is_foreign)
                status, place = call(name, rule, method, role, sample, is_foreign=is_foreign)
                if not fits(status, place, wanted):
                    reach = "foreign" if is_foreign else "own"
                    wrong.append(f"{method} as {role}, {reach}: expected {wanted}, got {status} {place}")
    assert wrong == []


@pytest.mark.parametrize("name", sorted(name for name in declared() if ":" in name))
def test_an_undeclared_method_reaches_nothing(name: str, sample: Sample) -> None:
    rule = declared()[name]
    if rule["ok"] == "public":
        return
    for method in {"GET", "POST", "PUT", "DELETE"} - set(methods_of(name, rule)):
        for role in ("enterprise", "bank"):
            if role in roles_of(rule):
                continue
            status, place = call(name, rule, method, role, sample, is_foreign=False)
            assert status in {403, 404, 405}, f"{method} as {role}: {status} {place}"


def test_an_unsafe_request_without_its_token_is_refused(sample: Sample) -> None:
    unsafe = [name for name, rule in declared().items() if ":" in name and "POST" in methods_of(name, rule)]
    reached = []
    for name in unsafe:
        client = Client(enforce_csrf_checks=True)
        client.force_login(sample.people["city"])
        if client.post(address_of(name, declared()[name], sample, is_foreign=False)).status_code != 403:
            reached.append(name)
    assert reached == []


def methods_of(name: str, rule: dict[str, Any]) -> list[str]:
    return rule.get("methods", ["GET"]) if " " not in name else [name.split(" ", maxsplit=1)[0]]


def roles_of(rule: dict[str, Any]) -> set[str]:
    named = rule["ok"]
    return set(ROLES) if isinstance(named, str) else set(named)


def has_objects(rule: dict[str, Any], sample: Sample) -> bool:
    return any(kind in sample.keys for kind in rule.get("arguments", {}).values())


def expectation(name: str, rule: dict[str, Any], role: str, *, is_foreign: bool) -> str:
    """ok, absent, refused, denied (refused or hidden) or sign in."""
    if rule["ok"] == "public":
        return "ok"
    if role == NOBODY:
        return "sign in"
    if role in rule.get("absent", []):
        return "absent"
    if role not in roles_of(rule):
        return "denied" if rule.get("hidden") or is_foreign else "refused"
    if is_foreign and role in SCOPED and role not in rule.get("foreign", []):
        return "denied"
    return "ok"


def fits(status: int, place: str, wanted: str) -> bool:
    is_sign_in = status == 401 or (status == 302 and place.startswith(reverse("access:sign-in") + "?next="))
    if wanted == "sign in":
        return is_sign_in
    if wanted == "ok":
        return (status < 400 and not is_sign_in) or status in {400, 409, 422}
    return status in {"absent": {404}, "refused": {403}, "denied": {403, 404}}[wanted]


def address_of(name: str, rule: dict[str, Any], sample: Sample, *, is_foreign: bool) -> str:
    values = {
        key: sample.keys[kind][is_foreign] if kind in sample.keys else str(kind).removeprefix("=")
        for key, kind in rule.get("arguments", {}).items()
    }
    is_operation = " " in name
    address = name.split(" ", 1)[1].format(**values) if is_operation else reverse(name, kwargs=values)
    return f"{address}?{rule['query']}" if "query" in rule else address


def call(
    name: str, rule: dict[str, Any], method: str, role: str, sample: Sample, *, is_foreign: bool
) -> tuple[int, str]:
    """Ask as the role; whatever was changed is undone."""
    client = Client(raise_request_exception=False)
    address = address_of(name, rule, sample, is_foreign=is_foreign)
    body: dict[str, Any] = {"data": rule.get("data", {})} if method == "POST" else {}
    if " " in name and method != "GET":
        body = {"data": rule.get("data", {}), "content_type": "application/json"}
    with transaction.atomic():
        if role != NOBODY:
            client.force_login(sample.people[role])
        answer = client.generic(method, address) if method in {"PUT", "DELETE"} and not body else None
        if answer is None:
            answer = getattr(client, method.lower())(address, **body)
        transaction.set_rollback(True)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_token_opens_the_api_and_a_wrong_one_does_not(sample: Sample, rf) -> None:
    from gongmai.core.access.actions.people import create_token
    from gongmai.core.access.api import TokenOrSession
    from gongmai.core.access.queries import actor_of

    key = create_token(actor=actor_of(sample.people["enterprise"]), label="finance system")
    for header, user_id in ((f"Bearer {key}", sample.people["enterprise"].pk), ("Bearer gm_x", None)):
        actor = TokenOrSession()(rf.get("/", headers={"Authorization": header}))
        assert (actor.user_id if actor else None) == user_id


def missing_lines() -> Iterator[str]:
    """The lines that authorisation.yaml lacks, and the names that are gone."""
    known, real = declared(), everything()
    for name, arguments in real.items():
        if name not in known:
            part = f"arguments: {{{', '.join(f'{argument}: return' for argument in arguments)}}}, "
            yield f"{name}: {{{part if arguments else ''}ok: [city]}}"
    for name in sorted(set(known) - set(real)):
        yield f"# gone: {name}"
