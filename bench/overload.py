"""Five times what the server can do: is the excess refused at once, and do the returns still come in?

1. Capacity: as many submissions a second as come through when sixteen clients wait for their answers.
2. Overload, open model: five times that rate, a third submissions and two thirds pages; then calm again.
3. A noisy client: one firm's key at 200 requests a second beside ten calm requests a second of many firms.

    python bench/overload.py [--firms 1500] [--seconds 30] [--without postgres]
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
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[1]
GONGMAI = (sys.executable, "-c", "from gongmai.cli.main import main; main()")
FORM = "/api/v1/returns/monthly/2023-05"
CLIENTS = 16
CALM_RATE, NOISY_RATE = 10.0, 200.0


@dataclass
class Seen:
    """What one kind of request got."""

    times: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry: int = 0

    def add(self, status: int, took: float, retry: str | None) -> None:
        """Count one answer."""
        self.statuses[status] += 1
        if status in {429, 503}:
            self.refusals.append(took)
            self.without_retry += retry is None
        else:
            self.times.append(took)


def point(times: list[float], share: float) -> float:
    """A percentile in milliseconds."""
    found = sorted(times)
    return found[min(len(found) - 1, int(len(found) * share))] * 1000 if found else float("nan")


class Load:
    """Requests against one server; a firm whose submission is refused comes again later."""

    def __init__(self, base: str, bodies: list[list[str]]) -> None:
        self.base, self.bodies, self.left = base, bodies, list(range(len(bodies)))
        self.chance = random.Random(5)
        self.acknowledged: set[str] = set()

    async def ask(
        self, session: aiohttp.ClientSession, seen: Seen, method: str, path: str, **more: Any
    ) -> int:
        """One request, not repeated."""
        at = time.perf_counter()
        try:
            async with session.request(method, path, **more) as answer:
                await answer.read()
                status, retry = answer.status, answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError):
            status, retry = 0, None
        seen.add(status, time.perf_counter() - at, retry)
        return status

    async def submit(self, session: aiohttp.ClientSession, seen: Seen) -> None:
        """The next firm that has not filed."""
        if not self.left:
            return
        number = self.left.pop(0)
        token, body = self.bodies[number]
        headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Idempotency-Key": f"over-{token}",
        }  # fmt: skip
        status = await self.ask(session, seen, "POST", f"{FORM}/submit", data=body, headers=headers)
        if status == 201:
            self.acknowledged.add(token)
        elif status in {0, 429, 503}:
            self.left.append(number)

    async def read(self, session: aiohttp.ClientSession, seen: Seen, token: str = "") -> None:
        """A firm's system looks at its return."""
        token = token or self.chance.choice(self.bodies)[0]
        await self.ask(session, seen, "GET", FORM, headers={"Authorization": f"Bearer {token}"})

    async def closed(self, seconds: float) -> tuple[Seen, float]:
        """Submissions a second when each client waits for its answer."""
        seen, end = Seen(), time.perf_counter() + seconds

        async def client(session: aiohttp.ClientSession) -> None:
            while time.perf_counter() < end and self.left:
                await self.submit(session, seen)

        async with self.session() as session:
            await asyncio.gather(*(client(session) for _ in range(CLIENTS)))
        return seen, seen.statuses[201] / seconds

    async def opened(self, seconds: float, plan: list[tuple[float, Any, Seen, tuple[Any, ...]]]) -> None:
        """Poisson arrivals: (rate, what, where it is counted, arguments) of each kind."""
        async with self.session() as session, asyncio.TaskGroup() as group:

            async def arrive(rate: float, what: Any, seen: Seen, arguments: tuple[Any, ...]) -> None:
                at = time.perf_counter()
                end = at + seconds
                while at < end:
                    group.create_task(what(session, seen, *arguments))
                    at += self.chance.expovariate(rate)
                    await asyncio.sleep(max(0.0, at - time.perf_counter()))

            for rate, what, seen, arguments in plan:
                group.create_task(arrive(rate, what, seen, arguments))

    def session(self) -> aiohttp.ClientSession:
        """Many connections at once."""
        connector = aiohttp.TCPConnector(limit=1000, keepalive_timeout=30)
        return aiohttp.ClientSession(self.base, connector=connector, timeout=aiohttp.ClientTimeout(total=30))


