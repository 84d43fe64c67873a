"""A small installation of its own, in processes of its own, on the kind of database under test."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
MAIN = "from gongmai.cli.main import main; main()"
PERIOD = "2023-05"
HEAD = "import django; django.setup()\n"


@dataclass
class Town:
    """A data folder, the environment in which commands see it, and what its firms will file."""

    folder: Path
    env: dict[str, str]
    bodies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def run(self, *arguments: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run ``gongmai ARGUMENTS`` here."""
        command = [sys.executable, "-c", MAIN, *arguments]
        done = subprocess.run(
            command, env=self.env | env, capture_output=True, text=True, check=False, timeout=300
        )
        assert not check or done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done

    def ask(self, code: str) -> Any:
        """Run Python with the product loaded; what it prints last is read as JSON."""
        done = subprocess.run(
            [sys.executable, "-c", HEAD + code], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    def read(self, module: str) -> Any:
        """Run a module that prints one line of JSON."""
        done = subprocess.run(
            [sys.executable, "-m", module],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    @property
    def is_postgres(self) -> bool:
        """Whether the database is PostgreSQL."""
        return self.env.get("DATABASE_URL", "").startswith("postgres")


def fresh_database(name: str) -> str:
    """The address of an empty database beside the one under test; nothing for SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return ""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + f"/{name}"


def environment(folder: Path, database: str) -> dict[str, str]:
    """The environment of an installation in `folder` on a fresh database of that name."""
    return os.environ | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "GONGMAI_DATA": str(folder),
        "DATABASE_URL": fresh_database(database),
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
    }


def build_town(folder: Path, firms: int, database: str) -> Town:
    """Firms with two years of history, a key for each, May 2023 open: the set-up of the benchmark."""
    town = Town(folder, environment(folder, database))
    command = [sys.executable, str(ROOT / "bench" / "submissions.py"), "set-up", str(firms)]
    done = subprocess.run(command, env=town.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    town.bodies = [
        (code, json.loads(text)) for code, text in json.loads((folder / "bodies.json").read_text())
    ]
    return town


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    town: Town, *arguments: str, port: int | None = None
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve the town; give the port and the process. It is killed at the end if it still runs."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port), *arguments],
        env=town.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: call(port, "GET", "/api/v1/openapi.json")[0] == 200)
        yield port, process
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
        if process.poll() is None:
            process.kill()
            process.wait()


def call(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str = "",
    key: str = "",
    timeout: float = 30,
) -> tuple[int, Any, dict[str, str]]:
    """One call; status 0 where no answer came."""
    headers = {"Content-Type": "application/json", "Accept-Language": "en"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if key:
        headers["Idempotency-Key"] = key
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        found = {name.lower(): value for name, value in answer.headers.items()}
    except (OSError, http.client.HTTPException):
        return 0, None, {}
    finally:
        connection.close()
    try:
        return answer.status, json.loads(text), found
    except ValueError:
        return answer.status, text, found


def submit(port: int, town: Town, number: int, key: str, **more: Any) -> tuple[int, Any, dict[str, str]]:
    """Let the firm of that number submit what it has to file."""
    token, body = town.bodies[number]
    return call(port, "POST", f"/api/v1/returns/monthly/{PERIOD}/submit", body, token=token, key=key, **more)


def wait_until(is_true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to happen."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes below a process, deepest last."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                child = int(path.parent.name)
                found += [child, *children(child)]
    return found


def kill(pid: int) -> None:
    """SIGKILL; a process that is gone already is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False
