"""Every address that opens one firm or one return leaves a reading; the firm's own people leave none."""

import pytest
from django.db import transaction
from django.test import Client

from gongmai.core.audit.models import Reading
from tests.architecture import sample_city
from tests.architecture.sample_city import Sample
from tests.architecture.test_authorisation import address_of, declared, methods_of

# kinds of tests/architecture/sample_city.py that belong to one firm
OF_A_FIRM = {"enterprise", "return", "revision", "attachment"}
OPENING = sorted(
    name
    for name, rule in declared().items()
    if OF_A_FIRM & set(rule.get("arguments", {}).values()) and set(rule["ok"]) & {"auditor", "city", "county"}
)


@pytest.fixture
def sample(db, simulated_time) -> Sample:
    return sample_city.build()


def call(name: str, role: str, sample: Sample) -> tuple[int, list[tuple[int, int, str]]]:
    """The status and the readings that one call left."""
    rule = declared()[name]
    method = methods_of(name, rule)[0]
    with transaction.atomic():
        client = Client()
        client.force_login(sample.people[role])
        body = {"data": rule.get("data", {})} if method == "POST" else {}
        if " " in name and method != "GET":
            body = {"data": rule.get("data", {}), "content_type": "application/json"}
        answer = getattr(client, method.lower())(address_of(name, rule, sample, is_foreign=False), **body)
        if answer.streaming:
            b"".join(answer.streaming_content)
        found = list(Reading.objects.values_list("enterprise_id", "actor_id", "what"))
        transaction.set_rollback(True)
    return answer.status_code, found


@pytest.mark.parametrize("name", OPENING)
def test_an_officer_who_opens_a_firm_leaves_a_reading(name: str, sample: Sample) -> None:
    role = next(role for role in ("auditor", "city", "county") if role in declared()[name]["ok"])
    status, found = call(name, role, sample)
    if status < 400:
        assert [row[:2] for row in found] == [(sample.keys["enterprise"][0], sample.people[role].pk)]


def test_most_addresses_are_really_reached(sample: Sample) -> None:
    """The test above must not pass by being refused."""
    reached = 0
    for name in OPENING:
        role = next(role for role in ("auditor", "city", "county") if role in declared()[name]["ok"])
        reached += call(name, role, sample)[0] < 400
    assert reached >= 0.7 * len(OPENING)


def test_the_firm_itself_leaves_none(sample: Sample) -> None:
    for name in OPENING:
        if "enterprise" in declared()[name]["ok"]:
            assert call(name, "enterprise", sample)[1] == []


def test_a_refused_officer_leaves_no_reading(sample: Sample) -> None:
    client = Client()
    client.force_login(sample.people["county"])
    assert client.get(f"/enterprise/{sample.keys['enterprise'][1]}/").status_code == 403
    assert not Reading.objects.exists()


def test_a_repeat_within_the_minute_is_one_reading(sample: Sample) -> None:
    client = Client()
    client.force_login(sample.people["county"])
    for _ in range(3):
        client.get(f"/enterprise/{sample.keys['enterprise'][0]}/")
    assert Reading.objects.count() == 1


def test_nothing_is_shown_while_the_log_cannot_be_written(sample: Sample, monkeypatch) -> None:
    from django.db import OperationalError

    def fail(*_args: object) -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr("gongmai.core.audit.views.middleware.note_reads", fail)
    client = Client()
    client.force_login(sample.people["county"])
    assert client.get(f"/enterprise/{sample.keys['enterprise'][0]}/").status_code == 503


def test_a_firm_sees_who_looked_at_its_data_and_no_other_firms(sample: Sample) -> None:
    from gongmai.core.access.queries import actor_of
    from gongmai.core.audit.actions import note_read
    from gongmai.core.audit.queries.readings import readings

    own, foreign = sample.keys["enterprise"]
    officer = actor_of(sample.people["city"])
    note_read(officer, own, "filing:show", 1)
    note_read(officer, foreign, "filing:show", 2)
    firm, auditor = (actor_of(sample.people[role]) for role in ("enterprise", "auditor"))
    assert [row.enterprise_id for row in readings(firm)] == [own]
    assert readings(auditor).count() == 2
    assert readings(auditor, firm="\u8fdc").count() == 1
    assert readings(auditor, person="city").count() == 2
