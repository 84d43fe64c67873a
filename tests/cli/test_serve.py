"""``gongmai serve``: pages, hashed files kept for ever, a worker that is started again, a clean end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAIN = "from gongmai.cli.main import main; main()"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("serve")
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "GONGMAI_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
    }
    env.pop("DATABASE_URL", None)
    return env


@pytest.fixture(scope="module")
def server(place: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    subprocess.run([sys.executable, "-m", "gongmai.manage", "migrate", "-v0"], env=place, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port), "--workers", "1"], env=place
    )
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: answers(address))
    yield address, process
    process.kill()
    process.wait()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/account/sign-in/", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.1)


def worker_pid(place: dict[str, str]) -> int:
    try:
        return int(json.loads((Path(place["GONGMAI_DATA"]) / "worker.json").read_text())["pid"])
    except (OSError, ValueError):
        return 0


def test_without_its_tables_it_says_what_to_do(place: dict[str, str], tmp_path: Path) -> None:
    env = place | {"GONGMAI_DATA": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", MAIN, "serve"], env=env, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "migrate" in result.stderr


def test_files_have_hashed_names_and_are_kept_for_ever(server) -> None:
    address, _ = server
    with urllib.request.urlopen(f"{address}/account/sign-in/") as answer:
        text = answer.read().decode()
    style = re.search(r'href="(/static/ui/app\.[0-9a-f]{12}\.css)"', text)
    assert style is not None
    request = urllib.request.Request(address + style.group(1), headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"


def test_a_worker_that_dies_is_started_again(server, place: dict[str, str]) -> None:
    wait_until(lambda: worker_pid(place) > 0)
    first = worker_pid(place)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: worker_pid(place) not in {0, first})


def test_a_request_to_stop_ends_all_and_leaves_nothing_behind(server, place: dict[str, str]) -> None:
    address, process = server
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=40) == 0
    assert not answers(address)
    assert worker_pid(place) == 0
