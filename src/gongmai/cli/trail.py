"""``gongmai trail``: proves the trail."""

import sys
from dataclasses import asdict

import click
import orjson

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.messages import BREACHES
from gongmai.core.audit.queries import verify as verify_trail

SHOWN = 50


@click.group()
def trail() -> None:
    """The hash-chained trail of all writes."""


@trail.command()
@click.option(
    "--format", "layout", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
def verify(layout: str) -> None:
    """Prove that no line was changed, removed, added or reordered. Exit code 1 on a breach."""
    report = verify_trail(SYSTEM)
    if layout == "json":
        click.echo(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode())
    elif layout == "csv":
        click.echo("stream,number,reason")
        for breach in report.breaches:
            click.echo(f"{breach.stream},{breach.number},{breach.reason}")
    else:
        click.echo(f"{report.lines} lines, {report.anchors} anchors, {len(report.breaches)} breaches")
        for breach in report.breaches[:SHOWN]:
            click.echo(f"stream {breach.stream}, line {breach.number}: {BREACHES[breach.reason]}")
    if report.breaches:
        sys.exit(1)
