"""Checking files of returns: everything that is wrong in them, by the same audits as a single return."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gongmai.core.formula.rules.staged import period_end, resolve_params
from gongmai.core.formula.types import View
from gongmai.core.period.types import Period
from gongmai.core.review.types import State
from gongmai.monitor.filing.ports import Broken, FileFinding, HistorySession, SourceFile
from gongmai.monitor.filing.queries.audits import all_audits, audits_of, roll_ups_of
from gongmai.monitor.filing.queries.firms import codes_of
from gongmai.monitor.filing.queries.forms import forms, items
from gongmai.monitor.filing.rules.audits import PREVIOUS, Audit
from gongmai.monitor.filing.rules.files import OpenReturn
from gongmai.monitor.filing.rules.locks import lock_columns
from gongmai.monitor.filing.types import Form, Severity

Progress = Callable[[int, int, str], None]
Key = tuple[int, str, int]
OpenReturns = Mapping[Key, OpenReturn]
Before = Callable[[set[int]], Iterable[tuple[Form, Any]]]
SHOWN = 500


@dataclass(slots=True)
class Checked:
    """What a check found.

    `refusing` stops the import; `kept` belongs to returns that are still open; `noted` are explanatory ones,
    where all were asked for; `explanatory` counts, by rule, what approved returns would have to explain.
    """

    refusing: list[FileFinding] = field(default_factory=list)
    noted: list[FileFinding] = field(default_factory=list)
    kept: dict[Key, list[FileFinding]] = field(default_factory=dict)
    explanatory: dict[str, int] = field(default_factory=dict)


def check_sources(
    session: HistorySession,
    files: Sequence[SourceFile],
    opened: OpenReturns,
    progress: Progress,
    *,
    before: Before | None = None,
    keep_all: bool = False,
) -> Checked:
    """Load all files into the session and judge every return in them.

    `before` gives what is on file already for some firms. `keep_all` gives explanatory findings too, and
    judges the firms that could be read where others could not.
    """
    found = Checked()
    present = forms_in(files)
    total = 3 * len(present) + 1
    for number, form in enumerate(present):
        progress(number, total, f"reading {form.code}")
        mine = [file for file in files if file.form == form.code]
        codes = {table.key_list: codes_of(table.key_list) for table in form.tables}
        day = period_end(max(file.period.key for file in mine))
        found.refusing += session.load(form, mine, codes, roll_ups_of(form.code), day)
    if found.refusing and not (keep_all and all(finding.credit_code for finding in found.refusing)):
        found.refusing = with_rows(found.refusing, files)
        return found
    # what could not be read of a firm would only bring up findings that follow from it
    unread = {(finding.enterprise_id, finding.form) for finding in found.refusing}
    filed = before(session.firms(present)) if before else ()
    session.join(present, filed)
    session.prepare_audits(_columns_read(), lock_columns(items().values()))
    for number, form in enumerate(present):
        progress(len(present) + number, total, f"checking {form.code}")
        periods = sorted({file.period for file in files if file.form == form.code and not file.table})
        for audits, chunk in _segments(form, periods):
            broken = session.audit(form, audits, period_end(chunk[-1].key), [p.key for p in chunk])
            broken = (each for each in broken if (each.enterprise_id, form.code) not in unread)
            _sort_out(found, form, broken, opened, session, keep_all=keep_all)
    found.refusing = with_rows(found.refusing, files)
    return found


def forms_in(files: Sequence[SourceFile]) -> list[Form]:
    """The forms of which there are files, in the order of their due days."""
    codes = {file.form for file in files}
    return [form for code, form in forms().items() if code in codes]


def _columns_read() -> list[str]:
    wanted = {"enterprise_id", "period"}
    for audit in all_audits():
        wanted |= {ref.column(View.MONTH) for ref in audit.checked.refs if not audit.table or ref.head}
        if audit.suggest is not None:
            wanted |= audit.suggest.columns(View.MONTH)
    return sorted(wanted)


def _segments(form: Form, periods: Sequence[Period]) -> Iterable[tuple[tuple[Audit, ...], list[Period]]]:
    """Runs of periods in which the same audits hold with the same parameters."""
    runs: dict[Any, tuple[tuple[Audit, ...], list[Period]]] = {}
    for period in periods:
        day = period_end(period.key)
        audits = audits_of(form.code, day)
        params = resolve_params([audit.checked for audit in audits], day)
        key = (*map(id, audits), *sorted(params.items()))
        runs.setdefault(key, (audits, []))[1].append(period)
    return runs.values()


def _sort_out(
    found: Checked,
    form: Form,
    broken: Iterable[Broken],
    opened: OpenReturns,
    session: HistorySession,
    *,
    keep_all: bool,
) -> None:
    """Keep what belongs to open returns, count what is explanatory, refuse for the rest."""
    matters: list[tuple[Broken, bool]] = []
    for each in broken:
        entry = opened.get((each.enterprise_id, form.code, each.period))
        still_open = entry is not None and entry.state is not State.APPROVED
        if (
            still_open
            or keep_all
            or (each.audit.severity is Severity.BLOCKING and len(found.refusing) < SHOWN)
        ):
            matters.append((each, still_open))
        elif each.audit.severity is Severity.EXPLANATORY:
            found.explanatory[each.audit.code] = found.explanatory.get(each.audit.code, 0) + 1
    keys = {(each.enterprise_id, each.period) for each, _ in matters}
    before = {(firm, Period.from_key(period).previous().key) for firm, period in keys}
    rows = session.rows(sorted(keys | before))
    for each, still_open in matters:
        finding = _describe(form, each, rows)
        if still_open:
            found.kept.setdefault((each.enterprise_id, form.code, each.period), []).append(finding)
        elif each.audit.severity is Severity.BLOCKING:
            found.refusing.append(finding)
        else:
            found.noted.append(finding)


def _describe(form: Form, broken: Broken, rows: Mapping[tuple[int, int], Mapping[str, Any]]) -> FileFinding:
    now = rows.get((broken.enterprise_id, broken.period), {})
    before = rows.get((broken.enterprise_id, Period.from_key(broken.period).previous().key), {})
    audit = broken.audit
    shown = {
        key: before.get(key.removeprefix(PREVIOUS)) if key.startswith(PREVIOUS) else now.get(key)
        for key in audit.shown
    }
    return FileFinding(
        file="",
        row=None,
        cell=audit.cell,
        rule=audit.code,
        value=now.get(audit.cell) if broken.line is None else None,
        severity=audit.severity.value,
        enterprise_id=broken.enterprise_id,
        form=form.code,
        period=broken.period,
        params=shown if broken.line is None else {},
        table=audit.table,
        line=broken.line,
        suggestion=broken.suggestion,
    )


def with_rows(findings: Sequence[FileFinding], files: Sequence[SourceFile]) -> list[FileFinding]:
    """The same findings with file name, credit code and row, looked up for the first SHOWN of them."""
    by_place = {(file.form, file.table, file.period.key): file for file in files}
    by_name = {file.name: file for file in files}
    ids = {finding.enterprise_id for finding in findings[:SHOWN] if finding.enterprise_id}
    codes = _credit_codes(ids)
    numbered: dict[str, dict[str, int]] = {}
    complete: list[FileFinding] = []
    for finding in findings[:SHOWN]:
        file = by_name.get(finding.file) or by_place.get((finding.form, finding.table, finding.period or 0))
        code = finding.credit_code or codes.get(finding.enterprise_id or 0, "")
        row = finding.row
        if file is not None and row is None:
            rows = numbered.setdefault(file.name, _rows_by_code(file))
            row = rows.get(code.strip().upper())
        name = file.name if file is not None else finding.file
        complete.append(replace(finding, file=name, row=row, credit_code=code))
    return complete + list(findings[SHOWN:])


def _credit_codes(ids: set[int]) -> dict[int, str]:
    from gongmai.monitor.filing.queries.firms import enterprise_model

    return dict(enterprise_model().objects.filter(pk__in=ids).values_list("pk", "credit_code"))


def _rows_by_code(file: SourceFile) -> dict[str, int]:
    """The first row of each firm in a file, as a spreadsheet counts."""
    found: dict[str, int] = {}
    if file.columns is not None:
        codes: Iterable[str | None] = file.columns.get("credit_code", ())
        numbers = file.rows or range(2, len(file.columns.get("credit_code", ())) + 2)
        for number, code in zip(numbers, codes, strict=True):
            found.setdefault((code or "").strip().upper(), number)
        return found
    with open(file.path, encoding="utf-8-sig", newline="") as handle:  # noqa: PTH123 - csv wants newline=""
        for number, line in enumerate(csv.DictReader(handle), 2):
            found.setdefault((line.get("credit_code") or "").strip().upper(), number)
    return found
