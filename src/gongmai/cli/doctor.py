"""``gongmai doctor``: is this installation in order? Each check says what it saw and what to do."""

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import click
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from gongmai.cli.printing import format_option, print_rows
from gongmai.cli.serve import unapplied_migrations
from gongmai.core.access.types import SYSTEM
from gongmai.core.admission.queries import totals
from gongmai.core.backup.queries import last_backup_at
from gongmai.core.outbox.queries import counts, worker_seen_at
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.core.ports import adapter
from gongmai.core.registry.actions.reference import load_reference
from gongmai.core.registry.queries import city, labels
from gongmai.core.registry.rules.industry import find_old_edition

COLUMNS = ("check", "status", "seen", "advice")
GOOD, HINT, BAD = "ok", "hint", "fault"
FREE_BYTES = 2 * 1024**3
WORKER_SECONDS = 30
BACKUP_AGE = timedelta(hours=36)
SQLITE_WANTED = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
POSTGRES_WANTED = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a check saw; `advice` where something is wrong, or (a hint) is still to be done."""

    check: str
    status: str
    seen: str
    advice: str = ""


@click.command()
@format_option
def doctor(*, form: str) -> None:
    """Check the database, the data folder, the panel, the clock and the worker. Exit 1 on a fault."""
    results = examine()
    print_rows(COLUMNS, [asdict(result) for result in results], form)
    sys.exit(any(result.status == BAD for result in results))


def examine() -> list[Result]:
    """All checks in order. Without a database only those that need none."""
    checks: list[Callable[[], Result]] = [check_folder, check_space, check_secret, check_catalogue]
    database = check_database()
    if database.status == GOOD:
        checks += [check_durability, check_migrations]
        if not unapplied_migrations():
            checks += [check_city, check_edition, check_clock, check_panel, check_facts, check_worker]
            checks += [check_backup, check_door]
    return [database, *(check() for check in checks)]


def check_database() -> Result:
    """The database answers."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Result("database", BAD, str(error).strip(), _("Start the database or correct DATABASE_URL."))
    version = ".".join(str(part) for part in connection.get_database_version())
    return Result("database", GOOD, f"{connection.display_name} {version}")


def check_durability() -> Result:
    """What is acknowledged survives a power cut."""
    is_sqlite = connection.vendor == "sqlite"
    wanted = SQLITE_WANTED if is_sqlite else POSTGRES_WANTED
    seen = {}
    with connection.cursor() as cursor:
        for name in wanted:
            cursor.execute(f"PRAGMA {name}" if is_sqlite else f"SHOW {name}")
            seen[name] = str(cursor.fetchone()[0])
    wrong = [name for name, value in wanted.items() if seen[name] != value]
    text = ", ".join(f"{name}={value}" for name, value in seen.items())
    advice = _("Set %(names)s: an acknowledged return must survive a power cut.") % {
        "names": ", ".join(wrong)
    }
    return Result("durability", BAD, text, advice) if wrong else Result("durability", GOOD, text)


def check_migrations() -> Result:
    """The tables are those of this release."""
    if waiting := unapplied_migrations():
        advice = _("Run python -m gongmai.manage migrate.")
        return Result("migrations", BAD, f"{len(waiting)} not applied", advice)
    return Result("migrations", GOOD, "all applied")


def check_folder() -> Result:
    """The data folder can be written."""
    folder = Path(settings.DATA_DIR)
    probe = folder / f".doctor-{os.getpid()}"
    try:
        probe.write_text("x")
        probe.unlink()
    except OSError as error:
        return Result("data folder", BAD, str(error), _("Give this account the right to write there."))
    return Result("data folder", GOOD, str(folder))


