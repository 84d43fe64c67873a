"""Moving deadlines for one firm, several, a county or all, with a reason that the firm sees; and back."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction

from gongmai.core.access.queries import check_may, check_reach
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.events import Extended, Unextended
from gongmai.monitor.filing.models import Extension, Return
from gongmai.monitor.filing.queries.calendar import end_of
from gongmai.monitor.filing.queries.extensions import RIGHT, first_due, is_city, last_day
from gongmai.monitor.filing.rules.extending import MIN_REASON, Candidate, why_not_extend, why_not_undo
from gongmai.monitor.filing.types import KIND, FilingError

MAX_REASON = 300
IDS_AT_ONCE = 500


def extend_due(actor: Actor, return_ids: Collection[int], *, until: date, reason: str) -> str:
    """Move the deadline of returns of one form and period to the end of `until`; give the batch's number.

    All or nothing. Raises NotAllowed where one is out of reach; FilingError `extension_reason`,
    `no_such_return`, `extension_mixed`, and of the first firm that stands against it `extension_filed`,
    `extension_not_later`, `extension_past`, `extension_beyond`.
    """
    check_may(actor, RIGHT)
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON:
        raise FilingError("extension_reason", minimum=MIN_REASON)
    new_due = end_of(until)
    now, batch = clock.now(), uuid4().hex
    with transaction.atomic():
        rows = _locked(return_ids)
        for row in rows:
            check_reach(actor, RIGHT, row.enterprise)
        places = {(row.form, row.period) for row in rows}
        if len(places) != 1:
            raise FilingError("extension_mixed" if places else "no_such_return")
        form, period = rows[0].form, Period.from_key(rows[0].period)
        first, last = first_due(form, period), last_day(actor, form, period, clock.today())
        for row in rows:
            candidate = Candidate(row.due_at, first, row.versions_count)
            if refusal := why_not_extend(candidate, new_due, last, now):
                raise FilingError(refusal, firm=row.enterprise.name, last=last.isoformat())
        Extension.objects.bulk_create(
            [
                Extension(
                    filing=row,
                    batch=batch,
                    old_due_at=row.due_at or new_due,  # who has no deadline was refused above
                    new_due_at=new_due,
                    reason=reason.strip(),
                    granted_by=actor.user_id,
                    granted_name=actor.name,
                    is_by_city=is_city(actor),
                    granted_at=now,
                )
                for row in rows
            ],
            batch_size=500,
        )
        ids = sorted(row.pk for row in rows)
        _set_due(ids, new_due)
        payload = {
            "returns": ids,
            "until": until.isoformat(),
            "reason": reason.strip(),
            "period": str(period),
        }
        record(
            actor=actor, action="return.extend", kind=KIND, object_id=_object_id(ids, batch), payload=payload
        )
        announce(Extended(batch, tuple(ids), new_due.isoformat(), reason.strip()), actor_id=actor.user_id)
    return batch


def undo_extension(actor: Actor, batch: str) -> int:
    """Take back what was granted in one move; give how many returns. A county takes back only a county's.

    Raises NotAllowed, FilingError `no_such_extension`, `extension_superseded`, `extension_used`.
    """
    check_may(actor, RIGHT)
    with transaction.atomic():
        found = list(Extension.objects.select_for_update().filter(batch=batch, undone_at=None).order_by("pk"))
        if not found:
            raise FilingError("no_such_extension")
        rows = {row.pk: row for row in _locked([one.filing_id for one in found])}
        for one in found:
            row = rows[one.filing_id]
            check_reach(actor, RIGHT, row.enterprise)
            if one.is_by_city and not is_city(actor):
                raise NotAllowed(RIGHT)
            if row.due_at != one.new_due_at:
                raise FilingError("extension_superseded", firm=row.enterprise.name)
            if refusal := why_not_undo(row.versions_count, row.first_submitted_at, one.old_due_at):
                raise FilingError(refusal, firm=row.enterprise.name)
            one.undone_at, one.undone_by = clock.now(), actor.user_id
        Extension.objects.bulk_update(found, ["undone_at", "undone_by"], batch_size=500)
        for old in {one.old_due_at for one in found}:
            _set_due([one.filing_id for one in found if one.old_due_at == old], old)
        ids = sorted(rows)
        record(
            actor=actor,
            action="return.unextend",
            kind=KIND,
            object_id=_object_id(ids, batch),
            payload={"returns": ids, "batch": batch},
        )
        announce(Unextended(batch, tuple(ids)), actor_id=actor.user_id)
    return len(ids)


def _object_id(ids: list[int], batch: str) -> str:
    return str(ids[0]) if len(ids) == 1 else f"batch:{batch}"


def _locked(return_ids: Collection[int]) -> list[Return]:
    """The returns, locked in one order, so that two who extend do not wait for each other for ever."""
    ids = sorted(set(return_ids))
    rows: list[Return] = []
    for start in range(0, len(ids), IDS_AT_ONCE):
        part = Return.objects.select_for_update(of=("self",)).select_related("enterprise")
        rows += part.filter(pk__in=ids[start : start + IDS_AT_ONCE]).order_by("pk")
    if len(rows) != len(ids):
        raise FilingError("no_such_return")
    return rows


def _set_due(ids: list[int], due: datetime) -> None:
    for start in range(0, len(ids), IDS_AT_ONCE):
        Return.objects.filter(pk__in=ids[start : start + IDS_AT_ONCE]).update(due_at=due)
