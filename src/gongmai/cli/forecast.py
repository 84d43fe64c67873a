"""``gongmai forecast-file``: forecasts with intervals for any file of monthly series."""

import csv
import os
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from gongmai.cli.printing import Report, progress_bar
from gongmai.monitor.outlook.messages import word_error
from gongmai.monitor.outlook.ports import Progress
from gongmai.monitor.outlook.queries.files import forecast_heading, forecast_rows, read_series
from gongmai.monitor.outlook.queries.forecasting import COMBINED, LEVELS, forecast_series, no_progress
from gongmai.monitor.outlook.queries.models import models
from gongmai.monitor.outlook.types import Forecasts, SeriesError

FINDINGS = 1


@click.command(name="forecast-file")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--horizon", default=18, show_default=True, help="periods ahead")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="file to write; else standard output"
)
@click.option("--level", "levels", multiple=True, type=int, help="interval in percent  [default: 50, 80, 95]")
@click.option("--workers", type=int, default=lambda: os.cpu_count() or 1, help="processes  [default: cores]")
@click.option("--quiet", is_flag=True, help="no progress and no account of the back-test")
def forecast_file(
    source: Path, *, horizon: int, out: Path | None, levels: tuple[int, ...], workers: int, quiet: bool
) -> None:
    """Forecast every series of SOURCE, a CSV file with the columns unique_id, ds and y (monthly).

    Writes CSV: unique_id, ds, forecast, and lo_N and hi_N for each level. How the same procedure would have
    done at the end of the file is printed on the error stream.
    """
    try:
        series = read_series(source)
        with nullcontext(None) if quiet else progress_bar() as report:
            made = forecast_series(
                series,
                horizon,
                levels=sorted(set(levels or LEVELS)),
                workers=workers,
                progress=_shown(report) if report else no_progress,
            )
    except SeriesError as error:
        click.echo(word_error(error), err=True)
        sys.exit(FINDINGS)
    with out.open("w", encoding="utf-8", newline="") if out else nullcontext(sys.stdout) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(forecast_heading(sorted(made.lower)))
        writer.writerows(forecast_rows(made))
    if not quiet:
        for line in account(made):
            click.echo(line, err=True)


def _shown(report: Report) -> Progress:
    """One bar for all models."""
    return lambda done, total, what: report(done, total, f"forecast: {what}")


def account(made: Forecasts) -> list[str]:
    """What the back-test says, line by line."""
    series, tried = made.series, made.backtest
    lines = [f"{len(series.ids)} series, {series.season} periods a year, {series.filled} gaps filled"]
    if tried is None:
        return [*lines, "Too short for a back-test: the intervals are those of changes on a year ago."]
    lines.append(f"Back-test: {tried.series} series, {tried.origins} origins, {made.horizon} periods ahead")
    lines += [
        f"  {code:<14} sMAPE {tried.smape[code]:6.2f}   MASE {tried.mase[code]:6.3f}"
        for code in (COMBINED, *(model.code for model in models()))
    ]
    if tried.coverage is not None:
        shares = ", ".join(f"{level} %: {share:.1f} %" for level, share in tried.coverage.items())
        lines.append(f"  outcomes inside the intervals, set on the other half of the series: {shares}")
    if made.chosen != COMBINED:
        lines.append("  No better than last year's same month: that is the forecast.")
    return lines
