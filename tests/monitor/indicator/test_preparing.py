"""What outside readers may see of a publication is found by the worker, before the first of them looks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.monitor.indicator.test_disclosure import LEADER, P, figures

from gongmai.core.disclosure.models import Pattern
from gongmai.core.outbox import actions as outbox
from gongmai.core.outbox.models import Delivery
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries.vintages import current_vintage
from gongmai.monitor.indicator.queries import cube, kept
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.rules.cubing import PREPARING, SUPPRESSED
from gongmai.monitor.indicator.tasks import prepare_disclosure
from gongmai.monitor.indicator.types import Request

BY_REGION = Request(P, by=("region",))


@pytest.fixture
def published(small_city):
    """A vintage of which nobody has looked at anything."""
    Delivery.objects.all().delete()
    publish([202212], reason="again")
    return small_city


def at_work() -> None:
    """The worker is at it, under a live lease."""
    Delivery.objects.filter(handler=cube.PREPARING_HANDLER).update(
        state=Delivery.State.RUNNING, lease_until=timezone.now() + timedelta(minutes=1)
    )


def test_a_publication_is_one_delivery_to_the_handler_that_pages_ask_about(published) -> None:
    assert f"{prepare_disclosure.__module__}.{prepare_disclosure.__qualname__}" == cube.PREPARING_HANDLER
    assert Delivery.objects.filter(handler=cube.PREPARING_HANDLER).count() == 1


def test_the_reader_finds_it_ready(published, monkeypatch) -> None:
    outbox.deliver_once()
    assert list(Pattern.objects.filter(vintage=current_vintage()).values_list("subject", "year")) == [
        ("output", 2022)
    ]
    kept.forget()
    monkeypatch.setattr(cube, "solve", lambda *_: pytest.fail("solved while somebody waits"))
    assert [row.hidden for row in compute(LEADER, BY_REGION).rows] == [SUPPRESSED, SUPPRESSED]


def test_while_the_worker_is_at_it_the_reader_is_told_so_and_sees_nothing(published) -> None:
    at_work()
    rows = compute(LEADER, BY_REGION).rows
    assert [row.hidden for row in rows] == [PREPARING, PREPARING]
    assert [figures(row) for row in rows] == [{}, {}]
    assert not Pattern.objects.filter(vintage=current_vintage()).exists()
    Delivery.objects.update(state=Delivery.State.DONE)
    assert [row.hidden for row in compute(LEADER, BY_REGION).rows] == [SUPPRESSED, SUPPRESSED]


def test_without_a_worker_or_under_a_lease_that_ran_out_the_reader_finds_it_alone(published) -> None:
    at_work()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert [row.hidden for row in compute(LEADER, BY_REGION).rows] == [SUPPRESSED, SUPPRESSED]


def test_what_was_looked_at_before_is_prepared_too_unless_other_work_waits(published, monkeypatch) -> None:
    cube.prepare("sales", 2022, current_vintage())
    publish([202212], reason="once more")
    outbox.deliver_once()
    found = Pattern.objects.filter(vintage=current_vintage())
    assert set(found.values_list("subject", flat=True)) == {"output", "sales"}
    publish([202212], reason="busy")
    monkeypatch.setattr("gongmai.monitor.indicator.tasks.anything_waits", lambda besides: True)
    outbox.deliver_once()
    found = Pattern.objects.filter(vintage=current_vintage())
    assert set(found.values_list("subject", flat=True)) == {"output"}
