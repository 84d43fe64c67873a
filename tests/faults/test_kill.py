"""SIGKILL at random moments while firms file: nothing acknowledged is lost, twice or half."""

import random
import threading
import time
from pathlib import Path
from typing import Self

import pytest

from tests.faults.oracle import Journal, judge
from tests.faults.town import (
    Town,
    build_town,
    call,
    children,
    free_port,
    is_running,
    kill,
    serving,
    submit,
    wait_until,
)

FIRMS, WRITERS = 90, 6
ROUNDS = 4


class Clients:
    """Firms that file at once and repeat under the same key until they have their receipt."""

    def __init__(self, town: Town, port: int, journal: Journal) -> None:
        self.town, self.port, self.journal = town, port, journal
        self._left = list(range(len(town.bodies)))
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.unexpected: list[tuple[int, object]] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WRITERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def done(self) -> int:
        return len(self.journal.receipts)

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                if not self._left:
                    return
                number = self._left.pop()
            if not self._file(number):
                with self._lock:
                    self._left.append(number)

    def _file(self, number: int) -> bool:
        key = f"rush-{number:05d}"
        self.journal.intend(key, number)
        status, answer, _ = submit(self.port, self.town, number, key)
        if status == 201:
            self.journal.acknowledge(key, answer)
            return True
        if status not in {0, 429, 503}:
            self.unexpected.append((status, answer))
        time.sleep(0.05)
        return False


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return build_town(tmp_path / "data", FIRMS, "gongmai_kill")


def wait_for(clients: Clients, count: int) -> None:
    deadline = time.monotonic() + 60
    while clients.done < count:
        assert time.monotonic() < deadline, f"only {clients.done} of {count} were acknowledged"
        time.sleep(0.01)


def test_web_processes_and_the_worker_killed_at_random_moments(town: Town, tmp_path: Path) -> None:
    chance = random.Random(20231124)
    journal = Journal(tmp_path / "journal")
    with serving(town) as (port, server), Clients(town, port, journal) as clients:
        for turn in range(ROUNDS):
            wait_for(clients, min(len(town.bodies), turn * FIRMS // (ROUNDS + 1) + 3))
            time.sleep(chance.random() / 10)
            # web processes of the server, the worker, or the web server's own parent
            wait_until(lambda: len(children(server.pid)) > 3)
            kill(chance.choice(children(server.pid)))
            judge(town, journal, killed=True)
        wait_for(clients, FIRMS)
        assert clients.unexpected == []
    state = judge(town, journal)
    assert len(state["rows"]) == FIRMS
    # whoever repeats the call gets the receipt that the journal has
    with serving(town) as (port, _):
        for key in chance.sample(sorted(journal.receipts), 20):
            status, receipt, _ = submit(port, town, journal.intended[key], key)
            assert (status, receipt) == (201, journal.receipts[key])


def test_the_whole_server_killed_and_started_again(town: Town, tmp_path: Path) -> None:
    chance = random.Random(7)
    journal, port = Journal(tmp_path / "journal"), free_port()
    for turn in range(2):
        with serving(town, port=port) as (_, server), Clients(town, port, journal) as clients:
            clients._left = [n for n in clients._left if f"rush-{n:05d}" not in journal.receipts]
            wait_for(clients, min(FIRMS, (turn + 1) * 20))
            time.sleep(chance.random() / 5)
            below = children(server.pid)
            for pid in (server.pid, *below):
                kill(pid)
            server.wait()
            clients._stop.set()
        judge(town, journal, killed=True)
    with serving(town, port=port) as (_, server), Clients(town, port, journal) as clients:
        clients._left = [n for n in clients._left if f"rush-{n:05d}" not in journal.receipts]
        wait_for(clients, FIRMS)
        assert clients.unexpected == []
    assert len(judge(town, journal)["rows"]) == FIRMS


def test_no_process_is_left_when_the_server_and_its_parent_are_killed(town: Town) -> None:
    with serving(town) as (port, server):
        below = children(server.pid)
        kill(server.pid)
        server.wait()
        kill(below[0])
        wait_until(lambda: call(port, "GET", "/api/v1/openapi.json")[0] == 0)
        wait_until(lambda: not any(is_running(pid) for pid in below))
