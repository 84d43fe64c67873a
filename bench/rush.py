"""The deadline rush: firms sign in, open the sheet, save three times, check and submit; officers look on.

The aim is for four cores and PostgreSQL: 4,000 filings in ten minutes with one minute at 20 a second, p95
of every step at most 500 ms, p99 at most 2 s, no 5xx, none lost. `--minutes` and `--firms` scale it; the
rates stay the same when both are scaled alike. The crowd runs in a process of its own and shares the
machine's cores: the report says what it cost.

    python bench/rush.py [--minutes 10] [--firms 4000] [--officers 500] [--without postgres]

Beside it, with the same arrivals: the rows that the submissions wrote, inserted by bare statements, one
transaction for each submission. The rows are read back from the run itself.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PASSWORD = "rush-Hour-2023"
GONGMAI = (sys.executable, "-c", "from gongmai.cli.main import main; main()")
PEAK_RATE, PEAK_SHARE = 20.0, 0.1  # submissions a second; share of the time
OFFSETS = {"sign in": 30, "sheet": 27, "save 1": 22, "save 2": 16, "save 3": 10, "check": 5, "submit": 0}
STEPS = ("sign-in page", "sign in", "sheet", "save", "check", "submit", "officer")
OFFICER_THINK = 60.0
PAGES = [
    "/returns/workbench/?form=monthly&period=2023-05",
    "/returns/completeness/?form=monthly&period=2023-05",
    "/indicators/",
    "REVIEW",
]


def main() -> None:
    """Run on SQLite and PostgreSQL and print markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--firms", type=int, default=800)
    parser.add_argument("--officers", type=int, default=500)
    parser.add_argument("--without", default="")
    options = parser.parse_args()
    url = os.environ.get("GONGMAI_BENCH_POSTGRES", "")
    runs = {"SQLite": "", "PostgreSQL": url} if url else {"SQLite": ""}
    share, peak = options.firms / 40, options.minutes * 60 * PEAK_SHARE
    print(f"{options.firms} firms in {options.minutes:g} minutes ({share:.0f} % of the city),")
    print(
        f"{PEAK_RATE:g} submissions/s for {peak:.0f} s; {options.officers} officers; {os.cpu_count()} cores"
    )
    print(f"shared by crowd, server and database; load before: {os.getloadavg()[0]:.1f}\n")
    for name, address in runs.items():
        if name.lower() != options.without:
            run(name, address, options)


