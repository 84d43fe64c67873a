"""Bulk import: a city's history of returns with every audit, in returns per second.

python bench/imports.py [--firms 3800] [--last 2023-06]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Import into an empty SQLite and, where there is one, an empty PostgreSQL."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=3800)
    parser.add_argument("--last", default="2023-06")
    options = parser.parse_args()
    print(
        f"{os.cpu_count()} cores; {options.firms} firms, 2020-02 to {options.last}, three forms, all audits\n"
    )
    print("| database | returns | seconds | returns/s | peak memory |")
    print("|---|---|---|---|---|")
    urls = {"SQLite": ""}
    if os.environ.get("GONGMAI_BENCH_POSTGRES"):
        from bench.submissions import fresh_database

        urls["PostgreSQL"] = fresh_database(os.environ["GONGMAI_BENCH_POSTGRES"])
    for name, url in urls.items():
        with tempfile.TemporaryDirectory() as folder:
            env = os.environ | {
                "GONGMAI_DATA": folder, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
            }  # fmt: skip
            arguments = [sys.executable, __file__, "run", name, str(options.firms), options.last]
            subprocess.run(arguments, env=env, check=True)


def quiet(*_progress: object) -> None:
    """Nobody watches."""


def run(name: str, firms: int, last: str) -> None:
    """Write the folder, import it, print one row."""
    import resource

    import django

    django.setup()
    from bench.folder import write_returns
    from django.conf import settings
    from django.core.management import call_command

    from gongmai.core.access.types import SYSTEM
    from gongmai.core.period.types import Period
    from gongmai.core.registry.models import Enterprise, Profile, RosterMembership
    from gongmai.monitor.filing.actions.imports import import_history

    call_command("migrate", verbosity=0)
    codes = [f"91999900{number:09d}X" for number in range(firms)]
    rows = Enterprise.objects.bulk_create(
        [
            Enterprise(
                credit_code=code, name=code, region="999901", unit="u1", industry="1311", on_roster=True
            )
            for code in codes
        ]
    )
    RosterMembership.objects.bulk_create(
        [RosterMembership(enterprise=row, from_period=202002, entry_type="initial") for row in rows]
    )
    Profile.objects.bulk_create(
        [
            Profile(enterprise=row, valid_from=202002, region="999901", unit="u1", industry="1311")
            for row in rows
        ]
    )
    folder = Path(settings.DATA_DIR)
    write_returns(folder, codes, Period(2020, 2), Period.parse(last))
    began = time.perf_counter()
    result = import_history(folder, quiet, SYSTEM)
    took = time.perf_counter() - began
    assert not result.is_refused, result.findings[:3]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    rate = result.returns / took
    print(f"| {name} | {result.returns:,} | {took:.1f} | {rate:,.0f} | {memory:.1f} GB |", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        main()
