"""From an event to a vintage, through the outbox."""

import pytest
from django.db import transaction

from gongmai.core.outbox.actions import announce, deliver_once
from gongmai.core.outbox.models import Delivery
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.models import Vintage
from gongmai.core.panel.queries import engine
from gongmai.core.registry.events import RosterChanged
from gongmai.monitor.filing.events import Approved

P = 202212


@pytest.fixture
def firm(store):
    store.rosters[P] = [{"id": 1}]
    store.file(P, 1, output=100)
    return store


def approved(number=1):
    return Approved(return_id=number, enterprise_id=1, form="monthly", period=P, version=1, version_id=number)


def test_approvals_that_wait_together_make_one_vintage(firm):
    with transaction.atomic():
        for number in range(3):
            announce(approved(number))
    deliver_once()
    assert list(Vintage.objects.values_list("number", "reason")) == [(1, "approved")]
    approvals = Delivery.objects.filter(event="filing.approved")
    assert set(approvals.values_list("state", flat=True)) == {Delivery.State.DONE}


def test_an_approval_delivered_twice_changes_nothing(firm):
    for _ in range(2):
        with transaction.atomic():
            announce(approved())
        deliver_once()
    assert Vintage.objects.count() == 1


def test_a_changed_roster_republishes_the_periods_that_are_published(firm):
    publish()
    firm.rosters[P] = [{"id": 1, "region": "999902"}]
    with transaction.atomic():
        announce(RosterChanged(periods=(P, 202302)))
    deliver_once()
    assert Vintage.objects.count() == 2
    answer = engine.ask("SELECT region FROM panel", vintage=2, periods=[P]).to_pylist()
    assert answer == [{"region": "999902"}]


def test_a_change_that_concerns_no_published_period_makes_no_vintage(firm):
    with transaction.atomic():
        announce(RosterChanged(periods=()))
    deliver_once()
    assert Vintage.objects.count() == 0
