"""How the command line prints rows (table, JSON, CSV) and shows progress on the error stream."""

import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

FORMATS = ("table", "json", "csv")
Report = Callable[[int, int, str], None]

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print."
)


def print_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], form: str, title: str = "") -> None:
    """Print rows by the named columns. JSON keeps types; the others print an unknown value as nothing."""
    if form == "json":
        kept = [{column: row.get(column) for column in columns} for row in rows]
        sys.stdout.buffer.write(orjson.dumps(kept, option=orjson.OPT_INDENT_2, default=str) + b"\n")
        sys.stdout.buffer.flush()
        return
    texts = [["" if row.get(column) is None else str(row[column]) for column in columns] for row in rows]
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(texts)
        return
    table = Table(title=title or None)
    for column in columns:
        table.add_column(column, overflow="fold")
    for text in texts:
        table.add_row(*(escape(cell) for cell in text))
    Console().print(table)


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A bar on the error stream for one stage after the other; report(done, total, text)."""
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        stages: dict[str, Any] = {}

        def report(done: int, total: int, text: str) -> None:
            stage = text.split(":", maxsplit=1)[0]
            if stage not in stages:
                stages[stage] = bar.add_task(text, total=max(total, 1))
            bar.update(stages[stage], completed=done, total=max(total, 1), description=text)

        yield report
