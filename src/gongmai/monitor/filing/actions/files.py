"""Taking in one file of returns, as a county does for firms that cannot file themselves.

The file is checked like a history: with what is on file before it. Its returns then enter as submitted and go
through the review like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.ports import adapter
from gongmai.core.review.types import State
from gongmai.monitor.filing.actions.drafts import OPEN
from gongmai.monitor.filing.actions.imports import as_finding
from gongmai.monitor.filing.actions.submission import Texts, admit_version
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.ports import FileFinding, HistorySession, SourceFile
from gongmai.monitor.filing.queries.calendar import due_at
from gongmai.monitor.filing.queries.checking import check_sources, with_rows
from gongmai.monitor.filing.queries.filed import filed_before
from gongmai.monitor.filing.queries.firms import profiles, stays
from gongmai.monitor.filing.queries.folder import source_of
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.rules.content import canonical
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.types import Form

Progress = Callable[[int, int, str], None]
IMPORTED = "import"


@dataclass(frozen=True, slots=True)
class FileResult:
    """Findings, returns written, returns looked at."""

    findings: tuple[FileFinding, ...]
    returns: int
    checked: int


def import_file(
    actor: Actor,
    path: Path,
    form: str,
    period: Period,
    *,
    line_files: Sequence[Path] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> FileResult:
    """Import a file of returns (all or nothing), or with `dry_run` only check it.

    Explanatory findings are given but do not refuse. Raises NotAllowed, FilingError `unknown_form`,
    `form_not_in_force`, `file_refused`.
    """
    check_may(actor, "return.import")
    survey = get_form(form)
    check_in_force(survey, clock.today())
    sources = _sources(path, survey, period, line_files)
    session: HistorySession = adapter("history_reader").open(stays(), profiles())
    try:
        checked = check_sources(
            session,
            sources,
            {},
            progress or _quiet,
            before=lambda firms: filed_before(period, firms),
            keep_all=True,
        )
        findings = tuple(with_rows([*checked.refusing, *checked.noted], sources))
        rows = [row for batch in session.contents(survey) for row in batch.to_pylist()]
        blocked = any(finding.severity == "blocking" for finding in findings)
        if dry_run or blocked:
            filed = Return.objects.filter(form=form, period=period.key)
            closed = _closed(survey, period, rows, {row.enterprise_id: row for row in filed})
            return FileResult((*findings, *with_rows(closed, sources)), 0, len(rows))
        by_firm: dict[int, list[FileFinding]] = {}
        for finding in checked.noted:
            by_firm.setdefault(finding.enterprise_id or 0, []).append(finding)
        refused, written = _write(actor, survey, period, rows, by_firm)
    finally:
        session.close()
    return FileResult((*findings, *with_rows(refused, sources)), written, len(rows))


def _sources(path: Path, form: Form, period: Period, line_files: Sequence[Path]) -> list[SourceFile]:
    sources = [source_of(path, path.name, form.code, "", period)]
    for table in form.tables:
        names = {f"{form.code}.{table.code}.{period}{suffix}" for suffix in (".csv", ".xlsx")}
        beside = [path.with_name(name) for name in sorted(names) if path.with_name(name).exists()]
        chosen = [*(each for each in line_files if each.name in names), *beside][:1]
        sources += [source_of(each, each.name, form.code, table.code, period) for each in chosen]
    return sources


def _quiet(done: int, total: int, text: str) -> None:
    """Nobody watches."""


def _closed(
    form: Form, period: Period, rows: Sequence[Mapping[str, Any]], existing: Mapping[int, Return]
) -> list[FileFinding]:
    """Returns that cannot be taken in: under review, or the firm's own, which no official changes."""
    own = set(
        Version.objects.filter(filing__form=form.code, filing__period=period.key)
        .exclude(source=IMPORTED)
        .values_list("filing__enterprise_id", flat=True)
    )
    found = []
    for firm in (row["enterprise_id"] for row in rows):
        filing = existing.get(firm)
        if filing is None:
            continue
        rule = "not_open" if State(filing.state) not in OPEN else ""
        if not rule and (filing.draft or firm in own):
            rule = "filed_by_firm"
        if rule:
            found.append(
                FileFinding(
                    "", None, "credit_code", rule, None, enterprise_id=firm, form=form.code, period=period.key
                )
            )
    return found


def _write(
    actor: Actor,
    form: Form,
    period: Period,
    rows: Sequence[Mapping[str, Any]],
    noted: Mapping[int, Sequence[FileFinding]],
) -> tuple[list[FileFinding], int]:
    """Submit each row; when one return is not open nothing is written."""
    with transaction.atomic():
        existing = {
            row.enterprise_id: row
            for row in Return.objects.select_for_update().filter(form=form.code, period=period.key)
        }
        closed = _closed(form, period, rows, existing)
        if closed:
            return closed, 0
        due = due_at(form, period)
        for row in rows:
            firm = row["enterprise_id"]
            filing = existing.get(firm) or Return.objects.create(
                enterprise_id=firm, form=form.code, period=period.key, due_at=due
            )
            findings = canonical([as_finding(each).as_dict() for each in noted.get(firm, ())])
            admit_version(actor, filing, Texts(row["cells"], row["lines"], "{}", findings), IMPORTED)
    return [], len(rows)
