"""Industry x county x month with growth, contribution and pull, from catalogue formulas, beside its peers.

500,000 enterprises x 36 periods x 8 items (18 million rows), one Parquet file for each period. All peers read
the same files and must give the same figures: our engine with formulas of the catalogue, DuckDB with SQL
written by hand, polars, pandas, and our engine on an Apache Spark standalone cluster (a master, two workers).

    python bench/cube.py [--enterprises 500000] [--repeat 3] [--without spark]
"""

# ruff: noqa: E402 - Django has its settings before the product is imported

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

import django

django.setup()

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from gongmai.adapters.duckdb_panel import DuckDBPanelEngine, connect
from gongmai.adapters.spark_panel import SparkPanelEngine
from gongmai.core.formula.rules.staged import compile_grouped
from gongmai.core.formula.types import Checked, Dialect, View
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import catalogue

ITEMS = (
    "output",
    "sales",
    "exports",
    "electricity",
    "new_orders",
    "export_orders",
    "renovation_investment",
    "output_lines_total",
)
KEYS = ["industry_division", "region", "period"]
WORDS = ("growth", "contribution", "pull")
FIRST = Period(2020, 2)
ROOT = Path(__file__).parent
SECONDS_TO_START = 180
UNKNOWN = 0.01


class Timing(NamedTuple):
    """Seconds of each repetition: on the clock, and of this process's processors."""

    wall: list[float]
    cpu: list[float]


def generate(folder: Path, enterprises: int, periods: int, unknown: float = UNKNOWN) -> list[Path]:
    """Write one file for each period, once; a share of the figures is unknown."""
    files = []
    fixed = np.random.default_rng(2022)
    division = np.array([f"{code:02d}" for code in range(6, 47)])[fixed.integers(0, 41, enterprises)]
    region = np.array([f"3799{code:02d}" for code in range(1, 16)])[fixed.integers(0, 15, enterprises)]
    size = np.exp(fixed.normal(8.5, 1.3, enterprises))
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(periods):
        period = Period.from_index(FIRST.index + number)
        path = folder / f"{period.key}-{enterprises}.parquet"
        files.append(path)
        if path.exists():
            continue
        draw = np.random.default_rng(period.key)
        columns = {
            "enterprise_id": pa.array(np.arange(enterprises, dtype=np.int64)),
            "period": pa.array(np.full(enterprises, period.key, np.int32)),
            "industry_division": pa.array(division).dictionary_encode().cast(pa.string()),
            "region": pa.array(region).dictionary_encode().cast(pa.string()),
        }
        for item in ITEMS:
            base = np.rint(size * np.exp(draw.normal(0, 0.3, enterprises))).astype(np.int64)
            value = np.rint(base * np.exp(draw.normal(0.08, 0.2, enterprises))).astype(np.int64)
            for name, figures in ((item, value), (f"{item}__base", base)):
                columns[name] = pa.array(figures, mask=draw.random(enterprises) < unknown)
        pq.write_table(
            pa.table(columns), path, compression="zstd", compression_level=1, row_group_size=122_880
        )
    return files


def formulas() -> list[Checked]:
    """Growth, contribution and pull of each item, as the catalogue has them."""
    found = []
    for item in ITEMS:
        for word in WORDS:
            checked = catalogue.get_column(word, item, Period(2022, 12)).checked
            found.append(replace(checked, formula=replace(checked.formula, code=f"{item}_{word}")))
    return found


def ours(engine: DuckDBPanelEngine | SparkPanelEngine, files: list[Path]) -> pa.Table:
    """The catalogue's formulas, compiled and run by an engine of the product."""
    sql = compile_grouped(formulas(), "panel", KEYS, View.MONTH, Dialect(engine.dialect))
    return engine.query(sql, sources={"panel": files})


