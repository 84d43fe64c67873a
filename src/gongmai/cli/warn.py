"""``gongmai warn``: evaluate the triggers of early warnings, and the watch list."""

import sys
from typing import NoReturn

import click

from gongmai.cli.printing import format_option, print_rows
from gongmai.core.access.types import SYSTEM
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.core.period.types import Period
from gongmai.monitor.warning.actions.running import run as evaluate
from gongmai.monitor.warning.messages import subjects
from gongmai.monitor.warning.queries.watch import filter_alerts
from gongmai.monitor.warning.types import Colour, WarningRefused

USAGE = 2
RUN_COLUMNS = ("period", "vintage", "firing", "found", "reopened", "lapsed", "changed")
LIST_COLUMNS = (
    "id", "colour", "level", "name", "unit", "trigger", "value", "share", "score", "first_period", "state",
    "due_on",
)  # fmt: skip


@click.group()
def warn() -> None:
    """Early warnings: evaluate the triggers, print the watch list."""


@warn.command()
@click.option("--period", default="", help="Which period, such as 2023-06 (default: the newest published).")
@format_option
def run(*, period: str, form: str) -> None:
    """Evaluate every trigger on the newest vintage. Running it again adds nothing."""
    try:
        outcome = evaluate(Period.parse(period) if period else None)
    except ValueError as error:
        _refuse(str(error))
    except NotPublished as error:
        _refuse(f"Period {error.period or period or 'any'} is not published. See: gongmai panel list")
    except WarningRefused as error:
        _refuse(f"A later period, {error.params.get('period')}, was evaluated already.")
    row = {
        "period": str(outcome.period),
        "vintage": outcome.vintage,
        "firing": outcome.firing,
        "found": len(outcome.found),
        "reopened": len(outcome.reopened),
        "lapsed": len(outcome.lapsed),
        "changed": outcome.changed,
    }
    print_rows(RUN_COLUMNS, [row], form)


@warn.command("list")
@click.option("--show", default="open", show_default=True, help="open, late, all, or a state such as found.")
@click.option("--colour", default="", help="Only red, orange, yellow or blue.")
@click.option("--unit", default="", help="Only this management unit.")
@click.option("--trigger", default="", help="Only this trigger.")
@format_option
def list_(*, show: str, colour: str, unit: str, trigger: str, form: str) -> None:
    """Print the warnings, the weightiest first."""
    filters = {"show": show, "colour": colour, "unit": unit, "trigger": trigger}
    rows = list(filter_alerts(SYSTEM, filters))
    names = subjects(rows)
    lines = [
        {
            "id": row.pk,
            "colour": Colour(row.colour).name.lower(),
            "level": row.level,
            "name": names[row.pk],
            "unit": row.unit,
            "trigger": row.trigger,
            "value": None if row.value is None else round(row.value, 4),
            "share": round(row.share, 6),
            "score": round(row.score, 6),
            "first_period": str(Period.from_key(row.first_period)),
            "state": row.state,
            "due_on": row.due_on.isoformat() if row.due_on else None,
        }
        for row in rows
    ]
    print_rows(LIST_COLUMNS, lines, form, title="warnings")


def _refuse(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(USAGE)
