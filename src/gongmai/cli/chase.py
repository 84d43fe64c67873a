"""``gongmai chase``: reminders by plan, who is missing, the league."""

import sys
from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click
from django.conf import settings

from gongmai.cli.printing import format_option, print_rows
from gongmai.core.access.types import SYSTEM
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import current_period, labeller
from gongmai.monitor.chase.actions.rounds import run as run_rounds
from gongmai.monitor.chase.queries.chasing import describe
from gongmai.monitor.chase.queries.league import SPANS
from gongmai.monitor.chase.queries.league import league as read_league
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.outstanding import missing_returns

USAGE = 2
ROUND_COLUMNS = ("form", "period", "due_on", "offset", "to", "firms", "people", "unreachable")
LIST_COLUMNS = (
    "credit_code",
    "name",
    "unit",
    "contact",
    "phone",
    "due",
    "reminders",
    "outcome",
    "promised_on",
)
LEAGUE_COLUMNS = (
    "rank", "unit", "score", "moved", "due", "filed", "on_time", "late", "extended", "on_time_share",
    "filed_share", "returned_share", "corrected_share", "review_days",
)  # fmt: skip


@click.group()
def chase() -> None:
    """Chase returns: reminders by plan, who is missing, the league of counties."""


@chase.command()
@click.option("--at", default="", help="As of this time, such as 2023-07-05T09:00 (default: now).")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be done.")
@format_option
def run(*, at: str, dry_run: bool, form: str) -> None:
    """Take every step of the plan that is due. Taking them again does nothing."""
    outcomes = run_rounds(at=_moment(at), actor=SYSTEM, dry_run=dry_run)
    rows = [
        {
            "form": one.form,
            "period": str(one.period),
            "due_on": one.due_on.isoformat(),
            "offset": one.step.offset,
            "to": one.to.value,
            "firms": one.firms,
            "people": one.people,
            "unreachable": one.unreachable,
        }
        for one in outcomes
    ]
    print_rows(ROUND_COLUMNS, rows, form, title="would be sent" if dry_run else "sent")


@chase.command("list")
@click.option("--form-code", default="monthly", show_default=True, help="Which form.")
@click.option("--period", default="", help="Which period, such as 2023-06 (default: the one being filed).")
@click.option("--unit", default="", help="Only this management unit.")
@format_option
def list_(*, form_code: str, period: str, unit: str, form: str) -> None:
    """Print who has not filed, with the last call."""
    if form_code not in forms():
        _refuse(f"There is no form {form_code}. Known forms: {', '.join(forms())}.")
    rows = missing_returns(form_code, _period(period)).order_by("enterprise__unit", "enterprise__credit_code")
    if unit:
        rows = rows.filter(enterprise__unit=unit)
    print_rows(LIST_COLUMNS, [_missing(row) for row in describe(list(rows))], form, title="not filed")


@chase.command()
@click.option("--period", default="", help="Which period, such as 2023-06 (default: the one being filed).")
@click.option("--year", is_flag=True, help="Over twelve months up to the period.")
@click.option("--form-code", default="", help="One form only (default: all).")
@format_option
def league(*, period: str, year: bool, form_code: str, form: str) -> None:
    """Print the league of counties."""
    if form_code and form_code not in forms():
        _refuse(f"There is no form {form_code}. Known forms: {', '.join(forms())}.")
    words = labeller()
    rows = []
    for place in read_league(SYSTEM, _period(period), form=form_code, span=SPANS[1] if year else SPANS[0]):
        row: dict[str, Any] = {name: getattr(place.figures, name, None) for name in LEAGUE_COLUMNS}
        for name in (
            "rank",
            "score",
            "moved",
            "on_time_share",
            "filed_share",
            "returned_share",
            "corrected_share",
        ):
            value = getattr(place, name)
            row[name] = round(value, 4) if isinstance(value, float) else value
        row["unit"] = words("unit", place.figures.unit)
        rows.append(row)
    print_rows(LEAGUE_COLUMNS, rows, form)


def _missing(row: Any) -> dict[str, Any]:
    firm, call = row.filing.enterprise, row.last_call
    return {
        "credit_code": firm.credit_code,
        "name": firm.name,
        "unit": firm.unit,
        "contact": firm.contact,
        "phone": firm.contact_phone,
        "due": f"{row.filing.due_at:%Y-%m-%d}" if row.filing.due_at else None,
        "reminders": row.reminders,
        "outcome": call.outcome if call else None,
        "promised_on": call.promised_on.isoformat() if call and call.promised_on else None,
    }


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"{text!r} is not a time: write it as 2023-07-05T09:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _period(text: str) -> Period:
    if not text:
        return current_period()
    try:
        return Period.parse(text)
    except ValueError as error:
        _refuse(str(error))


def _refuse(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(USAGE)
