"""``gongmai nowcast``: a month's output before its returns are in."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gongmai.cli.indicators import PeriodType
from gongmai.cli.printing import format_option, print_rows
from gongmai.core.access.types import SYSTEM
from gongmai.core.document.actions import save_table
from gongmai.core.document.types import Format
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import labeller
from gongmai.monitor.outlook.queries.nowcast import LEVELS, Group, Nowcast
from gongmai.monitor.outlook.queries.nowcast import nowcast as read_nowcast
from gongmai.monitor.outlook.queries.nowcast_tables import group_labels, group_table

FINDINGS, USAGE = 1, 2
COLUMNS = (
    "group", "firms", "filed", "filed_share", "estimate", "lower", "upper", "base", "growth", "rmse",
    "naive_rmse",
)  # fmt: skip


@click.command()
@click.option("--period", type=PeriodType(), required=True, help="such as 2023-06")
@click.option("--level", type=click.Choice(sorted(LEVELS)), default="city", show_default=True)
@click.option(
    "--asof", type=click.DateTime(["%Y-%m-%d"]), help="as known at the end of this day (default: now)"
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="write a .csv or .xlsx file instead"
)
@format_option
def nowcast(*, period: Period, level: str, asof: datetime | None, out: Path | None, form: str) -> None:
    """Estimate the output of PERIOD from returns so far, daily electricity and the trend.

    Money in thousand yuan, rates as fractions. Weights and record go to the error stream. Writes nothing into
    returns.
    """
    day = asof.date() if asof else None
    if day is not None and day > clock.today():
        raise click.UsageError(f"{day} has not come yet.")
    if out is not None and out.suffix not in {".csv", ".xlsx"}:
        raise click.UsageError("--out must end in .csv or .xlsx")
    try:
        found = read_nowcast(SYSTEM, period, level=level, asof=day)
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(FINDINGS)
    if not found.whole.firms:
        click.echo(f"No firm is on the roster of {period}.", err=True)
        sys.exit(FINDINGS)
    label = group_labels(level, labeller())
    if out is not None:
        rows = save_table(SYSTEM, group_table(found, label, level), out, Format(out.suffix[1:]))
        click.echo(f"{rows} rows written to {out}", err=True)
    else:
        print_rows(
            COLUMNS, [_row(each) for each in (found.whole, *found.groups)], form, title=f"nowcast {period}"
        )
    for line in account(found):
        click.echo(line, err=True)


def _row(each: Group) -> dict[str, Any]:
    return {
        "group": each.code or "all",
        "firms": each.firms,
        "filed": each.filed,
        "filed_share": round(each.filed_share, 4),
        "estimate": round(each.estimate),
        "lower": None if each.lower is None else round(each.lower),
        "upper": None if each.upper is None else round(each.upper),
        "base": round(each.base),
        "growth": None if each.growth is None else round(each.growth, 6),
        "rmse": None if each.rmse is None else round(each.rmse, 6),
        "naive_rmse": None if each.naive_rmse is None else round(each.naive_rmse, 6),
    }


def account(found: Nowcast) -> list[str]:
    """Weights and record, line by line."""
    lines = []
    for row in found.inputs:
        said = "not there" if row.estimate is None else f"{row.estimate:,.0f}"
        error = "-" if row.rmse is None else f"{row.rmse * 100:.2f} %"
        lines.append(
            f"  {row.code:<12} weight {row.weight:6.1%}   alone {said:>18}   "
            f"error {error} ({row.months} months)"
        )
    if found.wins is None:
        lines.append("  Too few past months for a record.")
    elif not found.wins:
        lines.append("  No better than last year's same month: that is the estimate.")
    if found.slips:
        lines.append(
            f"  {found.slips} returns look like another unit of money and are left out until reviewed."
        )
    return lines
