"""``gongmai demo``: build the demonstration city where there is none, then serve it."""

import json
import os
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rich.console import Console
from rich.table import Table

from gongmai.cli.city import COLUMNS, SHOWN, Refused, Report, set_up_city
from gongmai.cli.printing import print_rows, progress_bar
from gongmai.cli.serve import run, unapplied_migrations
from gongmai.core.period import clock
from gongmai.core.registry.queries import city
from gongmai.demo import chasing, daily_power, sources
from gongmai.demo.build import write_city
from gongmai.demo.people import demo_people
from gongmai.monitor.outlook.actions.foreseeing import foresee

FOLDER, READY, BUILDING = "demo-city", "demo.json", "demo.building"
STAY = timedelta(days=4)  # the simulated time runs on between two starts, but not out of the open month
USAGE = 2
# percent of the build from and to which a stage reaches; the registry's stages have no common name
STAGES = {"demo": (0, 6), "returns": (14, 60), "panel": (60, 75), "forecast": (75, 100)}
REGISTRY = (6, 14)


@click.command()
@click.option("--build-only", is_flag=True, help="Build the city and stop before serving.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def demo(*, build_only: bool, port: int) -> None:
    """Build the demonstration city once and serve it on 127.0.0.1."""
    if not build_only and not _is_free(port):
        click.echo(f"Port {port} is in use. Choose another: gongmai demo --port {port + 1}", err=True)
        sys.exit(USAGE)
    if not is_ready():
        if _holds_another_city():
            click.echo(
                f"{settings.DATA_DIR} holds a city that is not the demonstration. "
                "Set GONGMAI_DATA (and DATABASE_URL) to another place.",
                err=True,
            )
            sys.exit(USAGE)
        _build()
    if unapplied_migrations():
        call_command("migrate", interactive=False, verbosity=0)
    set_clock()
    if build_only:
        return
    print_logins(port)
    sys.exit(run(port=port))


def is_ready() -> bool:
    """Whether a build came to its end here and its database is still the one in use."""
    return (_data() / READY).exists() and _has_city()


def build(report: Report) -> dict[str, int]:
    """Write the folder and import it. A build that was cut short leaves its mark and is done again.

    Raises cli.city.Refused with findings when the product refuses its own demonstration.
    """
    data = _data()
    data.mkdir(parents=True, exist_ok=True)
    (data / READY).unlink(missing_ok=True)
    (data / BUILDING).touch()
    report(0, 1, "demo: files")
    write_city(data / FOLDER, lambda done, total: report(done, total, "demo: files"))
    clock.simulate(simulated_now())
    counts = set_up_city(data / FOLDER, replace=True, report=report)
    chasing.play()
    daily_power.play()
    clock.simulate(simulated_now())
    foresee(
        "output",
        workers=os.cpu_count() or 1,
        progress=lambda done, total, _what: report(done, total, "forecast"),
    )
    clock.simulate(simulated_now())
    ready = data / f"{READY}.tmp"
    ready.write_text(json.dumps(counts))
    ready.replace(data / READY)
    (data / BUILDING).unlink()
    return counts


def whole(report: Report) -> Report:
    """One bar for all stages, by what each takes of the whole; it never goes back."""
    reached = 0.0

    def one(done: int, total: int, text: str) -> None:
        nonlocal reached
        begin, end = STAGES.get(text.split(":", maxsplit=1)[0], REGISTRY)
        reached = max(reached, begin + (end - begin) * done / max(total, 1))
        report(round(reached), 100, f"demo: {text.removeprefix('demo: ')}")

    return one


def simulated_now() -> datetime:
    """The moment at which the demonstration lives."""
    return datetime.fromisoformat(sources.read_yaml("city")["simulated_now"])


def set_clock() -> None:
    """Let the simulated time run on, unless it has left the days of the open month."""
    begin = simulated_now()
    if not clock.is_simulated() or not begin <= clock.now() < begin + STAY:
        clock.simulate(begin)


def print_logins(port: int) -> None:
    """The address and an account for each kind of person, in Chinese and English."""
    words = sources.read_yaml("people")["notice"]
    table = Table(title=words["title"])
    table.add_column(words["person"], overflow="fold")
    table.add_column(words["username"], no_wrap=True)
    table.add_column(words["password"], no_wrap=True)
    for person in demo_people():
        table.add_row(f"{person.label['zh-Hans']} / {person.label['en']}", person.username, person.password)
    console = Console()
    console.print(table)
    console.print(f"{words['address']}: [bold]http://127.0.0.1:{port}[/bold]    {words['stop']}")


def _build() -> None:
    try:
        with progress_bar() as report:
            build(whole(report))
    except Refused as refused:
        title = f"{len(refused.findings)} findings, nothing was written"
        print_rows(COLUMNS, refused.findings[:SHOWN], "table", title=title)
        sys.exit(1)


def _data() -> Path:
    return Path(settings.DATA_DIR)


def _has_city() -> bool:
    return "registry_city" in connection.introspection.table_names() and city() is not None


def _holds_another_city() -> bool:
    return _has_city() and not (_data() / BUILDING).exists()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
