"""JSON API of filing, for a firm's own system: what is due, the return, draft, check, submit, status.

Every refusal has the shape {code, message, cell, findings}. Money is integer thousand yuan; unknown is null
or left out, never zero.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Header, Query, Router, Schema, Status

from gongmai.core.access.types import Actor
from gongmai.core.document.actions import XLSX_TYPE, table_response
from gongmai.core.period.types import Period
from gongmai.core.review.types import Refused
from gongmai.monitor.filing.actions.drafts import save_draft, save_edits
from gongmai.monitor.filing.actions.submission import Idempotency, submit_return
from gongmai.monitor.filing.api.edits import ConflictOut, EditIn
from gongmai.monitor.filing.api.shapes import REFUSALS, FindingOut, LockOut, finding_out, locks_out, refuse
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.exports import Wanted, returns_table
from gongmai.monitor.filing.queries.forms import forms, get_form
from gongmai.monitor.filing.queries.openness import box_reasons, open_boxes
from gongmai.monitor.filing.queries.returns import find_own_return, get_return
from gongmai.monitor.filing.queries.tasks import my_tasks
from gongmai.monitor.filing.queries.working import check_content, working_draft
from gongmai.monitor.filing.rules.audits import unexplained
from gongmai.monitor.filing.rules.drafts import Draft, explain, merge_cells, read_lines
from gongmai.monitor.filing.rules.merging import MAX_EDITS, Conflict, Edit, names
from gongmai.monitor.filing.types import FilingError, Form, Severity

router = Router(tags=["returns"])
PERIOD = r"^\d{4}-(0[2-9]|1[0-2])$"
EXAMPLE_CELLS = {"output": 1000, "output__ytd": 4100, "output__base": 900, "output__ytd_base": 3600}
EXAMPLE_LINES = {"output_lines": [{"industry": "1311", **EXAMPLE_CELLS}]}
FORM = Annotated[str, Field(examples=["monthly"])]
FIRM = Annotated[
    str,
    Query(
        max_length=18,
        description="whose return: needed by whoever files for several firms",
        examples=["91350100M000100Y43"],
    ),
]
MIN_KEY = 8


class ContentIn(Schema):
    """What a return says: cells by key, lines by table, explanations by finding key."""

    cells: dict[str, Any] = Field({}, examples=[EXAMPLE_CELLS])
    lines: dict[str, list[dict[str, Any]]] = Field({}, examples=[EXAMPLE_LINES])
    explanations: dict[str, str] = Field({}, examples=[{"V4_zero": "power is billed to the park"}])


class DraftIn(ContentIn):
    """A change of the draft.

    Either `cells`, `lines` and `explanations`: cells are merged, tables replaced, and a `revision` that is
    not the draft's is refused (409). Or `edits`: each is merged box by box against the `base` that its writer
    saw, whatever the revision; a box that somebody else filled differently meanwhile keeps that, and the
    edit comes back under `conflicts`. The same edits may be sent again: they change nothing more.
    """

    revision: int | None = Field(None, description="the draft's counter that the writer saw")
    edits: list[EditIn] = Field([], max_length=MAX_EDITS)


class TaskOut(Schema):
    """A return that the firm files."""

    credit_code: str
    form: str
    period: str
    state: str
    due_at: str | None
    is_late: bool
    version: int
    reason: str = Field("", description="why it was sent back")


class ReturnOut(Schema):
    """A return as it stands: the draft while it is with the firm, else what was submitted."""

    form: str
    period: str
    credit_code: str
    state: str
    due_at: str | None
    version: int
    revision: int
    cells: dict[str, Any]
    lines: dict[str, list[dict[str, Any]]]
    explanations: dict[str, str]
    line_names: dict[str, list[str]] = Field(description="table -> the names of its lines, for `edits`")
    to_confirm: list[str] = Field(description="cells filled in from last period that wait to be confirmed")
    conflicts: list[ConflictOut] = Field([], description="edits of this call that were not put in")
    may: dict[str, LockOut | None] = Field(
        description="move -> null when open now, else what stands against it"
    )
    open_boxes: list[str] | None = Field(description="the boxes that may be changed; null: all")
    box_reasons: dict[str, str] = Field({}, description="why single boxes came back")
    answer_by: str | None = None


class StatusOut(Schema):
    """Where a return is, step by step."""

    state: str
    version: int
    digest: str | None = Field(description="SM3 of the version submitted last")
    steps: list[dict[str, Any]]


class CheckOut(Schema):
    """What submitting would find."""

    would_submit: bool
    cells: dict[str, Any] = Field(description="with the computed cells filled in")
    findings: list[FindingOut]


class ExportIn(Schema):
    """Which returns, in which shape."""

    form: FORM
    first: str = Field(pattern=PERIOD, examples=["2022-12"])
    last: str = Field(pattern=PERIOD, examples=["2022-12"])
    shape: Literal["wide", "long"] = "wide"
    table: str = Field("", max_length=30, description="the lines of this repeating table, not the head")
    basis: Literal["approved", "submitted"] = "approved"
    format: Literal["xlsx", "csv"] = "csv"


class ReceiptOut(Schema):
    """Proof of a submission."""

    return_id: int
    form: str
    period: int
    version: int
    digest: str
    submitted_at: str
    state: str
    on_time: bool


class CellOut(Schema):
    """A box of a form."""

    key: str
    kind: str
    unit: str
    decimals: int
    label: dict[str, str]


class FormOut(Schema):
    """A form with its boxes."""

    code: str
    label: dict[str, str]
    table_number: dict[str, str]
    valid_from: str
    valid_to: str
    cells: list[CellOut]
    tables: dict[str, list[CellOut]]


@router.get("/forms", response=list[FormOut], summary="The forms and their boxes")
def list_forms(request: HttpRequest) -> list[FormOut]:
    """Every form with the keys, kinds, units and labels of its boxes."""
    del request
    return [_form_out(form) for form in forms().values()]


@router.get("/", response={200: list[TaskOut], **REFUSALS}, summary="What my firm files")
def tasks(request: HttpRequest) -> Any:
    """Returns of the firm, what is due first."""
    return [
        TaskOut(
            credit_code=task.filing.enterprise.credit_code,
            form=task.form.code,
            period=str(task.period),
            state=task.state.value,
            due_at=task.filing.due_at.isoformat() if task.filing.due_at else None,
            is_late=task.is_late,
            version=task.filing.versions_count,
            reason=task.reason,
        )
        for task in my_tasks(_actor(request))
    ]


@router.get(
    "/export",
    response={**REFUSALS},
    summary="Returns of many periods as a file",
    openapi_extra={
        "responses": {200: {"description": "the file", "content": {XLSX_TYPE: {}, "text/csv": {}}}}
    },
)
def export(request: HttpRequest, wanted: Query[ExportIn]) -> Any:
    """The returns within reach as Excel or CSV, written while it is sent; entered in the trail."""
    try:
        periods = Period.parse(wanted.first), Period.parse(wanted.last)
    except ValueError:
        return refuse(FilingError("bad_period"))
    try:
        table = returns_table(
            _actor(request), Wanted(wanted.form, *periods, wanted.shape, wanted.table, wanted.basis)
        )
    except FilingError as error:
        return refuse(error)
    return table_response(request, table, f"{table.title} {wanted.first} {wanted.last}", wanted.format)


@router.get("/{form}/{period}", response={200: ReturnOut, **REFUSALS}, summary="One return")
def read_return(request: HttpRequest, form: str, period: str, credit_code: FIRM = "") -> Any:
    """The return as it stands, prefilled by the system where nothing was typed yet."""
    try:
        return _return_out(_actor(request), _own(request, form, period, credit_code))
    except (FilingError, Refused) as error:
        return refuse(error)


@router.put("/{form}/{period}/draft", response={200: ReturnOut, **REFUSALS}, summary="Save the draft")
def put_draft(request: HttpRequest, form: str, period: str, payload: DraftIn, credit_code: FIRM = "") -> Any:
    """Merge what was typed into the draft; nothing is checked beyond reading the values."""
    try:
        filing = _own(request, form, period, credit_code)
        if payload.edits:
            edits = [Edit(edit.address, edit.base, edit.value) for edit in payload.edits]
            saved = save_edits(_actor(request), filing.pk, edits)
            return _return_out(_actor(request), _own(request, form, period, credit_code), saved.conflicts)
        save_draft(
            _actor(request),
            filing.pk,
            cells=payload.cells,
            lines=payload.lines,
            explanations=payload.explanations,
            revision=payload.revision,
        )
        return _return_out(_actor(request), _own(request, form, period, credit_code))
    except (FilingError, Refused) as error:
        return refuse(error)


@router.post("/{form}/{period}/check", response={200: CheckOut, **REFUSALS}, summary="Check, change nothing")
def check(request: HttpRequest, form: str, period: str, payload: ContentIn, credit_code: FIRM = "") -> Any:
    """Run all audits on a whole return and change nothing."""
    try:
        filing = _own(request, form, period, credit_code)
        draft = _draft(filing, payload)
        content, findings = check_content(filing, draft)
    except (FilingError, Refused) as error:
        return refuse(error)
    blocked = any(finding.severity is Severity.BLOCKING for finding in findings)
    return CheckOut(
        would_submit=not blocked and not unexplained(findings, draft.content.explanations),
        cells=content.cells,
        findings=[finding_out(each) for each in findings],
    )


@router.post("/{form}/{period}/submit", response={201: ReceiptOut, **REFUSALS}, summary="Submit")
def submit(
    request: HttpRequest,
    form: str,
    period: str,
    payload: ContentIn,
    credit_code: FIRM = "",
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", max_length=80, description="required", examples=["2023-06-m-1"])
    ] = "",
) -> Any:
    """Submit a whole return; repeat freely under the same key.

    The same key with the same body gets the same receipt; with another body it is refused (409).
    """
    try:
        filing = _own(request, form, period, credit_code)
        named = [credit_code] if credit_code else []
        key = _key(idempotency_key, [form, period, payload.dict(), *named])
        draft = _draft(filing, payload)
        receipt = submit_return(_actor(request), filing.pk, draft=draft, source="api", idempotency=key)
    except (FilingError, Refused) as error:
        return refuse(error)
    return Status(201, receipt.as_dict())


@router.get("/{form}/{period}/status", response={200: StatusOut, **REFUSALS}, summary="Where it is")
def read_status(request: HttpRequest, form: str, period: str, credit_code: FIRM = "") -> Any:
    """The state of a return and every step that it took."""
    try:
        seen = get_return(_actor(request), _own(request, form, period, credit_code).pk)
    except (FilingError, Refused) as error:
        return refuse(error)
    steps = [
        {
            "move": step.move,
            "state": step.state,
            "at": step.at.isoformat(),
            "reason": step.reason,
            **step.detail,
        }
        for step in seen.steps
    ]
    return StatusOut(
        state=seen.state.value,
        version=seen.filing.versions_count,
        digest=seen.version.digest if seen.version else None,
        steps=steps,
    )


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _own(request: HttpRequest, form: str, period: str, credit_code: str) -> Return:
    try:
        when = Period.parse(period)
    except ValueError:
        raise FilingError("bad_period") from None
    return find_own_return(_actor(request), form, when, credit_code)


def _key(text: str, body: list[Any]) -> Idempotency:
    """The caller's key with the digest of what was sent; FilingError `key_missing` for none."""
    if len(text) < MIN_KEY:
        raise FilingError("key_missing", minimum=MIN_KEY)
    digest = hashlib.new("sm3", json.dumps(body, sort_keys=True).encode()).hexdigest()
    return Idempotency(text, digest)