def check_space() -> Result:
    """There is room to grow."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    seen = f"{free / 1024**3:.1f} GiB free"
    if free < FREE_BYTES:
        return Result("disk space", BAD, seen, _("Make room: at least 2 GiB should be free."))
    return Result("disk space", GOOD, seen)


def check_secret() -> Result:
    """Nobody else reads the key that signs the sessions."""
    path = Path(settings.DATA_DIR) / "secret_key"
    if "GONGMAI_SECRET_KEY" in os.environ or not path.exists():
        return Result("secret key", GOOD, "from the environment")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Result("secret key", BAD, oct(mode), _("Run chmod 600 on the file secret_key."))
    return Result("secret key", GOOD, oct(mode))


def check_catalogue() -> Result:
    """The Chinese texts are compiled and not older than their sources."""
    folder = Path(settings.LOCALE_PATHS[0]) / "zh_Hans"
    compiled = folder / "LC_MESSAGES" / "django.mo"
    newest = max((path.stat().st_mtime for path in (folder / "parts").glob("*.po")), default=0.0)
    if not compiled.exists() or compiled.stat().st_mtime < newest:
        seen = "older than its sources" if compiled.exists() else "missing"
        return Result("catalogue", BAD, seen, _("Run python -m gongmai.manage catalogue."))
    return Result("catalogue", GOOD, "compiled")


def check_city() -> Result:
    """A city is set up."""
    here = city()
    if here is None:
        return Result("city", BAD, "none", _("Set one up: gongmai init-city, or gongmai demo."))
    return Result("city", GOOD, f"{here.code} {here.label_zh}{' (synthetic)' if here.is_synthetic else ''}")


def check_edition() -> Result:
    """The industry list is that of 2017."""
    edition = load_reference().edition
    stored = {code: label.zh for code, label in labels("industry").items()}
    old = find_old_edition(stored, edition) if stored else []
    if old:
        seen = f"{edition.superseded}: {', '.join(old)}"
        return Result("industry list", BAD, seen, _("Import the city again with the table of 2017."))
    return Result("industry list", GOOD, f"{edition.edition}, {len(stored)} codes")


def check_clock() -> Result:
    """A simulated date is for invented data only."""
    here, simulated = city(), clock.is_simulated()
    seen = f"{'simulated' if simulated else 'real'} {timezone.localtime(clock.now()):%Y-%m-%d %H:%M}"
    if simulated and here is not None and not here.is_synthetic:
        return Result("clock", BAD, seen, _("Remove clock.json from the data folder."))
    return Result("clock", GOOD, seen)


def check_panel() -> Result:
    """Every file of the vintage in force is there and unchanged."""
    try:
        number = vintages.current_vintage()
    except vintages.NotPublished:
        return Result("panel", GOOD, "nothing published yet")
    wrong = []
    files = vintages.files_in_force(number)
    for period, file in sorted(files.items()):
        path = vintages.folder() / file.name
        if not path.exists():
            wrong.append(f"{period} missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.digest:
            wrong.append(f"{period} changed")
    if wrong:
        return Result("panel", BAD, ", ".join(wrong), _("Restore the files: gongmai panel rebuild."))
    return Result("panel", GOOD, f"vintage {number}, {len(files)} periods")


def check_facts() -> Result:
    """What is approved is published."""
    waiting = len(adapter("fact_source").pending(vintages.last_number()))
    if waiting and not _worker_lives():
        advice = _("Start a worker: gongmai worker.")
        return Result("facts", BAD, f"{waiting} approved returns wait to be published", advice)
    return Result("facts", GOOD, f"{waiting} waiting")


def check_worker() -> Result:
    """Events are delivered: nothing failed, and whatever waits has a worker."""
    found = counts(SYSTEM)
    seen = ", ".join(f"{found[state]} {state}" for state in ("waiting", "running", "failed"))
    if found["failed"]:
        return Result(
            "worker", BAD, seen, _("Look at the jobs page; repeat what failed once its cause is gone.")
        )
    if found["waiting"] and not _worker_lives():
        return Result("worker", BAD, seen, _("Start a worker: gongmai worker."))
    return Result("worker", GOOD, f"{seen}; {'alive' if _worker_lives() else 'not running'}")


def check_backup() -> Result:
    """Real data was backed up lately; a city that has just begun is reminded of it."""
    at, here = last_backup_at(), city()
    seen = "none yet" if at is None else f"{(timezone.now() - at).total_seconds() / 3600:.1f} h old"
    is_late = at is None or timezone.now() - at > BACKUP_AGE
    if is_late and here is not None and not here.is_synthetic:
        began = vintages.began_at()
        is_fresh = at is None and (began is None or clock.now() - began <= BACKUP_AGE)
        advice = _("Make one every day: gongmai backup DIR, on another machine.")
        return Result("backup", HINT if is_fresh else BAD, seen, advice)
    return Result("backup", GOOD, seen)


def check_door() -> Result:
    """How many requests were let in and refused within a day."""
    found = totals()
    served, refused = sum(found.served.values()), sum(found.refused.values())
    parts = ", ".join(f"{count} {reason}" for reason, count in sorted(found.refused.items()))
    seen = f"{served} served, {refused} refused{f' ({parts})' if parts else ''}"
    return Result("web server", GOOD, f"{seen}, longest wait {found.longest_wait:.2f} s")


def _worker_lives() -> bool:
    at = worker_seen_at()
    return at is not None and timezone.now() - at < timedelta(seconds=WORKER_SECONDS)
