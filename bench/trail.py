"""Proving a million lines of the trail, by the product and by the inspector's script, beside bare SM3.

The peer hashes the same bytes with the same library and does nothing else: what is above it is reading the
lines and writing them out again as they are hashed. Memory is what the process took at most, in a child.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINES = int(os.environ.get("GONGMAI_BENCH_LINES", "1000000"))
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Build the trail once, then measure each in a process of its own."""
    if len(sys.argv) > 1:
        print(json.dumps(WAYS[sys.argv[1]](Path(os.environ["GONGMAI_DATA"]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GONGMAI_DATA": folder, "PYTHONPATH": "src:."}
        environment.pop("DATABASE_URL", None)
        rows = []
        for name in WAYS:
            done = subprocess.run(
                [sys.executable, __file__, name],
                env=environment,
                cwd=ROOT,
                check=True,
                capture_output=True,
                text=True,
            )
            rows.append((name, json.loads(done.stdout.splitlines()[-1])))
    print(f"# The trail: {LINES:,} lines, SQLite\n")
    print("| what | seconds | lines/s | memory, MB |\n|---|---:|---:|---:|")
    for name, found in rows:
        print(
            f"| {LABELS[name]} | {found['seconds']:.1f} | {LINES / found['seconds']:,.0f} "
            f"| {found['memory']:.0f} |"
        )


def measured(work) -> dict:  # type: ignore[no-untyped-def,type-arg]
    """The seconds of a call and the most memory of this process."""
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def build(_folder: Path) -> dict:  # type: ignore[type-arg]
    """Lines as `record` writes them, in bulk: what is measured is reading, not writing."""
    setup()
    from django.core.management import call_command
    from django.db import transaction

    from gongmai.core.audit.models import Entry, Head
    from gongmai.core.audit.rules.chain import compute_hash
    from gongmai.core.audit.types import GENESIS, STREAMS, Line

    call_command("migrate", verbosity=0)

    def write() -> None:
        heads = dict.fromkeys(range(STREAMS), (0, GENESIS))
        batch = []
        payload = '{"digest":"' + "ab" * 32 + '","form":"monthly","period":202306,"state":"city","version":1}'
        with transaction.atomic():
            for place in range(LINES):
                stream = place % STREAMS
                number, previous = heads[stream][0] + 1, heads[stream][1]
                line = Line(
                    stream, number, f"2023-07-06T01:{place % 60:02d}:00.000000+00:00", place % 900, "",
                    "return.pass_county", "return", str(place), payload,
                )  # fmt: skip
                mark = compute_hash(previous, line)
                heads[stream] = (number, mark)
                fields = {name: getattr(line, name) for name in line.__slots__}
                batch.append(Entry(hash=mark, **fields))
                if len(batch) == 5000:
                    Entry.objects.bulk_create(batch)
                    batch = []
            Entry.objects.bulk_create(batch)
            Head.objects.bulk_create(Head(stream=s, number=n, hash=h) for s, (n, h) in heads.items())

    return measured(write)


def prove(_folder: Path) -> dict:  # type: ignore[type-arg]
    """`gongmai trail verify`."""
    setup()
    from gongmai.core.access.types import SYSTEM
    from gongmai.core.audit.queries.proof import verify

    def work() -> None:
        report = verify(SYSTEM)
        assert (report.lines, report.breaches) == (LINES, ())

    return measured(work)


def export(folder: Path) -> dict:  # type: ignore[type-arg]
    """`gongmai trail export`."""
    setup()
    from gongmai.core.access.types import SYSTEM
    from gongmai.core.audit.tasks.export import write_export

    def work() -> None:
        with (folder / "trail.zip").open("wb") as target:
            write_export(SYSTEM, target)

    return measured(work)


def inspect(folder: Path) -> dict:  # type: ignore[type-arg]
    """`docs/verify_trail.py`, whole, start of the interpreter included."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "docs/verify_trail.py", str(folder / "trail.zip")], cwd=ROOT, check=False
    )
    assert done.returncode == 0
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - begun, "memory": memory}


def bare(_folder: Path) -> dict:  # type: ignore[type-arg]
    """The peer: SM3 over as many texts of the same length, nothing else."""
    text = b"x" * 330

    def work() -> None:
        for _ in range(LINES):
            hashlib.new("sm3", text).hexdigest()

    return measured(work)


def setup() -> None:
    """Load the product on the folder of the benchmark."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")
    import django

    django.setup()


WAYS = {"build": build, "prove": prove, "export": export, "inspect": inspect, "bare": bare}
LABELS = {
    "build": "written in bulk (not measured)",
    "prove": "gongmai trail verify",
    "export": "gongmai trail export",
    "inspect": "docs/verify_trail.py on the package",
    "bare": "peer: SM3 of as many texts, nothing else",
}

if __name__ == "__main__":
    main()
