"""A demonstration city for the tests that need a whole one, and a server in front of it.

The city is built once a session by the product's own command, in a process of its own, in a data folder and a
database of its own. GONGMAI_TEST_CITY may name a data folder that is already built, to save a minute while
working on a journey: on SQLite a copy of it is taken and brought up to date, so that it may be an old one and
several runs may share it.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

ROOT = Path(__file__).parents[1]
DATABASE_NAME = "gongmai_city"
GONGMAI = (sys.executable, "-c", "from gongmai.cli.main import main; main()")


@dataclass(frozen=True)
class City:
    """A built city: its data folder and the environment in which commands see it."""

    folder: Path
    env: dict[str, str]

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``gongmai ARGUMENTS`` in this city."""
        return subprocess.run(
            [*GONGMAI, *arguments],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=check,
            timeout=900,
        )


def build_city(folder: Path) -> City:
    """Build the demonstration city in `folder` (or take the one that GONGMAI_TEST_CITY names)."""
    ready = os.environ.get("GONGMAI_TEST_CITY")
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "GONGMAI_DATA": str(folder)}
    env["DJANGO_SETTINGS_MODULE"] = "gongmai.config.settings"
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        env["DATABASE_URL"], ready = _fresh_postgres(), None
    else:
        env.pop("DATABASE_URL", None)
    if ready:
        shutil.copytree(ready, folder, dirs_exist_ok=True)
        _run([sys.executable, "-m", "gongmai.manage", "migrate", "-v", "0"], env)
    else:
        _run([*GONGMAI, "demo", "--build-only"], env)
    return City(folder, env)


def _run(command: list[str], env: dict[str, str]) -> None:
    result = subprocess.run(
        command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]


@contextmanager
def serve(city: City) -> Iterator[str]:
    """Serve the city on a free port with its worker; give the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*GONGMAI, "serve", "--port", str(port)]
    with (city.folder / f"serve-{port}.log").open("w") as log:
        process = subprocess.Popen(command, env=city.env, cwd=ROOT, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/account/sign-in/", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer within a minute")


def _fresh_postgres() -> str:
    """The address of an empty database beside the one that the tests use."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE_NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE_NAME}")
    return re.sub(r"/[^/?]+(\?|$)", rf"/{DATABASE_NAME}\1", url)
