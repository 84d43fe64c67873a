"""What would come of a file of many firms' returns, firm by firm: nothing is written here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from gongmai.core.period.types import Period
from gongmai.core.ports import adapter
from gongmai.core.review.types import State
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.ports import FileFinding, HistorySession, SourceFile
from gongmai.monitor.filing.queries.checking import check_sources, with_rows
from gongmai.monitor.filing.queries.filed import filed_before
from gongmai.monitor.filing.queries.firms import enterprise_model, profiles, stays
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.working import content_of, latest_version
from gongmai.monitor.filing.rules.audits import unexplained
from gongmai.monitor.filing.rules.openness import closed_changes
from gongmai.monitor.filing.types import CellValue, Content, Finding, Form, Severity

Progress = Callable[[int, int, str], None]
Explanations = Mapping[tuple[str, str, str], str]
IMPORTED = "import"
WITH_FIRM = frozenset({State.DRAFT, State.RETURNED})


@dataclass(slots=True)
class FirmPlan:
    """One firm of a file. `blocking` refuses it; `open_questions` are findings that nobody explained."""

    enterprise_id: int
    credit_code: str
    name: str
    content: Content
    findings: list[FileFinding] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    open_questions: int = 0

    @property
    def blocking(self) -> int:
        """How many findings refuse the firm."""
        return sum(finding.severity == Severity.BLOCKING.value for finding in self.findings)


@dataclass(slots=True)
class CheckedFile:
    """Every firm that could be read, and what belongs to none of them (`loose`)."""

    plans: list[FirmPlan]
    loose: list[FileFinding]

    @property
    def findings(self) -> list[FileFinding]:
        """All findings, those of no firm first."""
        return [*self.loose, *(finding for plan in self.plans for finding in plan.findings)]


def check_file(
    form: Form,
    period: Period,
    sources: Sequence[SourceFile],
    explanations: Explanations,
    *,
    own: frozenset[int] | None,
    progress: Progress,
) -> CheckedFile:
    """Judge every firm of a file with what is on file before it.

    `own`: the firms that the sender files for (others are refused unseen); None for an official, who takes in
    returns of firms that have not begun themselves.
    """
    codes = _codes(sources)
    firms = {row.credit_code: row for row in enterprise_model().objects.filter(credit_code__in=sorted(codes))}
    foreign = set()
    if own is not None:
        foreign = {code for code in codes if code not in firms or firms[code].pk not in own}
        sources = [_without(source, foreign) for source in sources]
    session: HistorySession = adapter("history_reader").open(stays(), profiles())
    try:
        checked = check_sources(
            session, sources, {}, progress,
            before=lambda known: filed_before(period, known), keep_all=True,
        )  # fmt: skip
        readable = not checked.refusing or all(finding.credit_code for finding in checked.refusing)
        rows = [row for batch in session.contents(form) for row in batch.to_pylist()] if readable else []
    finally:
        session.close()
    found = with_rows([*checked.refusing, *checked.noted], sources)
    by_id = {firm.pk: firm for firm in firms.values()}
    by_id |= _firms({row["enterprise_id"] for row in rows} - set(by_id))
    plans = {row["enterprise_id"]: _plan(by_id[row["enterprise_id"]], row) for row in rows}
    loose = [_foreign(code, form, period) for code in sorted(foreign)]
    closed = with_rows(_closed(form, period, plans, is_own=own is not None), sources)
    for finding in [*found, *closed]:
        plan = plans.get(finding.enterprise_id or 0)
        if plan is None:
            loose.append(finding)
        else:
            plan.findings.append(finding)
    for plan in plans.values():
        _explain(form, plan, explanations)
    return CheckedFile(sorted(plans.values(), key=lambda plan: plan.credit_code), loose)


def as_finding(finding: FileFinding) -> Finding:
    """A finding of a file as the return itself keeps it."""
    return Finding(
        finding.rule,
        Severity(finding.severity),
        finding.cell,
        finding.value,
        finding.table,
        finding.line,
        dict(finding.params),
        finding.suggestion,
    )


def _codes(sources: Sequence[SourceFile]) -> set[str]:
    found: set[str] = set()
    for source in sources:
        for code in (source.columns or {}).get("credit_code", ()):
            if code:
                found.add(code.strip().upper())
    return found


def _without(source: SourceFile, codes: set[str]) -> SourceFile:
    """The source without the rows of some firms."""
    if source.columns is None or not codes:
        return source
    given = source.columns.get("credit_code", ())
    keep = [n for n, code in enumerate(given) if (code or "").strip().upper() not in codes]
    columns = {key: [values[n] for n in keep] for key, values in source.columns.items()}
    rows = [source.rows[n] for n in keep] if source.rows else [n + 2 for n in keep]
    return SourceFile(source.name, source.form, source.table, source.period, source.path, columns, rows)


def _firms(ids: Iterable[int]) -> dict[int, Any]:
    return {row.pk: row for row in enterprise_model().objects.filter(pk__in=sorted(ids))}


def _plan(firm: Any, row: Mapping[str, Any]) -> FirmPlan:
    content = Content(orjson.loads(row["cells"]), orjson.loads(row["lines"]))
    return FirmPlan(firm.pk, firm.credit_code, firm.name, content)


def _foreign(code: str, form: Form, period: Period) -> FileFinding:
    return FileFinding(
        "", None, "credit_code", "foreign_firm", code, credit_code=code, form=form.code, period=period.key
    )


def _closed(form: Form, period: Period, plans: Mapping[int, FirmPlan], *, is_own: bool) -> list[FileFinding]:
    """Returns that cannot be taken in: under review, single boxes closed, or the firm's own work."""
    rows = Return.objects.filter(form=form.code, period=period.key, enterprise__in=list(plans))
    begun = set(
        Version.objects.filter(filing__form=form.code, filing__period=period.key)
        .exclude(source=IMPORTED)
        .values_list("filing__enterprise_id", flat=True)
    )
    found = []
    for filing in rows:
        firm = filing.enterprise_id
        rules: list[tuple[str, str, CellValue]] = []
        drafted = bool(filing.draft) and filing.draft.get("source") != IMPORTED
        if State(filing.state) not in WITH_FIRM:
            rules.append(("not_open", "credit_code", None))
        elif not is_own and (drafted or firm in begun):
            rules.append(("filed_by_firm", "credit_code", None))
        elif (opened := open_boxes(filing)) is not None and (version := latest_version(filing)) is not None:
            changes = closed_changes(form, content_of(version), plans[firm].content, opened)
            rules += [("box_closed", change.cell, change.new) for change in changes]
        found += [
            FileFinding(
                "", None, cell, rule, value, enterprise_id=firm, form=form.code, period=period.key,
                params={"boxes": [cell]},
            )
            for rule, cell, value in rules
        ]  # fmt: skip
    return found


def _explain(form: Form, plan: FirmPlan, explanations: Explanations) -> None:
    """Put the file's explanations under the findings that they are about."""
    for finding in plan.findings:
        line = ""
        if finding.table and finding.line is not None:
            lines = plan.content.lines.get(finding.table, [])
            if finding.line < len(lines):
                line = str(lines[finding.line].get(form.table(finding.table).key) or "")
        text = explanations.get((plan.credit_code, finding.rule, line))
        if text:
            plan.explanations[as_finding(finding).key] = text
    plan.open_questions = len(unexplained(map(as_finding, plan.findings), plan.explanations))
