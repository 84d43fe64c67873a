"""``gongmai forecast``: what is to come, for the city, its parts, and every firm."""

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import click

from gongmai.cli.printing import format_option, print_rows, progress_bar
from gongmai.core.access.types import SYSTEM
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries.vintages import NotPublished, current_vintage
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.messages import word_error
from gongmai.monitor.indicator.types import IndicatorError
from gongmai.monitor.outlook.actions.foreseeing import foresee
from gongmai.monitor.outlook.messages import word_error as word_series
from gongmai.monitor.outlook.queries import forecast_vintages as kept
from gongmai.monitor.outlook.queries.city_forecasts import HORIZON
from gongmai.monitor.outlook.types import Level, SeriesError

BOUNDS = [f"{end}_{band}" for band in kept.BANDS for end in ("lo", "hi")]
PRINTED = ["key", "period", "forecast", "last_year", *(f"{band} %" for band in kept.BANDS)]
COLUMNS = ["level", "key", "period", "forecast", "last_year", *BOUNDS]


@click.command(name="forecast")
@click.option("--item", default="output", show_default=True, help="what is forecast, such as sales")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    default=Level.CITY.value,
    show_default=True,
    help="of what",
)
@click.option("--key", "keys", multiple=True, help="only this code, or number of a firm (may be repeated)")
@click.option("--horizon", type=click.IntRange(1, HORIZON), default=12, show_default=True, help="periods")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV file to write")
@click.option("--workers", type=int, default=lambda: os.cpu_count() or 1, help="processes  [default: cores]")
@click.option("--again", is_flag=True, help="make a new forecast even where the last is of this vintage")
@format_option
def forecast(
    *,
    item: str,
    level: str,
    keys: tuple[str, ...],
    horizon: int,
    out: Path | None,
    workers: int,
    again: bool,
    form: str,
) -> None:
    """Forecasts with 50, 80 and 95 percent intervals; firms add up to counties, industries and the city.

    All levels of an item are forecast in one run, which is kept; the newest is printed. Figures are in the
    stored unit (money in thousand yuan); January-February is one period. How such forecasts did in the past
    is said on the error stream.
    """
    try:
        file = _run(item, workers, again=again)
    except IndicatorError as refusal:
        raise click.UsageError(word_error(refusal)) from refusal
    except SeriesError as refusal:
        click.echo(word_series(refusal), err=True)
        sys.exit(1)
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(1)
    rows = list(_rows(file, Level(level), list(keys) or None, horizon))
    if out:
        with out.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    elif form == "table":
        print_rows(PRINTED, [_shown(row) for row in rows], form)
    else:
        print_rows(COLUMNS, rows, form)
    for line in _account(file, Level(level)):
        click.echo(line, err=True)


def _run(item: str, workers: int, *, again: bool) -> kept.ForecastFile:
    """The run of the vintage in force, made where there is none."""
    if not again:
        try:
            newest = kept.newest(item)
            if newest.vintage == current_vintage():
                return newest
        except kept.NoForecast:
            pass
    with progress_bar() if sys.stderr.isatty() else nullcontext(None) as report:
        return foresee(
            item,
            actor=SYSTEM,
            workers=workers,
            progress=(lambda done, total, _what: report(done, total, f"forecast: {item}"))
            if report
            else lambda _done, _total, _what: None,
        )


def _rows(
    file: kept.ForecastFile, level: Level, keys: list[str] | None, horizon: int
) -> Iterator[dict[str, object]]:
    for made in kept.read_level(file, level, keys)[:1]:
        for number, (_level, key) in enumerate(made.ids):
            for step in range(horizon):
                row: dict[str, object] = {
                    "level": level.value,
                    "key": key,
                    "period": str(Period.from_index(made.origin.index + step + 1)),
                    "forecast": round(float(made.point[number, step]), 2),
                    "last_year": round(float(made.naive[number, step]), 2),
                }
                for band in kept.BANDS:
                    row[f"lo_{band}"] = round(float(made.lower[band][number, step]), 2)
                    row[f"hi_{band}"] = round(float(made.upper[band][number, step]), 2)
                yield row


def _shown(row: dict[str, object]) -> dict[str, object]:
    """A row as people read it: each interval in one column."""
    shown = {name: f"{v:,.0f}" if isinstance(v, float) else v for name, v in row.items()}
    intervals = {f"{band} %": f"{shown[f'lo_{band}']} .. {shown[f'hi_{band}']}" for band in kept.BANDS}
    return {name: shown[name] for name in PRINTED[:4]} | intervals


def _account(file: kept.ForecastFile, level: Level) -> list[str]:
    made = f"made {file.made_at:%Y-%m-%d %H:%M} UTC"
    lines = [f"vintage {file.vintage}, last period {file.last}, {made}: {file.path.name}"]
    record = file.records.get(level)
    if record is None:
        return [*lines, "Too short for a back-test: the intervals are those of changes on a year ago."]
    shares = ", ".join(f"{band} %: {share:.1f} %" for band, share in record.coverage.items())
    lines.append(
        f"Back-test: {record.series} series, {record.origins} origins; sMAPE {record.smape:.2f}, "
        f"last year's same period {record.naive_smape:.2f}; outcomes inside the intervals {shares}"
    )
    if not record.beats_naive:
        lines.append("No better than last year's same period.")
    return lines
