"""``gongmai electricity``: daily readings in and out."""

import sys
from pathlib import Path

import click

from gongmai.cli.printing import format_option, print_rows
from gongmai.core.access.types import SYSTEM
from gongmai.core.document.messages import word_refusal
from gongmai.core.document.types import FileRefused, Format
from gongmai.monitor.outlook.actions.electricity import ReadingsRefused, export_readings, import_readings
from gongmai.monitor.outlook.messages import word_fault
from gongmai.monitor.outlook.rules.electricity import SUBJECTS

FINDINGS = 1
_MONTH = 100


@click.group()
def electricity() -> None:
    """Daily electricity of firms, industries or counties, as the grid company delivers it."""


@electricity.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@format_option
def import_(source: Path, form: str) -> None:
    """Take SOURCE (.csv or .xlsx): a column for credit_code (or industry, or county), date and kwh.

    All of the file or nothing; the same file again changes nothing. A file may hold 400,000 rows: a
    quarter of 4,000 firms.
    """
    try:
        taken = import_readings(SYSTEM, source)
    except FileRefused as refused:
        click.echo(word_refusal(refused), err=True)
        sys.exit(FINDINGS)
    except ReadingsRefused as refused:
        rows = [{"row": each.row, "code": each.code, "text": word_fault(each)} for each in refused.faults]
        print_rows(("row", "code", "text"), rows, form, title=f"{len(rows)} findings, nothing was written")
        sys.exit(FINDINGS)
    click.echo(
        f"{taken.readings} readings of kind {taken.kind}: {taken.added} customer-months new, "
        f"{taken.changed} changed, {taken.same} as they were"
    )


@electricity.command("export")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", required=True, help="first calendar month, such as 2023-01")
@click.option("--until", required=True, help="last calendar month")
@click.option("--kind", type=click.Choice(SUBJECTS), default=SUBJECTS[0], show_default=True)
def export(target: Path, since: str, until: str, kind: str) -> None:
    """Write readings to TARGET (.csv or .xlsx), in the layout that the import takes."""
    if target.suffix not in {".csv", ".xlsx"}:
        raise click.UsageError("the file must end in .csv or .xlsx")
    rows = export_readings(SYSTEM, kind, _month(since), _month(until), target, Format(target.suffix[1:]))
    click.echo(f"{rows} readings written to {target}")


def _month(text: str) -> int:
    year, _dash, month = text.partition("-")
    if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):  # noqa: PLR2004 - months
        raise click.UsageError(f"{text!r} is not a month: write it as 2023-01")
    return int(year) * _MONTH + int(month)
