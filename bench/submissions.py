"""Submissions over HTTP with all audits: per second and p95 at 50 writers at once, on SQLite and PostgreSQL.

Each writer is a firm's system: it posts whole returns of the monthly form to the JSON API, each with an
idempotency key. A submission reads two years of the firm's history, runs every audit and writes version,
case, step, audit line, event and key in one transaction.
Beside it, on the same machine, pgbench with 50 clients.

    python bench/submissions.py [--firms 1500] [--writers 50] [--without postgres]
"""

import argparse
import hashlib
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PERIOD = "2023-05"


class Result(NamedTuple):
    """What one run gave."""

    name: str
    count: int
    per_second: float
    median_ms: float
    p95_ms: float
    failed: int


def main() -> None:
    """Run both databases and print a markdown table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=1500)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--without", default="")
    options = parser.parse_args()
    rows = [measure("SQLite", "", options)]
    url = os.environ.get("GONGMAI_BENCH_POSTGRES", "")
    pgbench = ""
    if url and options.without != "postgres":
        rows.append(measure("PostgreSQL", fresh_database(url), options))
        pgbench = run_pgbench(url, options.writers)
    print(f"{options.writers} writers at once, {os.cpu_count()} cores, {options.firms} submissions\n")
    print("| database | submissions/s | median | p95 | failed |")
    print("|---|---|---|---|---|")
    for row in rows:
        speed = f"{row.per_second:.0f} | {row.median_ms:.0f} ms | {row.p95_ms:.0f} ms"
        print(f"| {row.name} | {speed} | {row.failed} |")
    if pgbench:
        print(f"\n{pgbench}")


def measure(name: str, url: str, options: argparse.Namespace) -> Result:
    """Set up a city, serve it, and let the writers post."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "GONGMAI_DATA": folder, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
        }  # fmt: skip
        subprocess.run([sys.executable, __file__, "set-up", str(options.firms)], env=env, check=True)
        port = free_port()
        server = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers", "2",
                "--blocking-threads", "4", "--backlog", "1024", "--port", str(port), "--no-ws",
                "gongmai.config.wsgi:application",
            ],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(port)
            bodies = json.loads((Path(folder) / "bodies.json").read_text())
            return post_all(name, port, bodies, options.writers)
        finally:
            server.terminate()
            server.wait()


def post_all(name: str, port: int, bodies: list[list[str]], writers: int) -> Result:
    """Post every body once, `writers` at a time; warm up with checks, which change nothing."""
    times: list[float] = []
    failed = 0
    lock = threading.Lock()
    queue = list(bodies)

    def write() -> None:
        nonlocal failed
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        post(connection, "check", *bodies[0])
        start.wait()
        while True:
            with lock:
                if not queue:
                    return
                token, body = queue.pop()
            began = time.perf_counter()
            status = post(connection, "submit", token, body)
            took = time.perf_counter() - began
            with lock:
                times.append(took)
                failed += status != 201

    start = threading.Barrier(writers + 1)
    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    p95 = statistics.quantiles(times, n=20)[-1]
    return Result(name, len(times), len(times) / took, statistics.median(times) * 1000, p95 * 1000, failed)