def run(name: str, url: str, options: argparse.Namespace) -> None:
    """One database: set up, serve, let the crowd come, compare, insert bare."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        env = os.environ | {
            "GONGMAI_DATA": place, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DATABASE_URL": fresh(url),
            "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
        }  # fmt: skip
        arguments = [str(options.firms), str(options.officers)]
        subprocess.run([sys.executable, __file__, "set-up", *arguments], env=env, check=True)
        port = free_port()
        server = subprocess.Popen([*GONGMAI, "serve", "--port", str(port)], env=env)
        try:
            wait_for(port)
            plan = make_plan(folder, port, options)
            (folder / "plan.json").write_text(json.dumps(plan))
            client = Path(__file__).with_name("rush_client.py")
            command = [sys.executable, str(client), str(folder / "plan.json"), str(folder / "out.json")]
            subprocess.run(command, check=True)
        finally:
            server.terminate()
            server.wait()
        out = json.loads((folder / "out.json").read_text())
        lost = subprocess.run(
            [sys.executable, __file__, "compare"], env=env, check=True, capture_output=True, text=True
        ).stdout.strip()
        bare = asyncio.run(insert_bare(env["DATABASE_URL"], plan)) if url else []
        report(name, out, lost, bare)


def make_plan(folder: Path, port: int, options: argparse.Namespace) -> dict[str, Any]:
    """When each firm is meant to do what: Poisson arrivals, with the peak after six tenths of the time."""
    chance = random.Random(2023)
    known = json.loads((folder / "rush.json").read_text())
    seconds = options.minutes * 60
    peak = min(int(PEAK_RATE * seconds * PEAK_SHARE), options.firms // 2)
    at = seconds * 0.6
    submits = [at + chance.uniform(0, seconds * PEAK_SHARE) for _ in range(peak)]
    submits += [chance.uniform(0, seconds) for _ in range(options.firms - peak)]
    firms = [
        {
            **firm,
            "steps": {
                step: submit + OFFSETS["sign in"] - offset * chance.uniform(0.9, 1.1)
                for step, offset in OFFSETS.items()
            },
        }
        for firm, submit in zip(known["firms"], submits, strict=True)
    ]
    pages = [known["review"] if page == "REVIEW" else page for page in PAGES]
    return {
        "address": f"http://127.0.0.1:{port}",
        "journal": str(folder / "journal"),
        "password": PASSWORD,
        "firms": firms,
        "officers": [{"session": key} for key in known["officers"]],
        "pages": pages,
        "think": OFFICER_THINK,
    }


def report(name: str, out: dict[str, Any], lost: str, bare: list[float]) -> None:
    """A table of one run."""
    print(f"### {name}\n\n| step | count | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|")
    for step in STEPS:
        row(step, out["times"].get(step, []))
    if bare:
        row("bare inserts of the same rows", bare)
    by_status: dict[str, int] = {}
    for key, count in out["statuses"].items():
        status = key.rpartition(" ")[2]
        by_status[status] = by_status.get(status, 0) + count
    refused = sum(by_status.get(status, 0) for status in ("429", "503"))
    failed = {key: n for key, n in by_status.items() if key in {"0", "500", "502", "507"}}
    print(f"\nRefused and repeated: {refused}; failed: {failed or 'none'}; given up: {out['given_up']}.")
    print(f"All answers: {dict(sorted(by_status.items()))}. {lost}")
    lags = sorted(out["lags"])
    middle, late = lags[len(lags) // 2] * 1000, lags[int(len(lags) * 0.99)] * 1000
    print(f"The crowd used {out['client_cpu'] * 100:.0f} % of a core and was late itself by {middle:.1f} ms")
    print(f"(median), {late:.0f} ms (p99). Load at the end: {os.getloadavg()[0]:.1f}.\n")


def row(step: str, times: list[float]) -> None:
    """One line of the table."""
    found = sorted(times)
    if found:
        points = [found[min(len(found) - 1, int(len(found) * share))] * 1000 for share in (0.5, 0.95, 0.99)]
        print(f"| {step} | {len(found)} | " + " | ".join(f"{point:.0f}" for point in points) + " |")


async def insert_bare(url: str, plan: dict[str, Any]) -> list[float]:
    """Insert what the run wrote into tables of the same columns, at the same moments; seconds of each."""
    import psycopg
    from psycopg_pool import AsyncConnectionPool

    work: dict[int, list[tuple[str, str]]] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        owners = {
            "filing_version": "t.filing_id FROM filing_version t WHERE t.source = 'api'",
            "review_case": "t.object_id::bigint FROM review_case t",
            "review_step": "c.object_id::bigint FROM review_step t JOIN review_case c ON c.id = t.case_id",
            "filing_idempotencykey": "(t.response->>'return_id')::bigint FROM filing_idempotencykey t",
            "audit_entry": "t.object_id::bigint FROM audit_entry t WHERE t.action = 'return.submit'",
        }
        for table, source in owners.items():
            connection.execute(f"DROP TABLE IF EXISTS bare_{table}")
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING INDEXES)")
            record = f"jsonb_populate_record(NULL::{table}, %s::jsonb)"
            statement = f"INSERT INTO bare_{table} SELECT * FROM {record}"
            for text, owner in connection.execute(f"SELECT to_jsonb(t)::text, {source}"):
                work.setdefault(owner, []).append((statement, text))
    moments = sorted(firm["steps"]["submit"] for firm in plan["firms"])
    times: list[float] = []
    async with AsyncConnectionPool(url, min_size=4, max_size=16, open=False) as pool:
        began = time.perf_counter() + 0.5 - moments[0]

        async def one(moment: float, statements: list[tuple[str, str]]) -> None:
            at = began + moment
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            async with pool.connection() as connection:
                for statement, text in statements:
                    await connection.execute(statement, [text])
            times.append(time.perf_counter() - at)

        await asyncio.gather(*(one(m, w) for m, w in zip(moments, work.values(), strict=False)))
    return times


def set_up(firms: int, officers: int) -> None:
    """The city of bench/submissions.py, with passwords, and officers who are signed in."""
    from bench.submissions import set_up as set_up_city

    set_up_city(firms)
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password
    from django.contrib.sessions.backends.db import SessionStore

    from gongmai.core.access.models import Grant, User
    from gongmai.monitor.filing.models import Return

    User.objects.update(password=make_password(PASSWORD))
    sessions = []
    for number in range(officers):
        user = User.objects.create(username=f"officer{number}", password=make_password(None))
        Grant.objects.create(user=user, role="city", scope_kind="city", scope_value="")
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        sessions.append(store.session_key)
    folder = Path(settings.DATA_DIR)
    bodies = {code: json.loads(text) for code, text in json.loads((folder / "bodies.json").read_text())}
    sheets = dict(
        Return.objects.filter(period=202305, form="monthly").values_list("enterprise__credit_code", "pk")
    )
    crowd = [
        {"name": code, "body": body, "sheet": f"/returns/{sheets[code]}/"} for code, body in bodies.items()
    ]
    review = f"/returns/{min(sheets.values())}/review/"
    (folder / "rush.json").write_text(json.dumps({"firms": crowd, "officers": sessions, "review": review}))


def compare() -> None:
    """Journal against database."""
    import django

    django.setup()
    from django.conf import settings

    from gongmai.monitor.filing.models import Version

    lines = [json.loads(text) for text in (Path(settings.DATA_DIR) / "journal").read_text().splitlines()]
    done = {line["done"]: line["digest"] for line in lines if "done" in line}
    rows = Version.objects.filter(source="api").values_list("filing__enterprise__credit_code", "digest")
    there = dict(rows)
    lost = [code for code, digest in done.items() if there.get(code) != digest]
    twice = len(rows) - len(there)
    print(f"Acknowledged {len(done)}, there {len(rows)}, lost {len(lost)}, twice {twice}.")


def fresh(url: str) -> str:
    """An empty database of our own beside the one that the address names."""
    if not url:
        return ""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS gongmai_rush WITH (FORCE)")
        connection.execute("CREATE DATABASE gongmai_rush")
    return url.rsplit("/", 1)[0] + "/gongmai_rush"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from bench.submissions import free_port, wait_for

    if sys.argv[1:2] == ["set-up"]:
        set_up(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["compare"]:
        compare()
    else:
        main()
