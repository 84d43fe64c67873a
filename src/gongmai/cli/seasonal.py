"""``gongmai seasonal``: any monthly series without its season and without the Spring Festival."""

import csv
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from gongmai.monitor.outlook.messages import describe_adjustment, word_error
from gongmai.monitor.outlook.queries.files import read_series
from gongmai.monitor.outlook.queries.seasonal import METHODS, X11, adjust_series
from gongmai.monitor.outlook.queries.seasonal_files import ADJUSTED, REVISED, adjusted_rows, revision_rows
from gongmai.monitor.outlook.types import Adjustment, Mode, SeriesError

FINDINGS = 1


@click.command(name="seasonal")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="file to write; else standard output"
)
@click.option("--revisions", type=click.Path(dir_okay=False, path_type=Path), help="file for the revisions")
@click.option("--method", type=click.Choice(METHODS), default=X11, show_default=True)
@click.option(
    "--mode",
    type=click.Choice([each.value for each in Mode]),
    default=Mode.AUTO.value,
    show_default=True,
    help="take out factors or amounts",
)
@click.option("--stock", is_flag=True, help="levels (stocks, prices): a merged January-February is no sum")
@click.option("--quiet", is_flag=True, help="no account of the adjustment")
def seasonal(
    source: Path,
    *,
    out: Path | None,
    revisions: Path | None,
    method: str,
    mode: str,
    stock: bool,
    quiet: bool,
) -> None:
    """Adjust every series of SOURCE, a CSV file with the columns ds and y, or unique_id, ds and y (monthly).

    Writes CSV: the series, the adjusted series, its change on the period before, trend and factors. How good
    the adjustment is is printed on the error stream in words. A series that cannot be adjusted is named with
    the reason; the others are written all the same.
    """
    try:
        series = read_series(source, may_be_alone=True)
    except SeriesError as error:
        click.echo(word_error(error), err=True)
        sys.exit(FINDINGS)
    made: list[Adjustment] = []
    for number in range(len(series.ids)):
        try:
            made.append(adjust_series(series, number, method=method, mode=Mode(mode), sums=not stock))
        except SeriesError as error:
            click.echo(word_error(error), err=True)
    if made:
        with out.open("w", encoding="utf-8", newline="") if out else nullcontext(sys.stdout) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(ADJUSTED)
            writer.writerows(row for each in made for row in adjusted_rows(each))
        if revisions:
            with revisions.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(REVISED)
                writer.writerows(row for each in made for row in revision_rows(each))
    for each in [] if quiet else made:
        click.echo(each.name, err=True)
        for line in describe_adjustment(each, filled=series.filled):
            click.echo(f"  {line}", err=True)
    if len(made) < len(series.ids):
        sys.exit(FINDINGS)
