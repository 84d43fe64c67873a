"""JSON API of filing: a file of many firms, checked or taken in one call."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from gongmai.core.access.types import Actor
from gongmai.core.document.messages import word_refusal
from gongmai.core.document.types import FileRefused
from gongmai.core.period.types import Period
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.files import Outcome, Unexplained, verdict_of
from gongmai.monitor.filing.actions.group import hold_group, take_group
from gongmai.monitor.filing.actions.held import drop
from gongmai.monitor.filing.actions.workbook import Choice
from gongmai.monitor.filing.api.shapes import REFUSALS, Problem
from gongmai.monitor.filing.queries.filecheck import CheckedFile
from gongmai.monitor.filing.queries.group import own_firms
from gongmai.monitor.filing.types import FilingError

router = Router(tags=["returns"])


class ChoiceIn(Schema):
    """How the file is to be taken; `check` changes nothing."""

    choice: Literal["check", "all", "good"] = "check"
    unexplained: Literal["draft", "refuse"] = "draft"


class FirmOut(Schema):
    """What became, or would become, of one firm."""

    credit_code: str
    outcome: Outcome
    blocking: int
    to_explain: int


class FileFindingOut(Schema):
    """Something found in the file, with its place."""

    credit_code: str
    place: str
    row: int | None
    cell: str
    rule: str
    severity: str
    message: str
    advice: str


class FileOut(Schema):
    """The answer to a file of many firms."""

    taken: bool
    firms: list[FirmOut]
    findings: list[FileFindingOut]


@router.post(
    "/group/{form}/{period}", response={200: FileOut, **REFUSALS}, summary="A file of all my firms' returns"
)
def group_file(
    request: HttpRequest,
    form: str,
    period: str,
    given: Annotated[ChoiceIn, Form()],
    workbook: Annotated[UploadedFile | None, File(description="the group file, .xlsx or .csv")] = None,
) -> Any:
    """Check a group file or take it: all of it or nothing, or the firms without errors."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own_firms(actor)
    unexplained = Unexplained(given.unexplained)
    if workbook is None:
        return _refuse(FileRefused("no_file"))
    try:
        when = Period.parse(period)
    except ValueError:
        return _refuse(FilingError("bad_period"))
    try:
        held, checked = hold_group(actor, workbook.name or "", workbook, form, when)
        if given.choice == "check":
            drop(held)
            return _answer(checked, {}, unexplained)
        return _answer(checked, take_group(actor, held, Choice(given.choice), unexplained), unexplained)
    except (FileRefused, FilingError) as error:
        return _refuse(error)


def _answer(checked: CheckedFile, outcome: dict[str, Outcome], unexplained: Unexplained) -> FileOut:
    return FileOut(
        taken=bool(outcome),
        firms=[
            FirmOut(
                credit_code=plan.credit_code,
                outcome=outcome.get(plan.credit_code) or verdict_of(plan, unexplained),
                blocking=plan.blocking,
                to_explain=plan.open_questions,
            )
            for plan in checked.plans
        ],
        findings=[
            FileFindingOut(
                credit_code=one.credit_code,
                place=one.file,
                row=one.row,
                cell=one.cell,
                rule=one.rule,
                severity=one.severity,
                message=messages.word(one.rule, {"text": one.value, **one.params}),
                advice=messages.advise(one.rule, {"text": one.value, **one.params}),
            )
            for one in checked.findings
        ],
    )


def _refuse(error: FileRefused | FilingError) -> Status[Problem]:
    if isinstance(error, FileRefused):
        return Status(422, Problem(code=error.code, message=word_refusal(error)))
    status = 404 if error.code in {"unknown_form", "bad_period"} else 422
    status = 409 if error.code in {"stale_draft", "not_open"} else status
    return Status(status, Problem(code=error.code, message=messages.word_error(error)))
