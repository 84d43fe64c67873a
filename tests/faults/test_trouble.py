"""A full disk, a database that stops or that somebody holds: words and a status, then all goes on."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.oracle import Journal, judge
from tests.faults.town import PERIOD, Town, build_town, call, children, free_port, serving, submit, wait_until

READ = f"/api/v1/returns/monthly/{PERIOD}"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return build_town(tmp_path / "data", 12, "gongmai_trouble")


def file_all(town: Town, port: int, journal: Journal, numbers: range) -> list[int]:
    """Submit for these firms once each; give the statuses."""
    statuses = []
    for number in numbers:
        key = f"trouble-{number:04d}"
        journal.intend(key, number)
        status, answer, headers = submit(port, town, number, key)
        statuses.append(status)
        if status == 201:
            journal.acknowledge(key, answer)
        else:
            assert int(headers.get("retry-after", 0)) > 0, (status, answer)
            assert answer["message"]
    return statuses


def limit_files(pids: list[int], size: int) -> None:
    """Let the processes write no file beyond this size: what a full disk is to them."""
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def full_disk(town: Town, server: subprocess.Popen[bytes]) -> Iterator[None]:
    """Nothing more can be written to the database's files until the end of the block."""
    if not town.is_postgres:
        pids = [server.pid, *children(server.pid)]
        limit_files(pids, 4096)
        try:
            yield
        finally:
            limit_files(pids, resource.RLIM_INFINITY)
        return
    with filled_tablespace(town.env["DATABASE_URL"]):
        yield


@contextmanager
def filled_tablespace(url: str) -> Iterator[None]:
    """The firms' versions lie on a small disk of their own, which is full during the block."""
    with psycopg.connect(url, autocommit=True) as connection:
        (place,) = connection.execute(
            "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'gongmai_small'"
        ).fetchone()
    ballast = Path(place) / "ballast"
    with ballast.open("wb") as handle:
        try:
            while True:
                handle.write(b"x" * 65536)
                handle.flush()
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()


@pytest.fixture
def small_disk(town: Town) -> Iterator[None]:
    """On PostgreSQL a tablespace on a disk of 24 MB; needs the right to mount, which the test rig has."""
    if not town.is_postgres:
        yield
        return
    place = Path(f"/tmp/gongmai-small-{os.getpid()}")
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    try:
        with psycopg.connect(town.env["DATABASE_URL"], autocommit=True) as connection:
            owner = connection.execute("SHOW data_directory").fetchone()[0]
            state = Path(owner).stat()
            os.chown(place, state.st_uid, state.st_gid)
            connection.execute(f"CREATE TABLESPACE gongmai_small LOCATION '{place}'")
            for table in ("filing_version", "review_step"):
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE gongmai_small")
                # hardly a page takes a second row, so that a write asks the disk for room
                connection.execute(f"ALTER TABLE {table} SET (fillfactor = 10)")
        yield
        with psycopg.connect(town.env["DATABASE_URL"], autocommit=True) as connection:
            for table in ("filing_version", "review_step"):
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            connection.execute("DROP TABLESPACE gongmai_small")
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_refuses_writes_in_words_and_loses_nothing(town: Town, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with serving(town, "--workers", "1") as (port, server):
        assert file_all(town, port, journal, range(2)) == [201, 201]
        with full_disk(town, server):
            # the last page of a table may still have room: it is full when the first write is refused
            seen = [file_all(town, port, journal, range(number, number + 1))[0] for number in range(2, 8)]
            assert 507 in seen
            assert set(seen) <= {201, 507, 503}
            for number in range(8):
                assert call(port, "GET", READ, token=town.bodies[number][0])[0] == 200
        wait_until(lambda: file_all(town, port, journal, range(8, 9)) == [201])
        assert set(file_all(town, port, journal, range(12))) == {201}
    assert len(judge(town, journal)["rows"]) == 12


def test_a_database_out_of_reach_is_said_and_all_is_well_after(town: Town, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    town.env["GONGMAI_DATABASE_WAIT"] = "0.5"
    with serving(town, "--workers", "1", "--no-worker") as (port, _):
        assert file_all(town, port, journal, range(2)) == [201, 201]
        with out_of_reach(town):
            seen = file_all(town, port, journal, range(2, 5))
            assert set(seen) == {503}
        wait_until(lambda: file_all(town, port, journal, range(2, 3)) == [201])
        assert set(file_all(town, port, journal, range(12))) == {201}
    assert len(judge(town, journal)["rows"]) == 12


@contextmanager
def out_of_reach(town: Town) -> Iterator[None]:
    """SQLite: another process holds the write lock. PostgreSQL: all connections are cut, none is let in."""
    if not town.is_postgres:
        holder = sqlite3.connect(town.folder / "gongmai.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()
        return
    server, _, name = town.env["DATABASE_URL"].rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_keys_repeated_at_once_give_one_version_and_one_receipt_each(town: Town, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    answers: dict[int, list[tuple[int, str]]] = {number: [] for number in range(12)}
    lock = threading.Lock()

    def repeat(number: int) -> None:
        key = f"same-{number:04d}"
        while True:
            status, answer, _ = submit(port, town, number, key)
            if status not in {429, 503}:
                break
            threading.Event().wait(0.2)
        with lock:
            answers[number].append((status, json.dumps(answer, sort_keys=True)))

    with serving(town, "--workers", "2", "--no-worker") as (port, _):
        for number in range(12):
            journal.intend(f"same-{number:04d}", number)
            threads = [threading.Thread(target=repeat, args=(number,)) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(set(answers[number])) == 1, set(answers[number])
            status, text = answers[number][0]
            assert status == 201
            journal.acknowledge(f"same-{number:04d}", json.loads(text))
            token, body = town.bodies[number]
            changed = body | {"explanations": {"V4_zero": "another body"}}
            path = f"/api/v1/returns/monthly/{PERIOD}/submit"
            status, answer, _ = call(port, "POST", path, changed, token=token, key=f"same-{number:04d}")
            assert (status, answer["code"]) == (409, "key_reused")
    assert len(judge(town, journal)["rows"]) == 12


def test_a_server_that_is_stopped_and_started_during_work_loses_nothing(town: Town, tmp_path: Path) -> None:
    """An orderly restart: SIGTERM lets what is being served end."""
    journal, port = Journal(tmp_path / "journal"), free_port()
    for first in (0, 6):
        with serving(town, "--workers", "1", port=port) as (_, server):
            assert set(file_all(town, port, journal, range(first, first + 6))) == {201}
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=40) == 0
    assert len(judge(town, journal)["rows"]) == 12