def _draft(filing: Return, payload: ContentIn) -> Draft:
    """A whole return as a system sends it; nothing is prefilled."""
    form, period = get_form(filing.form), Period.from_key(filing.period)
    draft = Draft(revision=filing.draft_revision)
    merge_cells(form, period, draft, payload.cells)
    for table, rows in payload.lines.items():
        read_lines(form, period, draft, table, rows)
    explain(draft, payload.explanations)
    return draft


def _return_out(actor: Actor, filing: Return, conflicts: Sequence[Conflict] = ()) -> ReturnOut:
    seen = get_return(actor, filing.pk)
    draft, opened = working_draft(filing), open_boxes(filing)
    return ReturnOut(
        form=filing.form,
        period=str(seen.period),
        credit_code=filing.enterprise.credit_code,
        state=seen.state.value,
        due_at=filing.due_at.isoformat() if filing.due_at else None,
        version=filing.versions_count,
        revision=filing.draft_revision,
        cells=draft.content.cells,
        lines=draft.content.lines,
        explanations=draft.content.explanations,
        line_names={table.code: names(table, draft) for table in seen.form.tables},
        to_confirm=draft.prefilled,
        conflicts=[ConflictOut(**asdict(each)) for each in conflicts],
        may=locks_out(seen.may),
        open_boxes=sorted(opened) if opened is not None else None,
        box_reasons=box_reasons(filing),
        answer_by=filing.answer_by.isoformat() if filing.answer_by else None,
    )


def _form_out(form: Form) -> FormOut:
    return FormOut(
        code=form.code,
        label=dict(form.label),
        table_number=dict(form.header.table_number),
        valid_from=form.valid_from.isoformat(),
        valid_to=form.valid_to.isoformat(),
        cells=[_cell_out(cell.key, cell.column) for cell in form.cells],
        tables={
            table.code: [
                CellOut(key=table.key, kind="code", unit="", decimals=0, label=dict(table.label)),
                *(_cell_out(cell.key, cell.column) for cell in table.cells),
            ]
            for table in form.tables
        },
    )


def _cell_out(key: str, column: Any) -> CellOut:
    return CellOut(
        key=key, kind=column.kind, unit=column.unit, decimals=column.decimals, label=dict(column.label)
    )
