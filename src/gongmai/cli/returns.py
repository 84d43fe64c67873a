"""``gongmai import-returns`` and ``export-returns``: files of returns in and out."""

import sys
from pathlib import Path

import click

from gongmai.cli.printing import format_option, print_rows, progress_bar
from gongmai.core.access.types import SYSTEM
from gongmai.core.document.actions import save_table
from gongmai.core.document.types import Format
from gongmai.core.period.types import Period
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.files import Unexplained, import_file
from gongmai.monitor.filing.actions.workbook import Choice
from gongmai.monitor.filing.ports import FileFinding
from gongmai.monitor.filing.queries.exports import APPROVED, LONG, SUBMITTED, WIDE, Wanted, returns_table
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.types import FilingError

COLUMNS = ("file", "row", "credit_code", "cell", "rule", "severity", "value", "message", "advice")


@click.command("import-returns")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", "survey", required=True, metavar="F", help="The form: monthly, finance, energy.")
@click.option("--period", required=True, metavar="P", help="The period, such as 2022-12.")
@click.option(
    "--lines",
    "line_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Files of repeating tables, named FORM.TABLE.PERIOD.csv. Those beside FILE are found without it.",
)
@click.option(
    "--explanations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV or .xlsx file: credit_code, rule, line, explanation. A workbook may carry them itself.",
)
@click.option(
    "--firms",
    type=click.Choice([each.value for each in Choice]),
    default=Choice.ALL.value,
    show_default=True,
    help="All or nothing, or the firms without errors.",
)
@click.option(
    "--unexplained",
    type=click.Choice([each.value for each in Unexplained]),
    default=Unexplained.DRAFT.value,
    show_default=True,
    help="Returns with findings that nobody explained.",
)
@click.option("--dry-run", is_flag=True, help="Check only; print every finding, write nothing.")
@format_option
def import_returns(
    file: Path,
    *,
    survey: str,
    period: str,
    line_files: tuple[Path, ...],
    explanations: Path | None,
    firms: str,
    unexplained: str,
    dry_run: bool,
    form: str,
) -> None:
    """Import FILE (CSV or .xlsx: one row for each firm, credit_code and the cells of the form).

    The returns enter as submitted and wait for the county. Blocking findings refuse the whole file.
    """
    try:
        get_form(survey)
        when = Period.parse(period)
    except FilingError as error:
        raise click.UsageError(messages.word_error(error)) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        with progress_bar() as report:
            result = import_file(
                SYSTEM,
                file,
                survey,
                when,
                line_files=line_files,
                explanations=explanations,
                dry_run=dry_run,
                choice=Choice(firms),
                unexplained=Unexplained(unexplained),
                progress=report,
            )
    except FilingError as error:
        raise click.ClickException(messages.word_error(error)) from None
    if result.findings:
        title = f"{len(result.findings)} findings" + (
            f", {result.returns} submitted, {result.drafts} kept as drafts"
            if result.returns or result.drafts
            else ", nothing was written"
        )
        print_rows(COLUMNS, [as_row(finding) for finding in result.findings], form, title=title)
        sys.exit(1)
    print_rows(("returns", "checked"), [{"returns": result.returns, "checked": result.checked}], form)


@click.command("export-returns")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--form", "survey", required=True, metavar="F", help="The form: monthly, finance, energy.")
@click.option("--from", "first", required=True, metavar="P", help="The first period, such as 2020-02.")
@click.option("--to", "last", required=True, metavar="P", help="The last period.")
@click.option("--shape", type=click.Choice([WIDE, LONG]), default=WIDE, show_default=True)
@click.option("--table", default="", metavar="T", help="The lines of this repeating table, not the head.")
@click.option("--basis", type=click.Choice([APPROVED, SUBMITTED]), default=APPROVED, show_default=True)
def export_returns(
    file: Path, *, survey: str, first: str, last: str, shape: str, table: str, basis: str
) -> None:
    """Write returns of many periods to FILE (.xlsx or .csv), a row for each return or each figure."""
    try:
        kind = Format(file.suffix.lower().removeprefix("."))
        wanted = Wanted(survey, Period.parse(first), Period.parse(last), shape, table, basis)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        written = save_table(SYSTEM, returns_table(SYSTEM, wanted), file, kind)
    except FilingError as error:
        raise click.UsageError(messages.word_error(error)) from None
    click.echo(f"{written} rows in {file}")


def as_row(finding: FileFinding) -> dict[str, object]:
    """A finding as it is printed."""
    return {
        "file": finding.file,
        "row": finding.row,
        "credit_code": finding.credit_code,
        "cell": finding.cell,
        "rule": finding.rule,
        "severity": finding.severity,
        "value": finding.value,
        "message": messages.word(finding.rule, {"text": finding.value, **finding.params}),
        "advice": messages.advise(finding.rule, {"text": finding.value, **finding.params}),
    }
