"""A worker killed in the middle of a handler: after the restart the job is done, once in effect."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKER = """
import django; django.setup()
from datetime import timedelta
from gongmai.core.outbox import actions
actions.LEASE = timedelta(seconds=2)
from gongmai.cli.worker import worker
worker.main([], prog_name="worker", standalone_mode=False)
"""
ANNOUNCE = """
import django; django.setup()
from django.db import transaction
from gongmai.core.outbox.actions import announce
from tests.core.outbox.kill_flow import Job
with transaction.atomic():
    for number in range(3):
        announce(Job(number))
"""
STATES = """
import django; django.setup()
from gongmai.core.outbox.models import Delivery
print(",".join(sorted(Delivery.objects.values_list("state", flat=True))))
"""


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """The environment of an installation of its own on the database kind under test."""
    env = os.environ | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "GONGMAI_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.core.outbox.kill_settings",
    }
    if env.get("DATABASE_URL", "").startswith("postgres"):
        env["DATABASE_URL"] = fresh_postgres(env["DATABASE_URL"])
    else:
        env.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "gongmai.manage", "migrate", "-v0"], env=env, check=True)
    return env


def fresh_postgres(url: str) -> str:
    """A fresh database beside the one under test."""
    import psycopg

    name = "gongmai_kill"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + f"/{name}"


def run(code: str, env: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def working(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.1)


def test_a_job_survives_kill_9_of_its_worker(place: dict[str, str], tmp_path: Path) -> None:
    started, gate, done = tmp_path / "started", tmp_path / "gate", tmp_path / "done"
    run(ANNOUNCE, place)
    with working(place) as first:
        wait_until(started.exists)
        first.kill()
        first.wait()
    assert not done.exists()
    assert run(STATES, place) == "running,running,running"
    gate.write_text("open")
    with working(place) as second:
        wait_until(lambda: run(STATES, place) == "done,done,done")
        second.terminate()
        assert second.wait(timeout=30) == 0
    assert done.read_text() == "0 1 2"
    assert started.read_text().splitlines() == ["0 1 2", "0 1 2"]


def test_two_workers_share_without_doing_anything_twice(place: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "gate").write_text("open")
    run(ANNOUNCE, place)
    with working(place), working(place):
        wait_until(lambda: run(STATES, place) == "done,done,done")
    assert (tmp_path / "started").read_text().splitlines() == ["0 1 2"]


def test_a_silent_handler_keeps_its_lease(place: dict[str, str], tmp_path: Path) -> None:
    run(ANNOUNCE, place)
    with working(place), working(place):
        wait_until((tmp_path / "started").exists)
        time.sleep(5)  # more than two leases
        (tmp_path / "gate").write_text("open")
        wait_until(lambda: run(STATES, place) == "done,done,done")
    assert (tmp_path / "started").read_text().splitlines() == ["0 1 2"]


def test_nobody_waits_for_the_lease_of_a_worker_that_is_known_to_be_dead(
    place: dict[str, str], tmp_path: Path
) -> None:
    run(ANNOUNCE, place)
    an_hour = WORKER.replace("seconds=2", "hours=1")
    first = subprocess.Popen([sys.executable, "-c", an_hour], env=place)
    wait_until((tmp_path / "started").exists)
    first.kill()
    first.wait()
    (tmp_path / "gate").write_text("open")
    with working(place):
        wait_until(lambda: run(STATES, place) == "done,done,done")
    assert (tmp_path / "started").read_text().splitlines() == ["0 1 2", "0 1 2"]
