"""Submitting a return: all audits, then one immutable version, in one transaction.

The audits are run before the transaction, so that writers do not queue behind each other's audits; the
transaction then checks that the draft is still the one that was judged.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.attachment.actions import seal
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.review import actions as review
from gongmai.core.review.types import Move, State
from gongmai.monitor.filing.actions.bulk import in_turn
from gongmai.monitor.filing.actions.drafts import check_boxes, check_open, lock_return
from gongmai.monitor.filing.events import Submitted, SubmittedLate
from gongmai.monitor.filing.models import IdempotencyKey, Return, Version
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.working import (
    check_content,
    content_of,
    latest_version,
    working_draft,
)
from gongmai.monitor.filing.rules.audits import unexplained
from gongmai.monitor.filing.rules.content import canonical, compute_digest
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.types import KIND, CellValue, Content, FilingError, Finding, Severity


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a firm gets for a submission; the digest (SM3) is the proof of what was filed."""

    return_id: int
    form: str
    period: int
    version: int
    digest: str
    submitted_at: str
    state: str
    on_time: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The key that a system gave to its call, and the digest of what it sent."""

    key: str
    request_digest: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What a version stores, as canonical JSON."""

    cells: str
    lines: str
    explanations: str
    findings: str


def submit_return(
    actor: Actor,
    return_id: int,
    *,
    revision: int | None = None,
    draft: Draft | None = None,
    source: str = "page",
    idempotency: Idempotency | None = None,
) -> Receipt:
    """Submit the draft of a return (or `draft`, as a system sends it whole) and give the receipt.

    Submitting again what already waits for review gives the receipt of that version. Raises NotAllowed,
    FilingError `blocking_findings` and `explanations_missing` (with findings), `stale_draft`, `not_open`,
    `box_closed`, `form_not_in_force`, `key_reused`; Refused as of core.review.
    """
    filing = Return.objects.select_related("enterprise").filter(pk=return_id).first()
    if filing is None:
        raise FilingError("no_such_return")
    check_reach(actor, "return.file", filing.enterprise)
    if idempotency is not None:
        answered = find_answer(filing, idempotency)
        if answered is not None:
            return answered
    check_in_force(get_form(filing.form), clock.today())
    if revision is not None and revision != filing.draft_revision:
        raise FilingError("stale_draft", expected=revision, found=filing.draft_revision)
    given = draft or working_draft(filing)
    repeated = _repeat(filing, given.content)
    if repeated is not None:
        return _keep_answer(filing, repeated, idempotency)
    check_open(filing)
    check_boxes(filing, given.content, given.typed)
    content, findings = check_content(filing, given)
    refuse_findings(content, findings)
    try:
        return _write(actor, filing, content, findings, source, idempotency)
    except IntegrityError:
        # another call with this key, or another version of this return, was first
        answered = find_answer(filing, idempotency) if idempotency else None
        if answered is None:
            raise FilingError("stale_draft", expected=filing.draft_revision, found=None) from None
        return answered


def refuse_findings(content: Content, findings: list[Finding]) -> None:
    """Raise FilingError while anything blocks, or anything that must be explained is not."""
    if any(finding.severity is Severity.BLOCKING for finding in findings):
        raise FilingError("blocking_findings", findings=findings)
    missing = unexplained(findings, content.explanations)
    if missing:
        raise FilingError("explanations_missing", findings=missing)


def find_answer(filing: Return, idempotency: Idempotency) -> Receipt | None:
    """The receipt that this key got before; FilingError `key_reused` when it came with another body."""
    row = IdempotencyKey.objects.filter(enterprise=filing.enterprise_id, key=idempotency.key).first()
    if row is None:
        return None
    if row.request_digest != idempotency.request_digest:
        raise FilingError("key_reused", key=idempotency.key)
    return Receipt(**row.response)


def _repeat(filing: Return, content: Content) -> Receipt | None:
    """The receipt of the version that waits for the county, when it says the same."""
    version = latest_version(filing) if State(filing.state) is State.COUNTY else None
    if version is None:
        return None
    filed, computed = content_of(version), get_form(filing.form).computed_cells
    same = _plain(filed.cells, computed) == _plain(content.cells, computed)
    return _receipt(filing, version) if same and filed.lines == content.lines else None


def _plain(cells: dict[str, CellValue], computed: tuple[str, ...]) -> dict[str, CellValue]:
    return {key: value for key, value in cells.items() if value is not None and key not in computed}


