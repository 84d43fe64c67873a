"""The crowd of the rush: firms and officers as an open model, in a process of its own.

Every request has a moment at which it was meant to be sent, laid down beforehand. Its time counts from that
moment, so that waiting behind a slow answer counts as well. A refusal (429, 503) is repeated after Retry-
After, as the page does, and the time goes on counting.

    python bench/rush_client.py plan.json out.json

"""

import asyncio
import json
import os
import random
import re
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REFUSED = {429, 503}
TRIES = 40
FORM = "/api/v1/returns/monthly/2023-05"


class Crowd:
    """Everybody who takes part, and what they measured."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.base = plan, plan["address"]
        self.times: dict[str, list[float]] = {}
        self.statuses: dict[str, int] = {}
        self.refusals: list[float] = []
        self.lags: list[float] = []
        self.journal = Path(plan["journal"]).open("a")  # noqa: SIM115 - open for the whole run
        self.began = 0.0
        self.given_up = 0

    async def run(self) -> None:
        """All journeys at their times; the officers end with the last firm."""
        self.began = time.perf_counter() + 1
        lag = asyncio.create_task(self._watch_the_loop())
        officers = [asyncio.create_task(self._officer(one)) for one in self.plan["officers"]]
        await asyncio.gather(*(self._firm(firm) for firm in self.plan["firms"]))
        for task in [lag, *officers]:
            task.cancel()
        await asyncio.gather(lag, *officers, return_exceptions=True)

    async def _watch_the_loop(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.05)
            self.lags.append(time.perf_counter() - before - 0.05)

    def _session(self) -> aiohttp.ClientSession:
        jar = aiohttp.CookieJar(unsafe=True)
        return aiohttp.ClientSession(
            self.base, cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=60),
            connector=aiohttp.TCPConnector(limit=2, keepalive_timeout=15),
        )  # fmt: skip

    async def _until(self, moment: float) -> float:
        """Sleep until a moment of the plan; give it on the clock."""
        at = self.began + moment
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        return at

    async def _ask(
        self, session: aiohttp.ClientSession, step: str, at: float, method: str, path: str, **more: Any
    ) -> tuple[int, str]:
        """One step: repeat what is refused, count from the moment that was meant."""
        for _ in range(TRIES):
            sent = time.perf_counter()
            try:
                async with session.request(method, path, allow_redirects=False, **more) as answer:
                    text = await answer.text()
                    status, wait = answer.status, float(answer.headers.get("Retry-After", 1))
            except (aiohttp.ClientError, TimeoutError) as error:
                status, text, wait = 0, type(error).__name__, 1.0
            self.statuses[f"{step} {status}"] = self.statuses.get(f"{step} {status}", 0) + 1
            if status not in REFUSED and status != 0:
                self.times.setdefault(step, []).append(time.perf_counter() - at)
                return status, text
            self.refusals.append(time.perf_counter() - sent)
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))
        self.given_up += 1
        return 0, ""

    async def _firm(self, firm: dict[str, Any]) -> None:
        steps = firm["steps"]
        moment = await self._until(steps["sign in"])
        async with self._session() as session:
            if not await self._sign_in(session, moment, firm["name"]):
                return
            headers = {"X-CSRFToken": self._csrf(session), "Referer": self.base}
            await self._ask(session, "sheet", await self._until(steps["sheet"]), "GET", firm["sheet"])
            body = firm["body"]
            cells = list(body["cells"].items())
            for number in (1, 2, 3):
                share = dict(cells[: len(cells) * number // 3])
                draft = {"cells": share, "lines": body["lines"] if number == 3 else {}}
                at = await self._until(steps[f"save {number}"])
                await self._ask(session, "save", at, "PUT", f"{FORM}/draft", json=draft, headers=headers)
            at = await self._until(steps["check"])
            await self._ask(session, "check", at, "POST", f"{FORM}/check", json=body, headers=headers)
            at = await self._until(steps["submit"])
            self._note({"intend": firm["name"]})
            headers["Idempotency-Key"] = f"rush-{firm['name']}"
            status, text = await self._ask(
                session, "submit", at, "POST", f"{FORM}/submit", json=body, headers=headers
            )
            if status == 201:
                self._note({"done": firm["name"], "digest": json.loads(text)["digest"]})

    async def _sign_in(self, session: aiohttp.ClientSession, at: float, name: str) -> bool:
        _, page = await self._ask(session, "sign-in page", at, "GET", "/account/sign-in/")
        token = TOKEN.search(page)
        if token is None:
            return False
        form = {"username": name, "password": self.plan["password"], "csrfmiddlewaretoken": token.group(1)}
        status, _ = await self._ask(
            session, "sign in", time.perf_counter(), "POST", "/account/sign-in/", data=form,
            headers={"Referer": self.base},
        )  # fmt: skip
        return status == 302

    def _csrf(self, session: aiohttp.ClientSession) -> str:
        return next((item.value for item in session.cookie_jar if item.key == "csrftoken"), "")

    async def _officer(self, one: dict[str, Any]) -> None:
        chance = random.Random(one["session"])
        moment = chance.uniform(0, self.plan["think"])
        async with self._session() as session:
            session.cookie_jar.update_cookies({"sessionid": one["session"]})
            while True:
                at = await self._until(moment)
                page = chance.choice(self.plan["pages"])
                await self._ask(session, "officer", at, "GET", page)
                moment += chance.expovariate(1 / self.plan["think"])

    def _note(self, line: dict[str, Any]) -> None:
        self.journal.write(json.dumps(line) + "\n")
        self.journal.flush()
        os.fsync(self.journal.fileno())


def main() -> None:
    """Run the plan and write what was measured."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    crowd = Crowd(plan)
    before = time.process_time()
    began = time.perf_counter()
    asyncio.run(crowd.run())
    wall = time.perf_counter() - began
    Path(sys.argv[2]).write_text(
        json.dumps(
            {
                "times": crowd.times,
                "statuses": crowd.statuses,
                "refusals": crowd.refusals,
                "given_up": crowd.given_up,
                "client_cpu": (time.process_time() - before) / wall,
                "lags": crowd.lags,
                "wall": wall,
            }
        )
    )


if __name__ == "__main__":
    main()
