"""``gongmai panel``: export, rebuild and compare what was published."""

import csv
import io
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson

from gongmai.cli.indicators import PeriodType
from gongmai.core.access.types import SYSTEM
from gongmai.core.panel.actions.export import export as export_panel
from gongmai.core.panel.actions.rebuild import rebuild as rebuild_panel
from gongmai.core.panel.messages import word_finding, word_not_published
from gongmai.core.panel.queries.difference import diff as compare
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.panel.types import Difference
from gongmai.core.period.types import Period

LAYOUT = click.option(
    "--format", "layout", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
SHOWN = 40
_CAUSES = ("entries", "exits", "filed", "base_revisions", "corrections")


@click.group()
def panel() -> None:
    """The panel of approved facts: immutable vintages in Parquet files."""


@panel.command()
@click.option("--period", "periods", type=PeriodType(), required=True, multiple=True, help="may be repeated")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--vintage", type=int, help="default: the one in force")
@LAYOUT
def export(periods: tuple[Period, ...], out: Path, vintage: int | None, layout: str) -> None:
    """One row for each roster firm and period, every item for the month, cumulative and base."""
    try:
        rows = export_panel(SYSTEM, [period.key for period in periods], out, vintage=vintage)
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(1)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    answer = {"rows": rows, "file": str(out)}
    if layout == "json":
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    elif layout == "csv":
        _write_csv([answer])
    else:
        click.echo(f"{rows} rows -> {out}")


@panel.command()
@LAYOUT
def rebuild(layout: str) -> None:
    """Build every vintage again from the operational store and compare bytes. Exit code 1 on a finding."""
    with click.progressbar(length=1, label="rebuild", file=sys.stderr) as bar:

        def progress(done: int, total: int, text: str) -> None:
            bar.length = total
            bar.label = text
            bar.update(done - bar.pos)

        result = rebuild_panel(SYSTEM, progress)
    findings = [{**asdict(finding), "text": word_finding(finding)} for finding in result.findings]
    if layout == "json":
        document = {"files": result.files, "restored": result.restored, "findings": findings}
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    elif layout == "csv":
        _write_csv([{k: v for k, v in finding.items() if k != "params"} for finding in findings])
    else:
        click.echo(f"{result.files} files rebuilt, {result.restored} put back, {len(findings)} findings")
        for finding in findings[:SHOWN]:
            click.echo(finding["text"])
    if findings:
        sys.exit(1)


@panel.command()
@click.argument("old", type=int)
@click.argument("new", type=int)
@LAYOUT
def diff(old: int, new: int, layout: str) -> None:
    """What distinguishes vintage NEW from OLD: entries, exits, first filings, revised bases, corrections."""
    try:
        found = compare(SYSTEM, old, new)
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(1)
    if layout == "json":
        click.echo(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2).decode())
    elif layout == "csv":
        _write_csv([_flat(asdict(total)) for total in found.totals])
    else:
        _print(found)


def _flat(total: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in total.items() if name != "label"}


def _print(found: Difference) -> None:
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console(width=160 if not sys.stdout.isatty() else None)
    totals = Grid(title=f"vintage {found.old} -> {found.new}: {len(found.periods)} periods")
    for name in ("period", "cell", "old", "new", *_CAUSES):
        totals.add_column(name, justify="left" if name == "cell" else "right")
    for total in found.totals[:SHOWN]:
        causes = [f"{getattr(total, name):,.0f}" for name in _CAUSES]
        totals.add_row(str(total.period), total.cell, f"{total.old:,.0f}", f"{total.new:,.0f}", *causes)
    console.print(totals)
    firms = Grid(title=f"{found.firms_total} cells of firms")
    for name in ("period", "credit_code", "cell", "kind", "old", "new"):
        firms.add_column(name)
    for change in found.firms[:SHOWN]:
        figures = ["-" if value is None else f"{value:,.0f}" for value in (change.old, change.new)]
        firms.add_row(str(change.period), change.credit_code, change.cell, change.kind.value, *figures)
    console.print(firms)


def _write_csv(rows: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    click.echo(text.getvalue(), nl=False)
