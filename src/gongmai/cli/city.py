"""``gongmai init-city``: make a folder of plain files the city of this installation."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from django.core.management import call_command
from django.db import transaction

from gongmai.cli.printing import format_option, print_rows, progress_bar
from gongmai.core.access.types import SYSTEM
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.panel.actions.publish import publish_all
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.core.registry import messages
from gongmai.core.registry.actions.imports import import_city
from gongmai.core.registry.types import Finding
from gongmai.monitor.filing import messages as filing
from gongmai.monitor.filing.actions.imports import import_history
from gongmai.monitor.filing.ports import FileFinding
from gongmai.monitor.outlook.actions.targets import import_targets

COLUMNS = ("file", "row", "column", "rule", "value", "message", "advice")
SHOWN = 200
Report = Callable[[int, int, str], None]


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The folder has findings; nothing was written."""

    def __init__(self, findings: Sequence[dict[str, Any]]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def set_up_city(folder: Path, *, replace: bool, report: Report) -> dict[str, int]:
    """Import a city's folder whole: registry, people and returns in one transaction, then the panel.

    Gives the counts of what was written. Raises Refused with every finding, worded; nothing is written then.
    """
    call_command("migrate", interactive=False, verbosity=0)
    was_simulated = clock.is_simulated()
    try:
        with transaction.atomic():
            counts = _write(folder, replace=replace, report=report)
    except BaseException:
        if not was_simulated:
            clock.resume()
        raise
    vintages.clear()
    vintage = publish_all(progress=_stage(report, "panel"))
    # The import announced itself for the case that publishing fails; there is nothing left to do for it.
    deliver_once()
    return counts | {"vintage": vintage or 0}


def _write(folder: Path, *, replace: bool, report: Report) -> dict[str, int]:
    done = import_city(actor=SYSTEM, folder=folder, replace=replace, progress=_stage(report, "registry"))
    if done.findings or done.city is None:
        raise Refused([as_row(finding) for finding in done.findings])
    if done.city.simulated_now:
        clock.simulate(done.city.simulated_now)
    else:
        clock.resume()
    targets, wrong = import_targets(SYSTEM, folder, replace=True)
    if wrong:
        raise Refused([as_row(finding) for finding in wrong])
    done.counts["targets"] = targets
    if not any((folder / "returns").glob("*.*")):
        return done.counts | {"returns": 0}
    history = import_history(folder, _stage(report, "returns"), SYSTEM)
    if history.is_refused:
        raise Refused([_filing_row(finding) for finding in history.findings])
    return done.counts | {"returns": history.returns}


def _stage(report: Report, stage: str) -> Report:
    """The same report under the name of a stage, so that each stage is one bar."""

    def named(done: int, total: int, text: str) -> None:
        report(done, total, f"{stage}: {text.removeprefix(f'{stage}: ')}")

    return named


def as_row(finding: Finding) -> dict[str, Any]:
    """A finding of the registry as it is printed."""
    return {
        "file": finding.file,
        "row": finding.row,
        "column": finding.column,
        "rule": finding.rule,
        "value": finding.value,
        "message": messages.word(finding),
        "advice": messages.advise(finding),
    }


def _filing_row(finding: FileFinding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "row": finding.row,
        "column": finding.cell,
        "rule": finding.rule,
        "value": finding.value,
        "message": filing.word(finding.rule, finding.params),
        "advice": filing.advise(finding.rule, finding.params),
    }


@click.command("init-city")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put the city in the place of the present one, which is lost.")
@format_option
def init_city(folder: Path, *, replace: bool, form: str) -> None:
    """Set up the city that FOLDER describes (docs/city-folder.md). All or nothing."""
    try:
        with progress_bar() as report:
            counts = set_up_city(folder, replace=replace, report=report)
    except Refused as refused:
        findings = refused.findings if form != "table" else refused.findings[:SHOWN]
        print_rows(COLUMNS, findings, form, title=f"{len(refused.findings)} findings, nothing was written")
        sys.exit(1)
    print_rows(("what", "count"), [{"what": k, "count": v} for k, v in counts.items()], form)
