"""What the returns and their review say of a figure: typed, submitted, judged, explained, passed, revised."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from django.apps import apps

from gongmai.cockpit.evidence.messages import SOURCES, VERDICTS
from gongmai.cockpit.evidence.queries import published
from gongmai.cockpit.evidence.types import Event, Life
from gongmai.core.access.queries import names_of
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.attachment.queries import list_attachments
from gongmai.core.period.types import Period
from gongmai.core.review.messages import MOVE_LABELS
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.queries.adjudications import verdicts_of
from gongmai.monitor.filing.queries.adjustments import list_adjustments
from gongmai.monitor.filing.queries.forms import items
from gongmai.monitor.filing.queries.journal import edits_of
from gongmai.monitor.filing.queries.remarks import is_firm, threads_of
from gongmai.monitor.filing.queries.returns import ReturnView, get_return
from gongmai.monitor.filing.queries.working import content_of, findings_of
from gongmai.monitor.filing.types import KIND, FilingError, Finding, Severity

WHOLE_RETURN = frozenset({"submit"})


def life_of(actor: Actor, return_id: int, cell: str) -> Life:
    """Everything known of one box of a return. Raises FilingError, NotAllowed, LookupError."""
    seen = get_return(actor, return_id)
    keys = {each.key for each in seen.form.cells} | set(seen.form.computed_cells)
    if cell not in keys:
        raise LookupError(cell)
    versions = sorted(seen.versions, key=lambda each: each.number)
    people = names_of(
        [each.submitted_by for each in versions if each.submitted_by]
        + [each.actor_id for each in _edits(actor, seen, cell) if each.actor_id]
    )
    events = [
        *_typed(actor, seen, cell, people),
        *_submitted(versions, cell, people),
        *_findings(actor, seen, versions, cell),
        *_remarks(actor, seen, cell),
        *_vouchers(actor, seen, cell),
        *_steps(seen, cell),
        *_base_revisions(seen, cell),
    ]
    period, firm = seen.period, seen.filing.enterprise_id
    last = versions[-1] if versions else None
    entry = items().get(cell.partition("__")[0], {})
    return Life(
        filing=seen.filing,
        form=seen.form,
        period=period,
        cell=cell,
        label=messages.cell_label(cell),
        unit=str(entry.get("unit") or ""),
        value=content_of(last).cells.get(cell) if last else None,
        version=last.number if last else None,
        events=sorted(events, key=lambda event: event.at),
        publications=published.publications(firm, period, cell),
        containers=published.containers(actor, period, cell),
        adjustments=_adjustments(actor, firm, period, cell),
    )


def figures_of(actor: Actor, return_id: int) -> tuple[ReturnView, list[dict[str, Any]]]:
    """The boxes of a return: present value, how often it changed, how many findings point at it."""
    seen = get_return(actor, return_id)
    versions = sorted(seen.versions, key=lambda each: each.number)
    contents = [content_of(each).cells for each in versions]
    findings = findings_of(versions[-1]) if versions else []
    rows = []
    for key in [
        *(each.key for each in seen.form.cells if each.exists_in(seen.period)),
        *seen.form.computed_cells,
    ]:
        values = [cells.get(key) for cells in contents]
        rows.append(
            {
                "cell": key,
                "label": messages.cell_label(key),
                "value": values[-1] if values else None,
                "changes": sum(one != other for one, other in pairwise(values)),
                "findings": sum(each.cell == key and not each.table for each in findings),
            }
        )
    return seen, rows


def find_figure(actor: Actor, enterprise_id: int, period: Period, cell: str) -> int:
    """The return of a firm and period that has the box; LookupError where there is none."""
    rows = apps.get_model("filing", "Return").objects.filter(enterprise_id=enterprise_id, period=period.key)
    for pk in rows.order_by("form").values_list("pk", flat=True):
        seen = get_return(actor, pk)
        if cell in {each.key for each in seen.form.cells} | set(seen.form.computed_cells):
            return int(pk)
    raise LookupError(cell)


def _edits(actor: Actor, seen: ReturnView, cell: str) -> list[Any]:
    """What was typed; an officer is shown what was submitted since."""
    up_to = None if is_firm(actor) else seen.filing.versions_count
    return edits_of(seen.filing, cell, up_to=up_to)


def _typed(actor: Actor, seen: ReturnView, cell: str, people: Mapping[int, str]) -> Iterator[Event]:
    for edit in _edits(actor, seen, cell):
        yield Event(
            at=edit.at, kind="typed", by=people.get(edit.actor_id or 0, ""), old=edit.old, value=edit.new,
            has_value=True, version=edit.version,
        )  # fmt: skip


def _submitted(versions: Iterable[Any], cell: str, people: Mapping[int, str]) -> Iterator[Event]:
    before: Any = None
    for version in versions:
        value = content_of(version).cells.get(cell)
        yield Event(
            at=version.submitted_at,
            kind="imported" if version.source == "import" else "submitted",
            by=people.get(version.submitted_by or 0, ""),
            text=str(SOURCES.get(version.source, version.source)),
            old=before,
            value=value,
            has_value=True,
            version=version.number,
            note=version.digest[:16],
        )
        before = value


def _findings(actor: Actor, seen: ReturnView, versions: Iterable[Any], cell: str) -> Iterator[Event]:
    for version in versions:
        explanations = content_of(version).explanations
        judged = _verdicts(actor, seen, version.number)
        for finding in findings_of(version):
            if not _is_about(finding, cell):
                continue
            yield Event(
                at=version.submitted_at,
                kind="finding",
                text=messages.word(finding.rule, finding.params),
                note=finding.rule,
                version=version.number,
                tone="blocking" if finding.severity is Severity.BLOCKING else "explain",
            )
            if explanations.get(finding.key):
                yield Event(
                    at=version.submitted_at, kind="explained", text=explanations[finding.key],
                    note=finding.rule, version=version.number,
                )  # fmt: skip
            for verdict in judged.get(finding.key, []):
                yield Event(
                    at=verdict.at, kind="verdict", by=verdict.name,
                    text=str(VERDICTS.get(verdict.verdict, verdict.verdict)), note=verdict.note,
                    version=version.number,
                )  # fmt: skip


def _is_about(finding: Finding, cell: str) -> bool:
    return not finding.table and (finding.cell == cell or cell in finding.params)


def _verdicts(actor: Actor, seen: ReturnView, version: int) -> Mapping[str, list[Any]]:
    try:
        return verdicts_of(actor, seen.filing, version)
    except NotAllowed:
        return {}


def _remarks(actor: Actor, seen: ReturnView, cell: str) -> Iterator[Event]:
    for view in threads_of(actor, seen.filing):
        if view.thread.box == cell:
            for remark in view.remarks:
                yield Event(
                    at=remark.at, kind="remark", by=remark.author, text=remark.text, version=remark.version
                )


def _vouchers(actor: Actor, seen: ReturnView, cell: str) -> Iterator[Event]:
    """Files that speak for a finding on the figure, and those for the return as a whole."""
    _place, files = list_attachments(actor, KIND, seen.filing.pk)
    about = {each.key for version in seen.versions for each in findings_of(version) if _is_about(each, cell)}
    people = names_of(row.uploaded_by for row in files if row.uploaded_by)
    for row in files:
        if row.topic in about or not row.topic:
            yield Event(
                at=row.uploaded_at, kind="voucher", by=people.get(row.uploaded_by or 0, ""), text=row.name,
                note=row.note, version=row.sealed_in, key=row.key,
            )  # fmt: skip


def _steps(seen: ReturnView, cell: str) -> Iterator[Event]:
    """Steps of the return; the reason is shown where it is about this figure or about all."""
    for step in seen.steps:
        asked = step.detail.get("boxes", {})
        boxes = {*step.detail.get("cells", ()), *asked}
        if step.move in WHOLE_RETURN or (boxes and cell not in boxes):
            continue
        yield Event(
            at=step.at,
            kind="step",
            by=step.actor,
            text=str(MOVE_LABELS.get(step.move, step.move)),
            note=asked.get(cell) or step.reason,
        )


def _base_revisions(seen: ReturnView, cell: str) -> Iterator[Event]:
    rows = (
        apps.get_model("filing", "BaseRevision").objects.filter(filing=seen.filing, cell=cell).order_by("pk")
    )
    people = names_of([number for row in rows for number in (row.requested_by, row.decided_by) if number])
    for row in rows:
        yield Event(
            at=row.requested_at, kind="base", by=people.get(row.requested_by or 0, ""), text=row.reason,
            old=row.locked_value, value=row.wanted_value, has_value=True,
        )  # fmt: skip
        if row.decided_at:
            yield Event(
                at=row.decided_at, kind="base", by=people.get(row.decided_by or 0, ""),
                text=row.decision_note,
                note=row.state,
            )  # fmt: skip


def _adjustments(actor: Actor, firm: int, period: Period, cell: str) -> list[Any]:
    try:
        return list_adjustments(actor, periods=[period], enterprise_id=firm, cells=[cell])
    except (NotAllowed, FilingError):
        return []
