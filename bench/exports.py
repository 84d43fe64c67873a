"""Large tables as files: 100,000 rows of 30 columns, seconds and peak memory, beside two peers.

python bench/exports.py [--rows 100000]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS, WHOLE, DECIMALS = 4, 20, 6
WAYS = ("Gongmai xlsx", "Gongmai csv", "openpyxl write-only", "XlsxWriter constant memory", "pandas to_excel")


def rows(count: int) -> Iterator[list[object]]:
    """Rows as an export has them: code, name, county, industry, whole figures, decimals."""
    for n in range(count):
        yield [
            f"91371300MA{n % 4000:08d}",
            f"企业{n % 4000:04d}有限公司",
            "兰山区",
            "1311",
            *((n * 7919 + k * 104_729) % 10_000_000 for k in range(WHOLE)),
            *((n * 31 + k) % 100_000 / 7 for k in range(DECIMALS)),
        ]


def main() -> None:
    """Run each way in a process of its own, so that its peak is its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    columns = TEXTS + WHOLE + DECIMALS
    print(f"{os.cpu_count()} cores; {options.rows} rows of {columns} columns\n")
    print("| way | rows | seconds | CPU seconds | peak memory | file | first bytes after |")
    print("|---|---|---|---|---|---|---|")
    sizes = {way: [options.rows] for way in WAYS} | {WAYS[0]: [options.rows, options.rows // 10]}
    for way in WAYS:
        for count in sizes[way]:
            with tempfile.TemporaryDirectory() as folder:
                env = os.environ | {"GONGMAI_DATA": folder, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
                env["DJANGO_SETTINGS_MODULE"] = "gongmai.config.settings"
                subprocess.run(
                    [sys.executable, __file__, "run", way, str(count), folder], env=env, check=True
                )


def run(way: str, count: int, folder: str) -> None:
    """Write one file and print one row."""
    import resource
    import time

    target = Path(folder) / "out"
    started, spent = time.perf_counter(), time.process_time()
    first = None
    if way.startswith("Gongmai"):
        first = ours(way.split()[1], count, target, started)
    else:
        {WAYS[2]: with_openpyxl, WAYS[3]: with_xlsxwriter, WAYS[4]: with_pandas}[way](count, target)
    seconds, cpu = time.perf_counter() - started, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shown = f"{first * 1000:.0f} ms" if first is not None else "at the end"
    print(
        f"| {way} | {count} | {seconds:.1f} | {cpu:.1f} | {peak:.0f} MB "
        f"| {target.stat().st_size / 1e6:.1f} MB | {shown} |"
    )


def ours(kind: str, count: int, target: Path, started: float) -> float:
    """As the pages and the API send it; the seconds until the first bytes."""
    import time

    import django

    django.setup()
    from gongmai.core.document.actions import write_csv
    from gongmai.core.document.types import Column, Kind, Table
    from gongmai.core.ports import adapter

    kinds = [Kind.TEXT] * TEXTS + [Kind.INTEGER] * WHOLE + [Kind.DECIMAL] * DECIMALS
    columns = [Column(f"c{n}", f"列{n}", each, ("组",)) for n, each in enumerate(kinds)]
    table = Table("导出", columns, rows(count))
    pieces = write_csv(table) if kind == "csv" else adapter("workbook_writer").stream([table])
    first = 0.0
    with target.open("wb") as handle:
        for piece in pieces:
            first = first or time.perf_counter() - started
            handle.write(piece)
    return first


def with_openpyxl(count: int, target: Path) -> None:
    """The usual way to write large files."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("导出")
    sheet.append([f"列{n}" for n in range(TEXTS + WHOLE + DECIMALS)])
    for row in rows(count):
        sheet.append(row)
    book.save(target)


def with_xlsxwriter(count: int, target: Path) -> None:
    """The library that draws our forms, in its mode for large files."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    sheet = book.add_worksheet("导出")
    for number, row in enumerate(rows(count), 1):
        sheet.write_row(number, 0, row)
    book.close()


def with_pandas(count: int, target: Path) -> None:
    """What many systems do: everything into memory, then out."""
    import pandas as pd

    frame = pd.DataFrame(rows(count))
    with target.open("wb") as handle:
        frame.to_excel(handle, index=False, engine="openpyxl")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "run":
        run(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        main()
