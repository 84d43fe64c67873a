"""What would come of an uploaded workbook: nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongmai.core.document.queries import annotate_upload, read_upload
from gongmai.core.document.types import RETURN_LIMITS, ListedMark, Listing, Mark
from gongmai.core.period.types import Period
from gongmai.monitor.filing.messages import advise, cell_label, word
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.context import load_context
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.workbook import occasion_of, words
from gongmai.monitor.filing.queries.working import check_content, content_of, latest_version, working_draft
from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.rules.drafts import Draft, merge_cells, read_lines
from gongmai.monitor.filing.rules.workbook.merging import Merge, merge_upload
from gongmai.monitor.filing.rules.workbook.places import Note
from gongmai.monitor.filing.rules.workbook.reading import Uploaded, read_return
from gongmai.monitor.filing.types import Change, Content, Finding, Form, Severity

LIST_KEYS = ("number", "place", "item", "value", "severity", "rule", "finding", "advice")
LIST_WIDTHS = (6, 24, 24, 14, 10, 16, 60, 50)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an upload would do to the draft.

    `wrong` is what cannot be taken, `changes` what taking the good boxes would change, `found` what the
    audits would say afterwards, `notes` what was noticed about the file; `revision` is the draft's
    counter now.
    """

    uploaded: Uploaded
    merge: Merge
    changes: tuple[Change, ...]
    found: tuple[Finding, ...]
    notes: tuple[Note, ...]
    after: Content
    revision: int

    @property
    def wrong(self) -> list[Finding]:
        """What cannot be taken."""
        return self.merge.wrong


def preview(filing: Return, name: str, content: bytes) -> Preview:
    """Read an upload for a return and say what would come of it.

    Raises FileRefused, FilingError `workbook_*`.
    """
    context = load_context(filing)
    form, period = get_form(filing.form), Period.from_key(filing.period)
    sheets = read_upload(name, content, RETURN_LIMITS)
    uploaded = read_return(occasion_of(filing, context), sheets, partial=not name.lower().endswith(".xlsx"))
    before = working_draft(filing, context)
    opened = open_boxes(filing)
    version = latest_version(filing) if opened is not None else None
    merge = merge_upload(form, before.content, content_of(version) if version else None, uploaded, opened)
    draft = Draft.from_dict(before.as_dict(), before.revision)
    merge_cells(form, period, draft, merge.cells)
    for code, rows in merge.lines.items():
        read_lines(form, period, draft, code, rows)
    after, found = check_content(filing, draft, context)
    changes = list_changes(form, before.content, draft.content)
    computed = set(form.computed_cells)
    shown = tuple(change for change in changes if change.table or change.cell not in computed)
    return Preview(uploaded, merge, shown, tuple(found), tuple(uploaded.notes), after, filing.draft_revision)


def annotated(filing: Return, name: str, content: bytes) -> bytes:
    """The upload in its own layout with everything that was found written into its cells."""
    seen = preview(filing, name, content)
    form, text = get_form(filing.form), words()
    marks: list[Mark] = []
    rows: list[ListedMark] = []
    for finding in [*seen.wrong, *_after_only(seen)]:
        place = _place(form, seen, finding)
        is_wrong = finding.severity is Severity.BLOCKING
        says, advice = word(finding.rule, finding.params), advise(finding.rule, finding.params)
        if place is not None:
            note = "\n".join(filter(None, (f"[{finding.rule}] {says}", advice)))
            marks.append(Mark(*place, note, "error" if is_wrong else "warning"))
        label = cell_label(finding.cell, finding.table) if finding.cell else ""
        severity = text["blocking" if is_wrong else "explanatory"]
        texts = [len(rows) + 1, None, label, finding.value, severity, finding.rule, says, advice]
        rows.append(ListedMark(texts, *(place or ())))
    listing = Listing(text["findings"], [text[key] for key in LIST_KEYS], rows, LIST_WIDTHS)
    return annotate_upload(name, content, marks, listing, RETURN_LIMITS)


def _after_only(seen: Preview) -> Sequence[Finding]:
    """What the audits find, without what is said already."""
    said = {(finding.rule, finding.table, finding.line, finding.cell) for finding in seen.wrong}
    return [one for one in seen.found if (one.rule, one.table, one.line, one.cell) not in said]


def _place(form: Form, seen: Preview, finding: Finding) -> tuple[str, int, int] | None:
    """Where a finding belongs in the upload; lines are matched by the entry that they are about."""
    places = seen.uploaded.places
    if finding in seen.merge.wrong or not finding.table or finding.line is None:
        return places.get((finding.table, finding.line, finding.cell))
    key = form.table(finding.table).key
    lines = seen.after.lines.get(finding.table, ())
    name = lines[finding.line].get(key) if finding.line < len(lines) else None
    raw = seen.uploaded.raw.lines.get(finding.table, ())
    number = next((n for n, line in enumerate(raw) if line.get(key) == name), None)
    return places.get((finding.table, number, finding.cell)) or places.get((finding.table, number, key))