def by_hand(files: list[Path]) -> pa.Table:
    """What somebody would write for DuckDB."""
    names = ", ".join(f"'{file}'" for file in files)
    sums = ", ".join(
        f"sum({item}::DOUBLE) AS {item}, sum({item}__base::DOUBLE) AS {item}__base" for item in ITEMS
    )
    rates = ", ".join(
        f"{item} / {item}__base - 1 AS {item}_growth, "
        f"({item} - {item}__base) / (sum({item}) OVER w - sum({item}__base) OVER w) AS {item}_contribution, "
        f"({item} - {item}__base) / sum({item}__base) OVER w AS {item}_pull"
        for item in ITEMS
    )
    keys = ", ".join(KEYS)
    sql = (
        f"WITH cube AS (SELECT {keys}, {sums} FROM read_parquet([{names}]) GROUP BY {keys}) "
        f"SELECT {keys}, {rates} FROM cube WINDOW w AS (PARTITION BY period)"
    )
    return connect().sql(sql).to_arrow_table()


def with_polars(files: list[Path]) -> pa.Table:
    """The idiomatic lazy query."""
    import polars as pl

    cells = [name for item in ITEMS for name in (item, f"{item}__base")]
    cube = pl.scan_parquet(files).group_by(KEYS).agg([pl.col(name).cast(pl.Float64).sum() for name in cells])
    for item in ITEMS:
        x, b = pl.col(item), pl.col(f"{item}__base")
        cube = cube.with_columns(
            (x / b - 1).alias(f"{item}_growth"),
            ((x - b) / (x.sum() - b.sum()).over("period")).alias(f"{item}_contribution"),
            ((x - b) / b.sum().over("period")).alias(f"{item}_pull"),
        )
    return cube.collect().to_arrow()


def with_pandas(files: list[Path]) -> pa.Table:
    """Read what is needed, group, divide."""
    import pandas as pd

    cells = [name for item in ITEMS for name in (item, f"{item}__base")]
    parts = []
    for file in files:  # one month at a time: the whole would not fit beside others on a small machine
        frame = pd.read_parquet(file, columns=[*KEYS, *cells])
        parts.append(frame.groupby(KEYS, observed=True)[cells].sum())
    cube = pd.concat(parts)
    whole = cube.groupby("period").transform("sum")
    for item in ITEMS:
        change = cube[item] - cube[f"{item}__base"]
        cube[f"{item}_growth"] = cube[item] / cube[f"{item}__base"] - 1
        cube[f"{item}_contribution"] = change / (whole[item] - whole[f"{item}__base"])
        cube[f"{item}_pull"] = change / whole[f"{item}__base"]
    return pa.Table.from_pandas(cube.reset_index(), preserve_index=False)


@contextmanager
def spark_cluster() -> Iterator[str]:
    """A master and two workers of one core each, on this machine; gives the master's address."""
    import pyspark

    home = Path(pyspark.__file__).parent
    start = [str(home / "bin" / "spark-class")]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(home)}
    environment["PYSPARK_PYTHON"] = sys.executable
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    commands = [[*start, f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port),
                 "--webui-port", "0"]]  # fmt: skip
    commands += 2 * [[*start, f"{deploy}.worker.Worker", "--host", "127.0.0.1", "--cores", "1",
                      "--memory", "2g", "--webui-port", "0", address]]  # fmt: skip
    out = ROOT / "out"
    out.mkdir(exist_ok=True)
    processes = []
    with (out / "spark.log").open("wb") as log:
        try:
            for command in commands:
                processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=out))
                if len(processes) == 1:
                    wait_for(port)
            yield address
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait(30)


def wait_for(port: int) -> None:
    """Wait until the master listens."""
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the master did not start")


def check_equal(name: str, answer: pa.Table, wanted: pa.Table) -> None:
    """Raise unless the figures are those of the hand-written query."""
    columns = [f"{item}_{word}" for item in ITEMS for word in WORDS]
    order = [(key, "ascending") for key in KEYS]
    answer = answer.set_column(
        answer.column_names.index("period"), "period", answer.column("period").cast(pa.int64())
    ).sort_by(order)
    wanted = wanted.set_column(
        wanted.column_names.index("period"), "period", wanted.column("period").cast(pa.int64())
    ).sort_by(order)
    if answer.num_rows != wanted.num_rows:
        raise AssertionError(f"{name}: {answer.num_rows} groups, expected {wanted.num_rows}")
    for key in KEYS:
        if answer.column(key).to_pylist() != wanted.column(key).to_pylist():
            raise AssertionError(f"{name}: other groups")
    for column in columns:
        left, right = (
            table.column(column).cast(pa.float64()).to_numpy(zero_copy_only=False)
            for table in (answer, wanted)
        )
        if not np.allclose(left, right, rtol=1e-9, atol=1e-12, equal_nan=True):
            raise AssertionError(f"{name}: {column} differs")


