"""Saving what a firm typed. Nothing typed is lost: what cannot be read is kept as it was typed."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review.types import State
from gongmai.monitor.filing.actions.bulk import in_turn
from gongmai.monitor.filing.actions.journal import note_edits
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.working import content_of, latest_version, working_draft
from gongmai.monitor.filing.rules.drafts import Draft, explain, merge_cells, read_lines
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.rules.merging import Conflict, Edit, apply_edits
from gongmai.monitor.filing.rules.openness import box_of, closed_changes, is_open, typed_boxes
from gongmai.monitor.filing.types import KIND, Content, FilingError

OPEN = frozenset({State.DRAFT, State.RETURNED})


def save_draft(
    actor: Actor,
    return_id: int,
    *,
    cells: Mapping[str, Any] | None = None,
    lines: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    explanations: Mapping[str, str] | None = None,
    revision: int | None = None,
    replace: bool = False,
) -> Draft:
    """Merge what was typed into the draft and give the draft as it stands now.

    `cells`: cell key -> typed text or value (None empties the box); `lines`: whole tables; `revision`:
    the draft's counter that the writer saw. `replace` starts from the prefilled form instead of the draft.
    Raises NotAllowed, FilingError `not_open`, `stale_draft`, `unknown_cell`, `unknown_table`, `box_closed`,
    `form_not_in_force`.
    """
    with transaction.atomic():
        filing = lock_return(return_id)
        check_reach(actor, "return.file", filing.enterprise)
        check_open(filing)
        if revision is not None and revision != filing.draft_revision:
            raise FilingError("stale_draft", expected=revision, found=filing.draft_revision)
        form, period = get_form(filing.form), Period.from_key(filing.period)
        check_in_force(form, clock.today())
        draft = working_draft(filing, fresh=replace and open_boxes(filing) is None)
        before = deepcopy(draft.content)
        merge_cells(form, period, draft, cells or {})
        for code, rows in (lines or {}).items():
            read_lines(form, period, draft, code, rows)
        explain(draft, explanations or {})
        check_boxes(filing, draft.content, draft.typed)
        note_edits(actor, filing, before, draft.content)
        _write(actor, filing, draft)
    return draft


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving edits: the draft as it stands, what could not be merged, the return's row."""

    draft: Draft
    conflicts: list[Conflict]
    filing: Return


def save_edits(actor: Actor, return_id: int, edits: Sequence[Edit]) -> Saved:
    """Merge edits into the draft, each against what its writer had seen in the box (rules/merging.py).

    Whatever was saved meanwhile stays; a box that both sides filled differently, or that is not open, comes
    back as a conflict. The counter of the draft moves only when something changed. Raises NotAllowed,
    FilingError `not_open`, `form_not_in_force`, and those of `apply_edits`.
    """
    with in_turn(), transaction.atomic():
        filing = lock_return(return_id)
        check_reach(actor, "return.file", filing.enterprise)
        check_open(filing)
        form, period = get_form(filing.form), Period.from_key(filing.period)
        check_in_force(form, clock.today())
        draft = working_draft(filing)
        before = deepcopy(draft.content)
        conflicts, changed = apply_edits(form, period, draft, edits, open_boxes(filing))
        if changed:
            check_boxes(filing, draft.content, draft.typed)
            note_edits(actor, filing, before, draft.content)
            _write(actor, filing, draft)
    return Saved(draft, conflicts, filing)


def _write(actor: Actor, filing: Return, draft: Draft) -> None:
    """Put a draft into its locked row."""
    filing.draft, filing.draft_revision = draft.as_dict(), filing.draft_revision + 1
    filing.draft_saved_at = clock.now()
    filing.save(update_fields=["draft", "draft_revision", "draft_saved_at"])
    if filing.draft_revision == 1:
        record(actor=actor, action="return.begin", kind=KIND, object_id=filing.pk)
    draft.revision = filing.draft_revision


def lock_return(return_id: int) -> Return:
    """The row of a return, locked until the transaction ends, with its enterprise."""
    rows = Return.objects.select_for_update(of=("self",)).select_related("enterprise")
    found = rows.filter(pk=return_id).first()
    if found is None:
        raise FilingError("no_such_return")
    return found


def check_open(filing: Return) -> None:
    """Raise FilingError `not_open` unless the return is with the firm."""
    if State(filing.state) not in OPEN:
        raise FilingError("not_open", state=filing.state)


def check_boxes(filing: Return, content: Content, typed: Iterable[str] = ()) -> None:
    """Raise FilingError `box_closed` when a content changes a box that was not sent back.

    `typed`: places of texts that could not be read. Nothing is read while the whole return is open.
    """
    opened = open_boxes(filing)
    version = latest_version(filing) if opened is not None else None
    if version is None:
        return
    form = get_form(filing.form)
    changed = [box_of(change) for change in closed_changes(form, content_of(version), content, opened)]
    changed += [box for box in typed_boxes(form, typed, content.lines) if not is_open(box, opened)]
    if changed:
        raise FilingError("box_closed", cell=changed[0], boxes=changed)