def post(connection: http.client.HTTPConnection, verb: str, token: str, body: str) -> int:
    """One call of the API; give its status."""
    headers = {
        "Authorization": f"Bearer {token}", "Content-Type": "application/json",
        "Idempotency-Key": f"bench-{token}",
    }  # fmt: skip
    connection.request("POST", f"/api/v1/returns/monthly/{PERIOD}/{verb}", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def set_up(firms: int) -> None:
    """Firms with two years of history, a key for each, May 2023 open; bodies.json: what they will post."""
    import django

    django.setup()
    import datetime as dt

    import orjson
    from bench.folder import write_returns
    from django.conf import settings
    from django.core.management import call_command

    from gongmai.core.access.models import ApiToken, Grant, User
    from gongmai.core.access.types import SYSTEM
    from gongmai.core.period import clock
    from gongmai.core.period.types import Period
    from gongmai.core.registry.models import Enterprise, Profile, RosterMembership
    from gongmai.core.registry.rules.credit import compute_credit_check
    from gongmai.monitor.filing.actions.imports import import_history
    from gongmai.monitor.filing.actions.periods import open_period

    call_command("migrate", verbosity=0)
    clock.simulate(dt.datetime(2023, 6, 5, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    stems = [f"91999900{number:09d}" for number in range(firms)]
    codes = [stem + compute_credit_check(stem) for stem in stems]
    rows = Enterprise.objects.bulk_create(
        [
            Enterprise(
                credit_code=code, name=code, region="999901", unit="u1", industry="1311", on_roster=True
            )
            for code in codes
        ]
    )
    RosterMembership.objects.bulk_create(
        [RosterMembership(enterprise=row, from_period=202102, entry_type="initial") for row in rows]
    )
    Profile.objects.bulk_create(
        [
            Profile(enterprise=row, valid_from=202102, region="999901", unit="u1", industry="1311")
            for row in rows
        ]
    )
    users = User.objects.bulk_create([User(username=code) for code in codes])
    Grant.objects.bulk_create(
        [
            Grant(user=user, role="enterprise", scope_kind="enterprise", scope_value=str(row.pk))
            for user, row in zip(users, rows, strict=True)
        ]
    )
    now = clock.now()
    ApiToken.objects.bulk_create(
        [
            ApiToken(
                user=user,
                label="bench",
                digest=hashlib.sha256(user.username.encode()).hexdigest(),
                created_at=now,
            )
            for user in users
        ]
    )
    folder = Path(settings.DATA_DIR)
    write_returns(folder, codes, Period(2021, 2), Period(2023, 5))
    import csv

    with (folder / "returns" / f"monthly.{PERIOD}.csv").open(newline="") as handle:
        contents = {row.pop("credit_code"): row for row in csv.DictReader(handle)}
    for path in (folder / "returns").glob(f"*.{PERIOD}.csv"):
        path.unlink()
    import_history(folder, quiet, SYSTEM)
    open_period(SYSTEM, "monthly", Period.parse(PERIOD))
    bodies = []
    for code, cells in contents.items():
        line = {key: value for key, value in cells.items() if key.startswith("output")}
        body = {"cells": cells, "lines": {"output_lines": [{"industry": "1311", **line}]}}
        bodies.append([code, json.dumps(body)])
    (folder / "bodies.json").write_bytes(orjson.dumps(bodies))


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def quiet(*_progress: object) -> None:
    """Nobody watches."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(450):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/openapi.json")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start")


def fresh_database(url: str) -> str:
    """An empty database of our own beside the one that the address names."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS gongmai_bench WITH (FORCE)")
        connection.execute("CREATE DATABASE gongmai_bench")
    return url.rsplit("/", 1)[0] + "/gongmai_bench"


def run_pgbench(url: str, clients: int) -> str:
    """pgbench's own transaction (five statements) with as many clients."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    if not found:
        return ""
    target = fresh_database(url)
    tool = str(found[-1])
    subprocess.run([tool, "-q", "-i", "-s", "10", target], check=True, capture_output=True)
    done = subprocess.run(
        [tool, "-c", str(clients), "-j", "2", "-T", "15", target], check=True, capture_output=True, text=True
    )
    tps = re.search(r"tps = ([\d.]+)", done.stdout)
    latency = re.search(r"latency average = ([\d.]+)", done.stdout)
    return (
        f"pgbench on the same server, {clients} clients: {float(tps[1]):.0f} transactions/s, "
        f"{float(latency[1]):.0f} ms on average."
        if tps and latency
        else ""
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["set-up"]:
        sys.path.insert(0, str(ROOT))
        set_up(int(sys.argv[2]))
    else:
        main()
