"""``gongmai disclosure``: attacks what is published beyond the bureau, as one would who is after one firm."""

import sys
from typing import Any

import click
import orjson

from gongmai.core.disclosure.queries import write_key, write_keys
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries.vintages import NotPublished, current_vintage
from gongmai.monitor.indicator.messages import word_error
from gongmai.monitor.indicator.queries.attack import Report, attack
from gongmai.monitor.indicator.types import IndicatorError

SHOWN = 20


@click.group()
def disclosure() -> None:
    """Disclosure control of the tables that are shown beyond the bureau."""


@disclosure.command()
@click.option("--item", "items", multiple=True, default=("output",), show_default=True)
@click.option("--year", "years", multiple=True, type=int, required=True)
@click.option(
    "--insiders",
    type=click.Choice(["latest", "all", "none"]),
    default="latest",
    show_default=True,
    help="as firms that are alone in a cell: in the last month, in every month, not at all",
)
@click.option("--format", "layout", type=click.Choice(["table", "json"]), default="table", show_default=True)
def audit(items: tuple[str, ...], years: tuple[int, ...], insiders: str, layout: str) -> None:
    """Try to compute hidden cells from published ones. Exit code 1 where one can be narrowed down too far."""
    try:
        vintage = current_vintage()
        reports = [attack(item, year, vintage, insiders=insiders) for item in items for year in years]
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(2)
    except IndicatorError as refusal:
        click.echo(word_error(refusal), err=True)
        sys.exit(2)
    if layout == "json":
        plain = [_plain(report) for report in reports]
        click.echo(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode())
    else:
        for report in reports:
            _print(report)
    if any(report.findings for report in reports):
        sys.exit(1)


def _plain(report: Report) -> dict[str, Any]:
    return {
        "item": report.item,
        "year": report.year,
        "vintage": report.vintage,
        "layers": report.layers,
        "cells": report.cells,
        "secret": report.secret,
        "primary": report.primary,
        "hidden": write_keys(report.hidden),
        "hidden_share": report.hidden_share,
        "rolled_up": report.rolled_up,
        "findings": [
            {
                "cell": write_key(one.key),
                "possible": [one.low, one.high],
                "needed": [one.needed_low, one.needed_high],
                "insider": one.insider,
            }
            for one in report.findings
        ],
    }


def _print(report: Report) -> None:
    coarser = ", published one level coarser" if report.rolled_up else ""
    click.echo(
        f"{report.item} {report.year}, vintage {report.vintage}: {report.cells} cells in "
        f"{report.layers} layers, {report.primary} sensitive, {len(report.hidden)} hidden, "
        f"{report.hidden_share:.1%} of the value of inner cells{coarser}; {len(report.findings)} findings"
    )
    for one in report.findings[:SHOWN]:
        who = f"firm {one.insider}" if one.insider else "an outsider"
        click.echo(
            f"  {write_key(one.key)}: {who} knows {one.low:.0f} to {one.high:.0f}, "
            f"must not know more than {one.needed_low:.0f} to {one.needed_high:.0f}"
        )
