"""``gongmai trail``: proves the trail, anchors it, hands it to an inspector."""

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
import orjson

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.messages import BREACHES
from gongmai.core.audit.queries.proof import anchors_path
from gongmai.core.audit.queries.proof import verify as verify_trail
from gongmai.core.audit.rules.anchors import fingerprint_of
from gongmai.core.audit.tasks import anchors
from gongmai.core.audit.tasks.export import write_export

SHOWN = 50
_day = click.DateTime(formats=["%Y-%m-%d"])


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
        click.echo(
            f"{report.lines} lines, {report.anchors} anchors, {report.signatures} signatures, "
            f"{len(report.breaches)} breaches"
        )
        for breach in report.breaches[:SHOWN]:
            place = "anchors" if breach.stream < 0 else f"stream {breach.stream}"
            click.echo(f"{place}, line {breach.number}: {BREACHES[breach.reason]}")
    if report.breaches:
        sys.exit(1)


@trail.command()
def anchor() -> None:
    """Write a signed anchor now; the worker does so every day."""
    written = anchors.write_anchor(sign=True)
    click.echo(f"signed: {anchors_path()}" if written else "nothing to anchor yet")


@trail.command()
def key() -> None:
    """Print the public key in force and its fingerprint, to be noted outside this machine."""
    public = anchors.signing_key()["public"]
    click.echo(f"{fingerprint_of(public)}\n{public}")


@trail.command("rotate-key")
def rotate_key() -> None:
    """Sign with a new key from now on; the old key signs its name."""
    click.echo(anchors.rotate_key(SYSTEM))


@trail.command()
@click.option("--from", "first", type=_day, help="First day, YYYY-MM-DD.")
@click.option("--to", "last", type=_day, help="Last day, YYYY-MM-DD.")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def export(first: datetime | None, last: datetime | None, out: Path) -> None:
    """Write the lines, anchors, readings and a signed manifest as a ZIP; see docs/evidence.md."""
    temporary = out.with_name(out.name + ".part")
    with temporary.open("wb") as handle:
        done = write_export(SYSTEM, handle, first.date() if first else None, last.date() if last else None)
    temporary.replace(out)
    click.echo(f"{done.lines} lines, {done.anchors} anchors, {done.readings} readings: {out}")
    click.echo(f"key {fingerprint_of(done.key)}")