def _write(
    actor: Actor,
    seen: Return,
    content: Content,
    findings: list[Finding],
    source: str,
    idempotency: Idempotency | None,
) -> Receipt:
    texts = Texts(
        canonical(content.cells),
        canonical(content.lines),
        canonical(content.explanations),
        canonical([finding.as_dict() for finding in findings]),
    )
    with in_turn(), transaction.atomic():
        filing = lock_return(seen.pk)
        # the same call, or a second click, may have been first while this one was judged
        answered = find_answer(filing, idempotency) if idempotency else None
        answered = answered or _repeat(filing, content)
        if answered is not None:
            return answered
        check_open(filing)
        if (filing.draft_revision, filing.versions_count) != (seen.draft_revision, seen.versions_count):
            raise FilingError("stale_draft", expected=seen.draft_revision, found=filing.draft_revision)
        version = admit_version(actor, filing, texts, source)
        receipt = _receipt(filing, version)
        if idempotency is not None:
            _store_answer(filing, receipt, idempotency)
    return receipt


def _store_answer(filing: Return, receipt: Receipt, idempotency: Idempotency) -> None:
    IdempotencyKey.objects.create(
        enterprise_id=filing.enterprise_id,
        key=idempotency.key,
        request_digest=idempotency.request_digest,
        status=201,
        response=receipt.as_dict(),
        created_at=clock.now(),
    )


def _keep_answer(filing: Return, receipt: Receipt, idempotency: Idempotency | None) -> Receipt:
    """Keep the receipt of a repeat under the key that it came with, so that this key gets it ever after."""
    if idempotency is not None:
        try:
            with in_turn(), transaction.atomic():
                _store_answer(filing, receipt, idempotency)
        except IntegrityError:
            # another call with this key was first
            return find_answer(filing, idempotency) or receipt
    return receipt


def admit_version(actor: Actor, filing: Return, texts: Texts, source: str) -> Version:
    """Make a content the next version of a locked return that is with its firm, and send it to the county.

    Called inside the transaction that locked the return and judged what stands in it. FilingError
    `box_closed` when it changes what was not sent back.
    """
    if filing.asked_boxes is not None:
        check_boxes(filing, Content(orjson.loads(texts.cells), orjson.loads(texts.lines)))
    attached = canonical(seal(KIND, filing.pk, filing.versions_count + 1))
    now = clock.now()
    digest = compute_digest(texts.cells, texts.lines, texts.explanations, attached)
    version = Version.objects.create(
        filing=filing,
        number=filing.versions_count + 1,
        cells=texts.cells,
        lines=texts.lines,
        explanations=texts.explanations,
        findings=texts.findings,
        attachments=attached,
        digest=digest,
        source=source,
        submitted_by=actor.user_id,
        submitted_at=now,
    )
    case = review.move(
        actor=actor,
        kind=KIND,
        object_id=filing.pk,
        enterprise_id=filing.enterprise_id,
        step=Move.SUBMIT,
        digest=digest,
        start=State(filing.state),
        payload={
            "form": filing.form,
            "period": filing.period,
            "version": version.number,
            "source": source,
        },
    )
    filing.state, filing.versions_count, filing.submitted_at = case.state, version.number, now
    is_late = filing.first_submitted_at is None and filing.due_at is not None and now > filing.due_at
    filing.first_submitted_at = filing.first_submitted_at or now
    filing.draft, filing.draft_revision = {}, filing.draft_revision + 1
    filing.asked_boxes, filing.answer_by = None, None
    filing.save(
        update_fields=[
            "state", "versions_count", "submitted_at", "first_submitted_at", "draft", "draft_revision",
            "asked_boxes", "answer_by",
        ]
    )  # fmt: skip
    announce(
        Submitted(filing.pk, filing.enterprise_id, filing.form, filing.period, version.number),
        actor_id=actor.user_id,
    )
    if is_late:
        announce(
            SubmittedLate(
                filing.pk, filing.enterprise_id, filing.form, filing.period, version.submitted_at.isoformat()
            ),
            actor_id=actor.user_id,
        )
    return version


def _receipt(filing: Return, version: Version) -> Receipt:
    first = filing.first_submitted_at or version.submitted_at
    return Receipt(
        return_id=filing.pk,
        form=filing.form,
        period=filing.period,
        version=version.number,
        digest=version.digest,
        submitted_at=version.submitted_at.isoformat(),
        state=str(filing.state),
        on_time=filing.due_at is None or first <= filing.due_at,
    )
