"""Delivery: once for each handler, leases, retries, and one bad event that stops no other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from gongmai.core.access.types import Actor, Grant, Role, ScopeKind
from gongmai.core.outbox import actions
from gongmai.core.outbox.models import Delivery
from gongmai.core.outbox.types import Message, Progress


@dataclass(frozen=True)
class Happened:
    name: ClassVar[str] = "test.happened"
    number: int


seen: list[list[int]] = []
bad: set[int] = set()
error: list[type[Exception]] = [ValueError]
meanwhile: list[Callable[[], None]] = []


def handle(messages: Sequence[Message], progress: Progress) -> None:
    numbers = [message.payload["number"] for message in messages]
    progress(1, len(messages), "at work")
    for happening in meanwhile:
        happening()
    if bad & set(numbers):
        raise error[0]("poison")
    seen.append(numbers)


FLOW = ((Happened, handle),)
CITY = Actor(1, "officer", (Grant(Role.CITY, ScopeKind.CITY),))


@pytest.fixture(autouse=True)
def flow(settings, db) -> None:
    settings.GONGMAI_FLOW = f"{__name__}.FLOW"
    seen.clear()
    bad.clear()
    meanwhile.clear()
    error[0] = ValueError


def announce(*numbers: int) -> None:
    with transaction.atomic():
        for number in numbers:
            actions.announce(Happened(number))


def states() -> dict[int, str]:
    return {row.payload["number"]: row.state for row in Delivery.objects.all()}


def make_due() -> None:
    Delivery.objects.update(available_at=timezone.now() - timedelta(seconds=1))


def test_waiting_events_reach_the_handler_in_one_batch_and_in_order() -> None:
    announce(1, 2, 3)
    assert actions.deliver_once() == 3
    assert seen == [[1, 2, 3]]
    assert set(states().values()) == {"done"}
    assert actions.deliver_once() == 0


def test_one_bad_event_does_not_stop_the_others() -> None:
    bad.add(2)
    announce(1, 2, 3)
    actions.deliver_once()
    assert seen == [[1], [3]]
    assert states() == {1: "done", 2: "waiting", 3: "done"}
    assert "poison" in Delivery.objects.get(state="waiting").error


def test_a_bad_event_fails_for_good_after_the_last_attempt_and_can_be_tried_again() -> None:
    bad.add(1)
    announce(1)
    for _ in range(actions.MAX_ATTEMPTS):
        make_due()
        actions.deliver_once()
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("failed", actions.MAX_ATTEMPTS)
    make_due()
    assert actions.deliver_once() == 0
    bad.clear()
    assert actions.retry(actor=CITY, delivery_id=row.pk)
    actions.deliver_once()
    assert states() == {1: "done"}


def test_a_retry_waits_longer_each_time() -> None:
    bad.add(1)
    announce(1)
    waits = []
    for _ in range(3):
        make_due()
        before = timezone.now()
        actions.deliver_once()
        waits.append(round((Delivery.objects.get().available_at - before).total_seconds()))
    assert waits == [2, 4, 8]


def test_a_database_in_trouble_sends_the_batch_back_whole() -> None:
    bad.add(2)
    error[0] = OperationalError
    announce(1, 2, 3)
    actions.deliver_once()
    assert seen == []
    assert set(states().values()) == {"waiting"}


def test_the_rest_waits_when_nearly_everything_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "GIVE_UP_AFTER", 2)
    bad.update({1, 2, 3})
    announce(1, 2, 3, 4)
    actions.deliver_once()
    assert seen == []
    assert states() == dict.fromkeys((1, 2, 3, 4), "waiting")


def test_a_live_lease_keeps_others_away_and_a_dead_one_does_not() -> None:
    announce(1)
    Delivery.objects.update(state="running", attempts=1, lease_until=timezone.now() + timedelta(seconds=9))
    announce(2)
    assert actions.deliver_once() == 0
    Delivery.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.deliver_once() == 2
    assert seen == [[1, 2]]


def test_a_worker_that_lost_its_lease_does_not_mark_what_another_took() -> None:
    announce(1)
    later = timezone.now() + timedelta(seconds=60)
    meanwhile.append(lambda: Delivery.objects.update(attempts=2, lease_until=later))
    actions.deliver_once()
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("running", 2)


def test_progress_is_written() -> None:
    bad.add(1)
    announce(1)
    actions.deliver_once()
    row = Delivery.objects.get()
    assert (row.done, row.total, row.progress_text) == (1, 1, "at work")


def test_an_event_outside_a_transaction_is_refused(transactional_db) -> None:
    with pytest.raises(RuntimeError):
        actions.announce(Happened(1))
    assert Delivery.objects.count() == 0
