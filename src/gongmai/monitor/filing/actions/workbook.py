"""Taking in a return that was filled in as a workbook."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.document.queries import Readable, read_upload
from gongmai.core.document.types import RETURN_LIMITS
from gongmai.monitor.filing.actions.drafts import check_open, save_draft
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.workbook import occasion_of
from gongmai.monitor.filing.queries.working import check_content
from gongmai.monitor.filing.rules.workbook.reading import read_return
from gongmai.monitor.filing.types import KIND, FilingError, Finding

# a figure under another unit is ten or a thousand times another figure: nothing of such a file is kept
REFUSING = frozenset({"unit_changed"})
SHAPE = frozenset({"row_missing", "box_absent"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an upload: how many figures and lines were read, what was found in them."""

    figures: int
    lines: int
    findings: tuple[Finding, ...]
    revision: int


def take_workbook(
    actor: Actor, filing: Return, name: str, source: bytes | Readable, revision: int | None = None
) -> Taken:
    """Read an uploaded workbook into the draft of a return, and judge the draft.

    `revision` is the draft's counter that the page showed. Nothing is saved when the file is refused; what
    cannot be read as a figure is kept as it was typed. Raises NotAllowed, FileRefused, FilingError
    (`workbook_*`, `unit_changed`, and those of save_draft).
    """
    check_reach(actor, "return.file", filing.enterprise)
    check_open(filing)
    uploaded = read_return(occasion_of(filing), read_upload(name, source, RETURN_LIMITS))
    wrong = [finding for finding in uploaded.findings if finding.rule in REFUSING]
    if wrong:
        raise FilingError(wrong[0].rule, findings=wrong, **wrong[0].params)
    with transaction.atomic():
        draft = save_draft(
            actor, filing.pk, cells=uploaded.raw.cells, lines=uploaded.raw.lines, revision=revision
        )
        figures = _count(uploaded.raw.cells)
        lines = sum(len(rows) for rows in uploaded.raw.lines.values())
        record(
            actor=actor,
            action="return.upload",
            kind=KIND,
            object_id=filing.pk,
            payload={"figures": figures, "lines": lines, "file": name[:100]},
        )
    filing.refresh_from_db()
    _, found = check_content(filing, draft)
    shape = [finding for finding in uploaded.findings if finding.rule in SHAPE]
    return Taken(figures, lines, (*shape, *found), draft.revision)


def _count(cells: dict[str, Any]) -> int:
    return sum(value not in {None, ""} for value in cells.values())