def measure(run: Callable[[], pa.Table], timing: Timing) -> pa.Table:
    """Run once, note wall and processor seconds, give the answer."""
    begin, used = time.perf_counter(), time.process_time()
    answer = run()
    timing.wall.append(time.perf_counter() - begin)
    timing.cpu.append(time.process_time() - used)
    return answer


def run(
    enterprises: int, periods: int, repeat: int, without: set[str], folder: Path, unknown: float = UNKNOWN
) -> dict[str, object]:
    """Generate, run every peer, compare, and give the figures."""
    files = generate(folder, enterprises, periods, unknown)
    duck = DuckDBPanelEngine()
    peers: dict[str, Callable[[], pa.Table]] = {
        "DuckDB, SQL by hand": lambda: by_hand(files),
        "Gongmai on DuckDB, catalogue formulas": lambda: ours(duck, files),
        "polars": lambda: with_polars(files),
        "pandas": lambda: with_pandas(files),
    }
    peers = {name: peer for name, peer in peers.items() if name.split()[0].lower() not in without}
    measured = {name: Timing([], []) for name in peers}
    reference = by_hand(files)
    for _ in range(repeat):  # in turn, so that what else the machine does falls on all of them
        for name, peer in peers.items():
            check_equal(name, measure(peer, measured[name]), reference)
            print(f"{name}: {measured[name].wall[-1]:.2f} s", file=sys.stderr)
    if "spark" not in without:
        measured |= on_spark(files, repeat, reference)
    best = measured["DuckDB, SQL by hand"]
    return {
        "rows": enterprises * periods,
        "groups": reference.num_rows,
        "megabytes": round(sum(file.stat().st_size for file in files) / 1e6),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "peers": [
            {
                "name": name,
                "seconds": [round(second, 3) for second in timing.wall],
                "best": round(min(timing.wall), 3),
                "ratio": round(min(timing.wall) / min(best.wall), 2),
                # the cluster's work is done by other processes
                "cpu": None if "Spark" in name else round(min(timing.cpu), 3),
            }
            for name, timing in measured.items()
        ],
    }  # fmt: skip


def on_spark(files: list[Path], repeat: int, reference: pa.Table) -> dict[str, Timing]:
    """Our engine on a standalone cluster started for the purpose."""
    with spark_cluster() as address:
        settings.GONGMAI_SPARK_MASTER = address
        engine = SparkPanelEngine()
        begin = time.perf_counter()
        engine.session()
        print(f"Spark session: {time.perf_counter() - begin:.1f} s", file=sys.stderr)
        name = "Gongmai on Apache Spark, a master and two workers"
        timing = Timing([], [])
        for _ in range(repeat):
            check_equal(name, measure(lambda: ours(engine, files), timing), reference)
            print(f"{name}: {timing.wall[-1]:.2f} s", file=sys.stderr)
        engine.stop()
    return {name: timing}


def to_markdown(figures: dict[str, object]) -> str:
    """The figures as a table."""
    lines = [
        (
            f"{figures['rows']:,} rows, {len(ITEMS)} items, {figures['groups']:,} groups, "
            f"{figures['megabytes']} MB of Parquet, {figures['cores']} cores, load {figures['load']:.1f}; "
            "best of the repetitions."
        ),
        "",
        "| peer | seconds | to SQL by hand | processor seconds |",
        "|---|---|---|---|",
    ]
    for peer in figures["peers"]:
        cpu = "-" if peer["cpu"] is None else f"{peer['cpu']:.2f}"
        lines.append(f"| {peer['name']} | {peer['best']:.2f} | {peer['ratio']:.2f} | {cpu} |")
    return "\n".join(lines)


def main() -> None:
    """Parse the options, run, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=500_000)
    parser.add_argument("--periods", type=int, default=36)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--without", action="append", default=[], choices=["gongmai", "polars", "pandas", "spark"]
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "cache" / "cube")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "cube.json")
    options = parser.parse_args()
    figures = run(options.enterprises, options.periods, options.repeat, set(options.without), options.folder)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=2))
    print(to_markdown(figures))


if __name__ == "__main__":
    main()
