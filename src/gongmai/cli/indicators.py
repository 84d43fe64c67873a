"""``gongmai indicators``: growth, contribution, pull and any other indicator by any cut."""

import csv
import io
import sys
from collections.abc import Sequence
from typing import Any

import click
import orjson

from gongmai.core.access.types import SYSTEM
from gongmai.core.formula.types import View
from gongmai.core.panel.messages import word_not_published
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.messages import word_error
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.cuts import get_cut
from gongmai.monitor.indicator.types import Basis, IndicatorError, Request, Table

# columns of the answer: name in the output -> indicator
NAMES = {
    "firms": "firms",
    "output": "level",
    "output_base": "base",
    "growth": "growth",
    "contribution": "contribution",
    "pull": "pull",
}
_BASES = {basis.value.replace("_", "-"): basis for basis in Basis}
_WHOLE = frozenset({"firms", "level", "base"})


class PeriodType(click.ParamType[Period]):
    """A period such as 2022-12; January is refused with the reason."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Read the text."""
        try:
            return value if isinstance(value, Period) else Period.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--period", type=PeriodType(), required=True, help="such as 2022-12")
@click.option("--cumulative", is_flag=True, help="since the start of the year; January-February always is")
@click.option(
    "--by", "by", multiple=True, help="industry, county, unit, park, size, tag ... (may be repeated)"
)
@click.option("--basis", type=click.Choice(sorted(_BASES)), default="comparable", show_default=True)
@click.option("--item", default="output", show_default=True, help="what is added up, such as sales")
@click.option("--indicator", "extra", multiple=True, help="a further indicator of the catalogue")
@click.option("--tag", help="only firms with this tag")
@click.option("--vintage", type=int, help="default: the one in force")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option(
    "--format", "layout", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
def indicators(
    period: Period,
    cumulative: bool,
    by: tuple[str, ...],
    basis: str,
    item: str,
    extra: tuple[str, ...],
    tag: str | None,
    vintage: int | None,
    engine: str,
    layout: str,
) -> None:
    """Indicators from the panel. Money in thousand yuan, rates as fractions, unrounded."""
    request = Request(
        period=period,
        view=View.CUMULATIVE if cumulative or period.is_merged else View.MONTH,
        item=item,
        by=by,
        basis=_BASES[basis],
        indicators=extra,
        tag=tag,
        vintage=vintage,
        engine=engine,
    )
    try:
        table = compute(SYSTEM, request)
    except IndicatorError as refusal:
        raise click.UsageError(word_error(refusal)) from refusal
    except NotPublished as refusal:
        click.echo(word_not_published(refusal), err=True)
        sys.exit(1)
    rows = list_rows(table, by, item, extra)
    if layout == "table":
        _print(table, rows)
        return
    rows = [row | _question(table) for row in rows]
    if layout == "json":
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(_csv(rows), nl=False)


def list_rows(
    table: Table, by: Sequence[str], item: str = "output", extra: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The rows with the codes under the names asked for; without cuts the total alone."""
    names = {name.replace("output", item): code for name, code in NAMES.items()} | {c: c for c in extra}
    rows = table.rows if by else (table.total,)
    return [
        {cut: row.codes[get_cut(cut).code] for cut in by}
        | {name: _number(row.values[code], code) for name, code in names.items()}
        for row in rows
    ]


def _number(value: float | None, code: str) -> float | int | None:
    return int(value) if value is not None and code in _WHOLE and float(value).is_integer() else value


def _question(table: Table) -> dict[str, Any]:
    """What every row answers, so that a row can be read by itself."""
    request = table.request
    return {
        "period": str(request.period),
        "view": request.view.value,
        "basis": request.basis.value.replace("_", "-"),
        "vintage": table.vintage,
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def _print(table: Table, rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table as Grid

    request = table.request
    caption = f"{request.period} {request.view.value}, {request.basis.value}, vintage {table.vintage}"
    grid = Grid(caption=caption)
    for name in rows[0] if rows else ():
        grid.add_column(name, justify="left" if name in request.by else "right")
    for row in rows:
        grid.add_row(*(_shown(name, value) for name, value in row.items()))
    Console(width=160 if not sys.stdout.isatty() else None).print(grid)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if name in {"growth", "contribution"}:
        return f"{value * 100:.1f}%"
    if name == "pull":
        return f"{value * 100:.2f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}"
