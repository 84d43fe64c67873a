"""Taking in one file of many firms' returns: of a county for firms that cannot, of a group for its own.

The file is checked like a history: with what is on file before it. Whole returns then enter as submitted and
go through the review like any other; those with an open question can wait as drafts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.drafts import check_open
from gongmai.monitor.filing.actions.submission import Texts, admit_version
from gongmai.monitor.filing.actions.workbook import Choice
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.ports import FileFinding, SourceFile
from gongmai.monitor.filing.queries.calendar import due_at
from gongmai.monitor.filing.queries.filecheck import (
    IMPORTED,
    CheckedFile,
    Explanations,
    FirmPlan,
    as_finding,
    check_file,
)
from gongmai.monitor.filing.queries.folder import source_of
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.group import read_file_of_firms
from gongmai.monitor.filing.rules.content import canonical
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.types import KIND, FilingError, Form

Progress = Callable[[int, int, str], None]


# what becomes of a firm in a file
Outcome = Literal["submitted", "draft", "refused"]


class Unexplained(StrEnum):
    """What becomes of a return with a finding that nobody explained."""

    DRAFT = "draft"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class FileResult:
    """Findings, returns submitted, returns looked at, returns kept as drafts."""

    findings: tuple[FileFinding, ...]
    returns: int
    checked: int
    drafts: int = 0


def import_file(
    actor: Actor,
    path: Path,
    form: str,
    period: Period,
    *,
    line_files: Sequence[Path] = (),
    explanations: Path | None = None,
    dry_run: bool = False,
    choice: Choice = Choice.ALL,
    unexplained: Unexplained = Unexplained.DRAFT,
    progress: Progress | None = None,
) -> FileResult:
    """Import a file of returns (all or nothing, or the good firms), or with `dry_run` only check it.

    Raises NotAllowed, FilingError `unknown_form`, `form_not_in_force`, `file_refused`.
    """
    check_may(actor, "return.import")
    survey = get_form(form)
    check_in_force(survey, clock.today())
    sources, explained = _sources(path, survey, period, line_files)
    if explanations is not None:
        more = read_file_of_firms(explanations, survey, period, only_explanations=True)[1]
        explained = {**explained, **more}
    checked = check_file(survey, period, sources, explained, own=None, progress=progress or _quiet)
    if dry_run:
        return FileResult(tuple(checked.findings), 0, len(checked.plans))
    outcome = admit_file(actor, survey, period, checked, choice, unexplained, name=path.name)
    count = list(outcome.values()).count
    return FileResult(tuple(checked.findings), count("submitted"), len(checked.plans), count("draft"))


def verdict_of(plan: FirmPlan, unexplained: Unexplained) -> Outcome:
    """What would become of a firm: submitted, draft or refused."""
    if plan.blocking:
        return "refused"
    if plan.open_questions:
        return "draft" if unexplained is Unexplained.DRAFT else "refused"
    return "submitted"


def admit_file(
    actor: Actor,
    form: Form,
    period: Period,
    checked: CheckedFile,
    choice: Choice,
    unexplained: Unexplained,
    *,
    name: str,
    seen: Mapping[int, int] | None = None,
) -> dict[str, Outcome]:
    """Write a checked file in one transaction: credit code -> submitted, draft or refused.

    With Choice.ALL nothing is written while anything is refused (an empty answer). `seen`: draft counters by
    firm that the check saw; FilingError `stale_draft` when one moved since, `not_open` when one left.
    """
    outcome = {plan.credit_code: verdict_of(plan, unexplained) for plan in checked.plans}
    lost = [one for one in checked.loose if one.severity == "blocking"]
    if choice is Choice.ALL and (lost or "refused" in outcome.values()):
        return {}
    with transaction.atomic():
        chosen = [plan for plan in checked.plans if outcome[plan.credit_code] != "refused"]
        rows = Return.objects.select_for_update().filter(
            form=form.code, period=period.key, enterprise__in=[plan.enterprise_id for plan in chosen]
        )
        existing = {row.enterprise_id: row for row in rows}
        due = due_at(form, period)
        for plan in chosen:
            filing = existing.get(plan.enterprise_id) or Return.objects.create(
                enterprise_id=plan.enterprise_id, form=form.code, period=period.key, due_at=due
            )
            check_open(filing)
            if seen is not None and seen.get(plan.enterprise_id, 0) != filing.draft_revision:
                raise FilingError("stale_draft", expected=None, found=filing.draft_revision)
            _write(actor, filing, plan, outcome[plan.credit_code])
        counts = {word: list(outcome.values()).count(word) for word in ("submitted", "draft", "refused")}
        record(
            actor=actor,
            action="return.file_of_firms",
            kind="import",
            object_id=clock.now().isoformat(),
            payload={"file": name[:100], "form": form.code, "period": period.key, **counts},
        )
    return outcome


def _write(actor: Actor, filing: Return, plan: FirmPlan, verdict: str) -> None:
    cells, lines = plan.content.cells, plan.content.lines
    if verdict == "draft":
        content = Draft.from_dict({"cells": cells, "lines": lines, "explanations": plan.explanations}, 0)
        filing.draft = content.as_dict() | {"source": IMPORTED}
        filing.draft_revision += 1
        filing.draft_saved_at = clock.now()
        filing.save(update_fields=["draft", "draft_revision", "draft_saved_at"])
        record(actor=actor, action="return.begin", kind=KIND, object_id=filing.pk)
        return
    findings = canonical([as_finding(each).as_dict() for each in plan.findings])
    texts = Texts(canonical(cells), canonical(lines), canonical(plan.explanations), findings)
    admit_version(actor, filing, texts, IMPORTED)


def _sources(
    path: Path, form: Form, period: Period, line_files: Sequence[Path]
) -> tuple[list[SourceFile], Explanations]:
    """The head and its tables: of one workbook, or of files beside each other."""
    explained: Explanations = {}
    if path.suffix.lower() == ".xlsx":
        sources, explained = read_file_of_firms(path, form, period)
    else:
        sources = [source_of(path, path.name, form.code, "", period)]
    given = {source.table for source in sources}
    for table in form.tables:
        if table.code in given:
            continue
        names = {f"{form.code}.{table.code}.{period}{suffix}" for suffix in (".csv", ".xlsx")}
        beside = [path.with_name(name) for name in sorted(names) if path.with_name(name).exists()]
        chosen = [*(each for each in line_files if each.name in names), *beside][:1]
        sources += [source_of(each, each.name, form.code, table.code, period) for each in chosen]
    return sources, explained


def _quiet(done: int, total: int, text: str) -> None:
    """Nobody watches."""


def seen_of(form: str, period: Period, firms: Sequence[int]) -> dict[int, int]:
    """The draft counters of some firms' returns now, as `admit_file` compares them."""
    rows: Any = Return.objects.filter(form=form, period=period.key, enterprise__in=list(firms))
    return dict(rows.values_list("enterprise_id", "draft_revision"))
