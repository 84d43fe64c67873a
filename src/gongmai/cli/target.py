"""``gongmai target``: how likely the targets of a year are; ``set-targets`` takes them from a file."""

import sys
from pathlib import Path

import click

from gongmai.cli.city import COLUMNS, as_row
from gongmai.cli.printing import format_option, print_rows
from gongmai.core.access.types import SYSTEM
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.monitor.outlook.actions.targets import import_targets
from gongmai.monitor.outlook.messages import NO_FACTS
from gongmai.monitor.outlook.queries.target_facts import NoFacts
from gongmai.monitor.outlook.queries.target_watch import BANDS, WatchRow, watch_targets
from gongmai.monitor.outlook.queries.targets import LEVELS

SHOWN = (
    "level", "code", "target", "implied", "last_year", "ytd", "growth", "needed",
    "probability", "probability_before",
    *(f"p{round(band * 100)}" for band in BANDS),
)  # fmt: skip


@click.command()
@click.option("--year", type=click.IntRange(2000, 2100), required=True)
@click.option("--level", type=click.Choice(LEVELS), default="city", show_default=True)
@click.option("--item", default="output", show_default=True, help="what the target is set for")
@format_option
def target(year: int, level: str, item: str, form: str) -> None:
    """Probability of reaching the targets of a year, and the growth still needed.

    Money in thousand yuan, rates as fractions; p10 to p90 are quantiles of the year on the simulated paths.
    """
    try:
        watch = watch_targets(SYSTEM, year, item=item, level=level)
    except NoFacts as refusal:
        click.echo(str(NO_FACTS[refusal.code]), err=True)
        sys.exit(1)
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(1)
    title = f"{item} {year}, as of {watch.period}, vintage {watch.vintage}"
    print_rows(SHOWN, [_line(row) for row in watch.rows], form, title)


def _line(row: WatchRow) -> dict[str, object]:
    whole = {name: getattr(row, name) for name in ("target", "last_year", "ytd")}
    return {
        "level": row.level,
        "code": row.code,
        "implied": row.implied,
        **{name: None if value is None else round(value) for name, value in whole.items()},
        "growth": _rate(row.growth),
        "needed": _rate(row.needed),
        "probability": row.now.probability,
        "probability_before": row.before.probability if row.before else None,
        **{f"p{round(band * 100)}": round(value) for band, value in zip(BANDS, row.now.bands, strict=True)},
    }


def _rate(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


@click.command("set-targets")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Drop the targets that are there.")
@format_option
def set_targets(folder: Path, *, replace: bool, form: str) -> None:
    """Take targets.csv of FOLDER (docs/city-folder.md). All or nothing."""
    count, findings = import_targets(SYSTEM, folder, replace=replace)
    if findings:
        title = f"{len(findings)} findings, nothing was written"
        print_rows(COLUMNS, [as_row(finding) for finding in findings], form, title=title)
        sys.exit(1)
    print_rows(("what", "count"), [{"what": "targets", "count": count}], form)
