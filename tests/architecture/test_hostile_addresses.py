"""Whatever somebody types into an address or a field: an answer in words, never a fault of the server."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.architecture import sample_city
from tests.architecture.sample_city import Sample
from tests.architecture.test_authorisation import address_of, declared, methods_of

HUGE = "9" * 5000
QUERIES = [
    {"page": "\u00b2", "version": "\u00b2", "vintage": "\u00b2", "old": "\u00b2", "new": "\u00b2"},
    {"page": HUGE, "version": HUGE, "vintage": HUGE, "old": HUGE, "new": HUGE},
    {"page": "-1", "period": "2023-01", "form": "\u8868", "state": "x", "by": "x", "format": "exe"},
    {"q": "a\x00b", "unit": "\x00", "region": "\x00", "g": "region:\x00"},
    {"q": "';--\u202e\U0001f600", "industry": "%", "tag": "'", "line": "'"},
    {"first": "0001-01-01", "last": "9999-12-31", "on": "0001-01-01"},
    {"period": "1900-02", "view": "month", "basis": "nominal"},
    {"period": "2999-12", "by": ["tag", "tag"], "filter": ["region", "=", "x=y", "period=202212"]},
]
FIELDS = [
    {"c.output": "\x00", "reason": "\x00", "note": "\x00", "label": "\x00", "revision": "\u00b2"},
    {"c.output": HUGE, "pk": [HUGE, "\u00b2"], "revision": HUGE, "version": HUGE, "person": "\u00b2"},
    {"l.output_lines.\u00b2.output": "1", "l.x.1.y": "1", "t.x": "", "c.nothing": "1", "e.x": "y" * 9999},
    {"move": "dance", "next": "https://elsewhere.example/", "approve": "\u00b2", "cells": "x"},
]


@pytest.fixture
def sample(db: None, simulated_time: Any) -> Sample:
    return sample_city.build()


def client_for(rule: dict[str, Any], sample: Sample) -> Client:
    client = Client(raise_request_exception=False)
    roles = [*rule["ok"], *rule.get("absent", [])] if isinstance(rule["ok"], list) else ["city"]
    client.force_login(sample.people[roles[0]])
    return client


def numbers_of(method: str) -> list[str]:
    return sorted(name for name, rule in declared().items() if method in methods_of(name, rule))


@pytest.mark.parametrize("name", numbers_of("GET"))
def test_no_query_breaks_a_page_or_an_operation(name: str, sample: Sample) -> None:
    rule = declared()[name]
    client, address = client_for(rule, sample), address_of(name, rule, sample, is_foreign=False)
    broken = [query for query in QUERIES if client.get(address, query).status_code >= 500]
    assert broken == []


@pytest.mark.parametrize("name", [name for name in numbers_of("POST") if ":" in name])
def test_no_field_breaks_a_form(name: str, sample: Sample) -> None:
    rule = declared()[name]
    client, address = client_for(rule, sample), address_of(name, rule, sample, is_foreign=False)
    broken = []
    for fields in FIELDS:
        with transaction.atomic():
            answer = client.post(address, {**rule.get("data", {}), **fields})
            transaction.set_rollback(True)
        broken += [fields] if answer.status_code >= 500 else []
        assert "elsewhere" not in answer.headers.get("Location", "")
    assert broken == []


def test_a_nul_is_refused_before_it_reaches_the_database(sample: Sample) -> None:
    client = client_for({"ok": ["city"]}, sample)
    assert client.get("/enterprises/", {"q": "a\x00b"}).status_code == 400
    assert client.get("/enterprises/%00").status_code == 400
    assert client.post("/returns/pass/", {"pk": "1\x00"}).status_code == 400
