"""``gongmai serve``: the web server with its worker, stopped together."""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import click
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from gongmai.core.admission.types import Limits

STOP_SECONDS = 20
RESTART_SECONDS = 1.0
HOPELESS_SECONDS = 3.0  # a web server that ends so soon would end again
WORKER = "from gongmai.cli.main import main; main()"
USAGE = 2
# seconds that a page waits for an embedded database which somebody else writes
DATABASE_WAIT = "5"
MIN_WORKERS, MAX_WORKERS = 2, 8
SPARE_THREADS = 16
BACKLOG = 4096


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=int, help="Web server processes; default: one for each core, 2 to 8.")
@click.option("--threads", default=3, show_default=True, help="Requests that each process serves at once.")
@click.option(
    "--no-worker", is_flag=True, help="Leave the delivery of events to a `gongmai worker` elsewhere."
)
def serve(*, host: str, port: int, workers: int | None, threads: int, no_worker: bool) -> None:
    """Serve the pages and the API, and deliver events. Ctrl-C or SIGTERM stops all."""
    sys.exit(run(host=host, port=port, workers=workers, threads=threads, with_worker=not no_worker))


def run(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    threads: int = 3,
    with_worker: bool = True,
) -> int:
    """Serve until told to stop; give the exit code: 0, 2 for tables that are not up to date."""
    waiting = unapplied_migrations()
    if waiting:
        click.echo(
            f"The database lacks {len(waiting)} migrations. Run: python -m gongmai.manage migrate", err=True
        )
        return USAGE
    env = os.environ | {"GONGMAI_HASHED_STATIC": "1", "GONGMAI_DATA": str(settings.DATA_DIR)}
    collect_static(env)
    connections.close_all()
    web = web_command(host, port, workers or count_workers(), threads)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    worker = [sys.executable, "-c", WORKER, "worker"] if with_worker else None
    return _supervise(web, worker, env, env | web_environment(threads), stop)


def count_workers() -> int:
    """One web process for each core, within reason."""
    return max(MIN_WORKERS, min(MAX_WORKERS, os.cpu_count() or 1))


def web_command(host: str, port: int, workers: int, slots: int) -> list[str]:
    """The web server's command line.

    It has a thread for each request that is served or waits in the line of core.admission, and some to
    spare that say no at once; so the queue is ours, and not the server's or the socket's.
    """
    threads = slots + Limits().waiting + SPARE_THREADS
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(threads), "--no-ws"]
    command += ["--backlog", str(BACKLOG), "--backpressure", str(BACKLOG), "--log-level", "error"]
    command += ["--workers-kill-timeout", "10", "--respawn-failed-workers"]
    return [*command, "gongmai.config.wsgi:application"]


def web_environment(slots: int) -> dict[str, str]:
    """What differs for web processes: requests at once, a pool of connections, a short wait for a lock."""
    wait = os.environ.get("GONGMAI_DATABASE_WAIT", DATABASE_WAIT)
    return {"GONGMAI_SLOTS": str(slots), "GONGMAI_POOL": "1", "GONGMAI_DATABASE_WAIT": wait}


def unapplied_migrations() -> list[str]:
    """The migrations that the database lacks."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def collect_static(env: dict[str, str]) -> None:
    """Copy the static files under hashed names, compressed, where they changed since the last time."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    command = [sys.executable, "-m", "gongmai.manage", "collectstatic", "--noinput", "--clear", "-v", "0"]
    subprocess.run(command, env=env, check=True)
    stamp.write_text(wanted)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}:{state.st_mtime_ns}:{state.st_size}\n".encode())
    return digest.hexdigest()


def _supervise(
    web: list[str],
    worker: list[str] | None,
    env: dict[str, str],
    web_env: dict[str, str],
    stop: threading.Event,
) -> int:
    server = _start(web, web_env)
    helper = _start(worker, env) if worker else None
    started = served = monotonic()
    while not stop.wait(0.2):
        if server.poll() is not None:
            _kill_group(server)  # processes of a killed web server would hold its port
            if monotonic() - served < HOPELESS_SECONDS:
                break
            click.echo(f"The web server ended with {server.returncode}; starting it again.", err=True)
            server, served = _start(web, web_env), monotonic()
        if worker and helper and helper.poll() is not None and monotonic() - started > RESTART_SECONDS:
            click.echo(f"The worker ended with {helper.returncode}; starting it again.", err=True)
            helper, started = _start(worker, env), monotonic()
    code = 0 if stop.is_set() else (server.returncode or 1)
    _end([process for process in (server, helper) if process])
    return code


def _start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us and once."""
    return subprocess.Popen(command, env=env, start_new_session=True, preexec_fn=die_with_parent)  # noqa: PLW1509


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask Linux to end this child when its parent is killed, so that no server is left holding the port."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, number)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _kill_group(process)
