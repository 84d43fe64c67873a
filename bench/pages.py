"""Server time of the ten most used pages on the demonstration city, beside the smallest page of all.

Builds the city into bench/cache/city when it is not there (or uses GONGMAI_BENCH_CITY), serves it
as `gongmai serve` does, signs in as the demonstration's people, and asks for each page over one
connection that is kept open.
Prints a markdown table and writes bench/out/pages.json. The aim is p95 under 100 ms.
"""

import http.client
import json
import os
import re
import statistics
import sys
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).parents[1]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
import django  # noqa: E402

django.setup()

from tests.city import build_city, serve  # noqa: E402

from gongmai.demo.people import demo_people  # noqa: E402

ROUNDS = int(os.environ.get("GONGMAI_BENCH_ROUNDS", "60"))
WARM = 6  # both server processes have seen the page
PAGES = [
    ("the firm's tasks", "enterprise", "/returns/tasks/"),
    ("the return to fill", "enterprise", "RETURN"),
    ("home of a county", "county", "/"),
    ("returns to review", "county", "/returns/workbench/?form=monthly&period=2023-06"),
    ("completeness", "city", "/returns/completeness/?form=monthly&period=2023-06"),
    ("home of the bureau", "city", "/"),
    ("overview", "city", "/indicators/?period=2023-05&view=cumulative"),
    ("league table", "city", "/indicators/league?period=2023-05&view=cumulative&by=unit"),
    ("firms behind a number", "city", "/indicators/firms?period=2023-05&view=cumulative"),
    ("register of firms", "city", "/enterprises/"),
]


class Visitor:
    """A browser without a face: one kept connection, cookies, a sign-in."""

    def __init__(self, address: str, username: str) -> None:
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
        self.cookies: dict[str, str] = {}
        password = next(person.password for person in demo_people() if person.username == username)
        page = self.get("/account/sign-in/")[1].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        body = urllib.parse.urlencode(
            {"username": username, "password": password, "csrfmiddlewaretoken": token}
        )
        status, _ = self.get("/account/sign-in/", "POST", body)
        assert status == 302, f"{username} could not sign in: {status}"

    def get(self, path: str, method: str = "GET", body: str | None = None) -> tuple[int, bytes]:
        """One request; give status and body."""
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept-Language": "zh-CN",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{self.connection.host}:{self.connection.port}/"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, content


def measure(visitor: Visitor, path: str) -> list[float]:
    """Milliseconds of each counted request."""
    for _ in range(WARM):
        visitor.get(path)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        status, _ = visitor.get(path)
        times.append((time.perf_counter() - start) * 1000)
        assert status == 200, f"{path}: {status}"
    return sorted(times)


def percentile(times: list[float], share: float) -> float:
    """The value below which `share` of the sorted times lie."""
    return times[min(len(times) - 1, int(share * len(times)))]


def main() -> None:
    """Measure, print, write."""
    ready = os.environ.get("GONGMAI_BENCH_CITY")
    folder = Path(ready) if ready else ROOT / "bench" / "cache" / "city"
    if (folder / "demo.json").exists():
        os.environ["GONGMAI_TEST_CITY"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    city = build_city(folder)
    rows = []
    with serve(city) as address:
        visitors = {name: Visitor(address, name) for name in sorted({page[1] for page in PAGES})}
        own = re.findall(rb'href="(/returns/\d+/)"', visitors["enterprise"].get("/returns/tasks/")[1])
        floor = measure(visitors["enterprise"], "/account/password/")
        rows.append(("smallest page (floor)", "/account/password/", floor))
        for name, username, path in PAGES:
            target = own[0].decode() if path == "RETURN" else path
            rows.append((name, target, measure(visitors[username], target)))
    base = statistics.median(floor)
    print("| page | p50 ms | p95 ms | max ms | p50 / floor |")
    print("|---|---|---|---|---|")
    report = {}
    for name, path, times in rows:
        p50, p95 = statistics.median(times), percentile(times, 0.95)
        print(f"| {name} | {p50:.1f} | {p95:.1f} | {times[-1]:.1f} | {p50 / base:.1f} |")
        report[name] = {
            "path": path,
            "p50_ms": p50,
            "p95_ms": p95,
            "max_ms": times[-1],
            "requests": len(times),
        }
    out = ROOT / "bench" / "out"
    out.mkdir(parents=True, exist_ok=True)
    (out / "pages.json").write_text(json.dumps(report, indent=1))
    slow = [name for name, entry in report.items() if entry["p95_ms"] >= 100]
    print(f"\n{ROUNDS} requests each; above the aim of 100 ms at p95: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