async def measure(load: Load, seconds: float) -> None:
    """The three parts."""
    _, capacity = await load.closed(10)
    print(f"Capacity: {capacity:.0f} submissions/s ({CLIENTS} clients that wait for their answers)\n")
    submits, reads = Seen(), Seen()
    total = 5 * capacity
    plan = [(total / 3, load.submit, submits, ()), (total * 2 / 3, load.read, reads, ())]
    await load.opened(seconds, plan)
    kept = submits.statuses[201] / seconds
    print(f"Offered {total:.0f}/s for {seconds:g} s, a third of it submissions:\n")
    print("| | offered/s | served/s | p95 ms | refused | refusal p50 ms | p95 | longest | no Retry-After |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, seen in (("submissions", submits), ("pages", reads)):
        offered = sum(seen.statuses.values()) / seconds
        print(
            f"| {name} | {offered:.0f} | {len(seen.times) / seconds:.0f} | {point(seen.times, 0.95):.0f} "
            f"| {len(seen.refusals)} | {point(seen.refusals, 0.5):.0f} | {point(seen.refusals, 0.95):.0f} "
            f"| {point(seen.refusals, 1):.0f} | {seen.without_retry} |"
        )
    print(f"\nSubmissions kept {kept / capacity * 100:.0f} % of the capacity.")
    print(f"Answers: {dict(submits.statuses + reads.statuses)}\n")
    await noisy(load, min(seconds, 20))


async def noisy(load: Load, seconds: float) -> None:
    """Others beside one client that asks without end."""
    calm, beside, loud = Seen(), Seen(), Seen()
    await asyncio.sleep(3)
    await load.opened(seconds, [(CALM_RATE, load.read, calm, ())])
    token = load.bodies[0][0]
    plan = [(CALM_RATE, load.read, beside, ()), (NOISY_RATE, load.read, loud, (token,))]
    await load.opened(seconds, plan)
    print(f"Calm, {CALM_RATE:g}/s of many firms: p95 {point(calm.times, 0.95):.0f} ms.")
    print(
        f"Beside one key at {NOISY_RATE:g}/s: p95 {point(beside.times, 0.95):.0f} ms, "
        f"refused {len(beside.refusals)}; "
        f"of the noisy one served {len(loud.times)}, refused {len(loud.refusals)}.\n"
    )


def main() -> None:
    """Each database in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--without", default="")
    options = parser.parse_args()
    url = os.environ.get("GONGMAI_BENCH_POSTGRES", "")
    for name, address in {"SQLite": "", **({"PostgreSQL": url} if url else {})}.items():
        if name.lower() == options.without:
            continue
        print(f"### {name}, {os.cpu_count()} cores shared by load, server and database")
        print(f"Load before: {os.getloadavg()[0]:.1f}\n")
        with tempfile.TemporaryDirectory() as place:
            env = os.environ | {
                "GONGMAI_DATA": place, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
                "DATABASE_URL": fresh_database(address) if address else "",
                "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
            }  # fmt: skip
            command = [sys.executable, str(ROOT / "bench" / "submissions.py"), "set-up", str(options.firms)]
            subprocess.run(command, env=env, check=True)
            port = free_port()
            server = subprocess.Popen([*GONGMAI, "serve", "--port", str(port)], env=env)
            try:
                wait_for(port)
                bodies = json.loads((Path(place) / "bodies.json").read_text())
                load = Load(f"http://127.0.0.1:{port}", bodies)
                asyncio.run(measure(load, options.seconds))
            finally:
                server.terminate()
                server.wait()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from bench.submissions import free_port, fresh_database, wait_for

    main()
