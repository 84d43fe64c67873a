"""Taking in a return that was filled in as a workbook: held first, carried out when its sender says how."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.document.queries import Readable
from gongmai.core.document.types import RETURN_LIMITS
from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.drafts import check_open, save_draft
from gongmai.monitor.filing.actions.held import hold, settle
from gongmai.monitor.filing.models import HeldUpload, Return
from gongmai.monitor.filing.queries.preview import Preview, preview
from gongmai.monitor.filing.types import KIND, FilingError


class Choice(StrEnum):
    """What shall be done with a file: everything or nothing of it, or what is good of it."""

    ALL = "all"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an upload: boxes changed, boxes left out as wrong, the draft's counter."""

    changed: int
    left_out: int
    revision: int


def hold_workbook(
    actor: Actor, filing: Return, name: str, source: bytes | Readable
) -> tuple[HeldUpload, Preview]:
    """Read an uploaded workbook and keep it until its sender says how to take it; nothing else is written.

    A file that cannot be read at all is not kept. Raises NotAllowed, FileRefused, FilingError (`workbook_*`,
    `not_open`).
    """
    check_reach(actor, "return.file", filing.enterprise)
    check_open(filing)
    content = source if isinstance(source, bytes) else source.read(RETURN_LIMITS.file_bytes + 1)
    seen = preview(filing, name, content)
    period = Period.from_key(filing.period)
    return hold(actor, name, content, filing.form, period, filing), seen


def take_workbook(actor: Actor, held: HeldUpload, choice: Choice, revision: int | None = None) -> Taken:
    """Carry a held upload out: its good boxes go into the draft of its return.

    With `Choice.ALL` nothing is taken while anything is wrong (`upload_has_errors`). `revision` is the
    draft's counter that the preview showed. Asked again, it answers as it did. Raises NotAllowed,
    FilingError as of save_draft.
    """
    filing = held.filing
    if filing is None:
        raise FilingError("upload_gone")
    check_reach(actor, "return.file", filing.enterprise)
    if held.done_at is not None:
        return Taken(**held.outcome)
    seen = preview(filing, held.name, bytes(held.content))
    if seen.wrong and choice is Choice.ALL:
        raise FilingError("upload_has_errors", findings=seen.wrong)
    with transaction.atomic():
        if not settle(held):
            held.refresh_from_db()
            return Taken(**held.outcome)
        draft = save_draft(
            actor, filing.pk, cells=seen.merge.cells, lines=seen.merge.lines,
            revision=seen.revision if revision is None else revision,
        )  # fmt: skip
        taken = Taken(len(seen.changes), len(seen.wrong), draft.revision)
        outcome: dict[str, Any] = {name: getattr(taken, name) for name in taken.__slots__}
        HeldUpload.objects.filter(pk=held.pk).update(outcome=outcome)
        record(
            actor=actor,
            action="return.upload",
            kind=KIND,
            object_id=filing.pk,
            payload={"file": held.name[:100], "choice": choice.value, **outcome},
        )
    return taken
