"""Taking in returns from files: a whole history set by set, or one file.

Everything is read and checked before anything is written; a blocking finding refuses all of it, except
in a return that the folder itself declares not yet approved.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.ports import adapter
from gongmai.core.review import actions as review
from gongmai.core.review.types import State
from gongmai.monitor.filing.actions.bulk import as_stored, insert_rows, next_id, sync_sequence
from gongmai.monitor.filing.events import Imported
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.ports import FileFinding, HistorySession, SourceFile
from gongmai.monitor.filing.queries import calendar
from gongmai.monitor.filing.queries import folder as folders
from gongmai.monitor.filing.queries.checking import Key, OpenReturns, check_sources, forms_in
from gongmai.monitor.filing.queries.filecheck import as_finding
from gongmai.monitor.filing.queries.firms import profiles, roster_ids, stays
from gongmai.monitor.filing.rules.content import canonical, compute_digest
from gongmai.monitor.filing.rules.files import OpenReturn
from gongmai.monitor.filing.types import KIND, Form, Severity

Progress = Callable[[int, int, str], None]

_RETURN = (
    "id",
    "enterprise_id",
    "form",
    "period",
    "state",
    "due_at",
    "draft",
    "draft_revision",
    "draft_saved_at",
    "versions_count",
    "first_submitted_at",
    "submitted_at",
    "approved_version",
)
_VERSION = (
    "id",
    "filing_id",
    "number",
    "cells",
    "lines",
    "explanations",
    "findings",
    "attachments",
    "digest",
    "source",
    "submitted_by",
    "submitted_at",
    "admitted",
)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of it: findings (blocking ones mean that nothing was written) and returns written.

    `explanatory`: by rule, how many approved returns show what a firm would have to explain today.
    """

    findings: tuple[FileFinding, ...]
    returns: int = 0
    explanatory: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Whether a blocking finding stopped the import."""
        return any(finding.severity == "blocking" for finding in self.findings)


def import_history(folder: Path, progress: Progress, actor: Actor) -> ImportResult:
    """Import every returns file of a city folder; the registry must be in place.

    progress(done, total, text) is called between the stages. Raises NotAllowed.
    """
    check_may(actor, "return.import")
    sources = folders.list_sources(folder)
    opened, findings = folders.read_states(folder)
    findings = [*sources.findings, *findings]
    if not sources.files:  # a city may begin without a history
        return ImportResult(tuple(findings))
    session: HistorySession = adapter("history_reader").open(stays(), profiles())
    try:
        checked = check_sources(session, sources.files, opened, progress)
        findings += checked.refusing
        if any(finding.severity == "blocking" for finding in findings):
            return ImportResult(tuple(findings), explanatory=checked.explanatory)
        written = write_history(session, sources.files, opened, checked.kept, progress, actor)
    finally:
        session.close()
    return ImportResult(tuple(findings), written, checked.explanatory)


def write_history(
    session: HistorySession,
    files: Sequence[SourceFile],
    opened: OpenReturns,
    kept: Mapping[Key, Sequence[FileFinding]],
    progress: Progress,
    actor: Actor,
) -> int:
    """Write what the session holds in one transaction; give the number of returns with a content."""
    present = forms_in(files)
    with transaction.atomic():
        writer = _Writer(opened, kept, actor)
        for number, form in enumerate(present):
            progress(2 * len(present) + number, 3 * len(present) + 1, f"writing {form.code}")
            writer.write_form(session, form)
        for form in present:
            writer.open_missing(form, {file.period for file in files if file.form == form.code})
        writer.finish()
        at = clock.now().isoformat()
        record(
            actor=actor,
            action="return.import",
            kind="import",
            object_id=at,
            payload={"returns": writer.written, "files": len(files)},
        )
        announce(Imported(at, writer.written, len(files)), actor_id=actor.user_id)
    progress(1, 1, "done")
    return writer.written


class _Writer:
    """Turns contents into rows with keys counted up from the last one."""

    def __init__(
        self,
        opened: OpenReturns,
        kept: Mapping[Key, Sequence[FileFinding]],
        actor: Actor,
    ) -> None:
        self.opened, self.kept, self.actor = opened, kept, actor
        self.now = clock.now()
        self.now_stored = as_stored(self.now)
        self.return_id, self.version_id = next_id(Return), next_id(Version)
        self.written = 0
        self.seen: dict[tuple[str, int], set[int]] = {}
        self.due: dict[tuple[str, int], Any] = {}
        self.cases: list[tuple[int, int, State, str, datetime, str]] = []

    def due_stored(self, form: Form, period: int) -> Any:
        """The deadline, computed once for each form and period."""
        key = (form.code, period)
        if key not in self.due:
            self.due[key] = as_stored(calendar.due_at(form, Period.from_key(period)))
        return self.due[key]

    def write_form(self, session: HistorySession, form: Form) -> None:
        """Write all returns of a form."""
        for batch in session.contents(form):
            returns, versions = self._rows(form, batch)
            insert_rows(Return, _RETURN, returns)
            insert_rows(Version, _VERSION, versions)

    def _rows(self, form: Form, batch: Any) -> tuple[list[Any], list[Any]]:
        returns, versions = [], []
        columns = (batch.column(name).to_pylist() for name in ("enterprise_id", "period", "cells", "lines"))
        for firm, period, cells, lines in zip(*columns, strict=True):
            self.seen.setdefault((form.code, period), set()).add(firm)
            state = self.opened.get((firm, form.code, period))
            if state is None:
                returns.append(self._approved(form, firm, period))
                versions.append(self._version(cells, lines, "[]", self.now_stored))
                self.version_id += 1
            else:
                self._open_rows(form, firm, period, cells, lines, state, returns, versions)
            self.return_id += 1
            self.written += 1
        return returns, versions

    def _approved(self, form: Form, firm: int, period: int) -> tuple[Any, ...]:
        due = self.due_stored(form, period)
        return (
            self.return_id,
            firm,
            form.code,
            period,
            "approved",
            due,
            "{}",
            0,
            None,
            1,
            None,
            self.now_stored,
            1,
        )

    def _version(
        self, cells: str, lines: str, findings: str, at: Any, explanations: str = "{}"
    ) -> tuple[Any, ...]:
        digest = compute_digest(cells, lines)
        return (
            self.version_id,
            self.return_id,
            1,
            cells,
            lines,
            explanations,
            findings,
            "[]",
            digest,
            "import",
            None,
            at,
            None,
        )

    def _open_rows(
        self,
        form: Form,
        firm: int,
        period: int,
        cells: str,
        lines: str,
        opened: OpenReturn,
        returns: list[Any],
        versions: list[Any],
    ) -> None:
        """A return of the window that is still open: draft, on its way, sent back, or just approved."""
        due = self.due_stored(form, period)
        if opened.state is State.DRAFT:
            draft = f'{{"cells":{cells},"explanations":{{}},"lines":{lines}}}'
            returns.append(
                (
                    self.return_id,
                    firm,
                    form.code,
                    period,
                    "draft",
                    due,
                    draft,
                    1,
                    self.now_stored,
                    0,
                    None,
                    None,
                    None,
                )
            )
            return
        at = opened.submitted_at or self.now
        stored = as_stored(at)
        approved = 1 if opened.state is State.APPROVED else None
        returns.append(
            (
                self.return_id,
                firm,
                form.code,
                period,
                opened.state.value,
                due,
                "{}",
                0,
                None,
                1,
                stored,
                stored,
                approved,
            )
        )
        found = [as_finding(finding) for finding in self.kept.get((firm, form.code, period), ())]
        findings = canonical([finding.as_dict() for finding in found])
        explained = canonical(
            {f.key: opened.explanation for f in found if f.severity is Severity.EXPLANATORY}
        )
        explanations = explained if opened.explanation else "{}"
        versions.append(self._version(cells, lines, findings, stored, explanations))
        digest = compute_digest(cells, lines)
        self.cases.append((self.return_id, firm, opened.state, digest, at, opened.reason))
        self.version_id += 1

    def open_missing(self, form: Form, periods: set[Period]) -> None:
        """Open a return for each firm on the roster that has none in these periods."""

        def rows() -> Iterator[tuple[Any, ...]]:
            for period in sorted(periods):
                seen = self.seen.get((form.code, period.key), set())
                for firm in roster_ids(period.key):
                    if firm not in seen:
                        due = self.due_stored(form, period.key)
                        yield (
                            self.return_id,
                            firm,
                            form.code,
                            period.key,
                            "draft",
                            due,
                            "{}",
                            0,
                            None,
                            0,
                            None,
                            None,
                            None,
                        )
                        self.return_id += 1

        # a list: while rows are copied in, the connection cannot answer the queries of the generator
        insert_rows(Return, _RETURN, list(rows()))

    def finish(self) -> None:
        """Set up the cases of returns under way, and leave the database's counters right."""
        review.restore(KIND, self.cases)
        sync_sequence(Return, Version)
