"""The landing page says to each kind of person what is due, what waits and where the city stands."""

import pytest
from django.test import Client
from tests.architecture import sample_city
from tests.architecture.sample_city import ROLES, Sample

from gongmai.core.outbox.queries import heartbeat_path
from gongmai.monitor.filing.models import Return


@pytest.fixture
def sample(db, simulated_time) -> Sample:
    return sample_city.build()


def home(client: Client, sample: Sample, role: str) -> str:
    client.force_login(sample.people[role])
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_landing_page(client: Client, sample: Sample, role: str) -> None:
    assert "<h1>" in home(client, sample, role)


def test_a_firm_sees_its_open_return_and_nobody_elses(client: Client, sample: Sample) -> None:
    text = home(client, sample, "enterprise")
    assert text.count('class="todo-main"') == 1
    assert "2023-06 报表" in text


def test_a_return_sent_back_comes_first(client: Client, sample: Sample) -> None:
    own, _ = sample.keys["enterprise"]
    Return.objects.create(enterprise_id=own, form="finance", period=202305, state="returned")
    text = home(client, sample, "enterprise")
    assert text.index("state-returned") < text.index("state-draft")


def test_an_officer_sees_what_waits_within_reach(client: Client, sample: Sample) -> None:
    Return.objects.update(state="county")
    client.force_login(sample.people["county"])
    row = client.get("/").context["progress"][0]
    assert (row.expected, row.filed, row.missing, row.waiting, row.share) == (1, 1, 0, 1, 100)
    client.force_login(sample.people["city"])
    row = client.get("/").context["progress"][0]
    assert (row.expected, row.filed, row.waiting) == (2, 2, 0)


def test_the_administrator_sees_whether_the_worker_lives(client: Client, sample: Sample) -> None:
    from django.utils import timezone

    heartbeat_path().unlink(missing_ok=True)
    assert "未运行" in home(client, sample, "sysadmin")
    heartbeat_path().write_text(f'{{"pid": 1, "at": "{timezone.now().isoformat()}"}}')
    try:
        assert "运行中" in home(client, sample, "sysadmin")
    finally:
        heartbeat_path().unlink()


def test_a_guest_is_told_honestly_that_there_is_nothing_yet(client: Client, sample: Sample) -> None:
    assert "目前没有推送给您的内容" in home(client, sample, "bank")
