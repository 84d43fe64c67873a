"""A file of a group's own firms: held first, carried out when its sender says how."""

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.document.queries import Readable
from gongmai.core.document.types import DEFAULT_LIMITS
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.actions.files import Outcome, Unexplained, admit_file, seen_of
from gongmai.monitor.filing.actions.held import hold, settle
from gongmai.monitor.filing.actions.workbook import Choice
from gongmai.monitor.filing.models import HeldUpload
from gongmai.monitor.filing.queries.filecheck import CheckedFile, check_file
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.group import own_firms, read_group_file, sources_of
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.types import FilingError


def check_group(actor: Actor, name: str, content: bytes, form: str, period: Period) -> CheckedFile:
    """Judge a file of the actor's firms. Raises NotAllowed, FileRefused, FilingError `group_not_ours`."""
    own = own_firms(actor)
    survey = get_form(form)
    check_in_force(survey, clock.today())
    read = read_group_file(name, content, survey, period)
    sources = sources_of(read, name, survey, period)
    return check_file(survey, period, sources, read.explanations, own=own, progress=_quiet)


def hold_group(
    actor: Actor, name: str, source: bytes | Readable, form: str, period: Period
) -> tuple[HeldUpload, CheckedFile]:
    """Read a file of many firms and keep it until its sender says how to take it."""
    check_may(actor, "return.file")
    content = source if isinstance(source, bytes) else source.read(DEFAULT_LIMITS.file_bytes + 1)
    checked = check_group(actor, name, content, form, period)
    return hold(actor, name, content, form, period), checked


def take_group(
    actor: Actor, held: HeldUpload, choice: Choice, unexplained: Unexplained, seen: str = ""
) -> dict[str, Outcome]:
    """Carry a held file out: credit code -> submitted, draft or refused; asked again, the same answer.

    `seen` is the mark of the returns that the preview showed (`mark_of`). Raises FilingError
    `upload_has_errors`, `stale_draft`, `not_open`.
    """
    if held.done_at is not None:
        return dict(held.outcome)
    period = Period.from_key(held.period)
    content = bytes(held.content)
    firms = sorted(own_firms(actor))
    counters = seen_of(held.form, period, firms)
    if seen and seen != mark_of(held.form, period, firms):
        raise FilingError("stale_draft", expected=None, found=None)
    checked = check_group(actor, held.name, content, held.form, period)
    with transaction.atomic():
        if not settle(held):
            held.refresh_from_db()
            return dict(held.outcome)
        outcome = admit_file(
            actor, get_form(held.form), period, checked, choice, unexplained, name=held.name, seen=counters
        )
        if not outcome:
            raise FilingError("upload_has_errors")
        HeldUpload.objects.filter(pk=held.pk).update(outcome=outcome)
    return outcome


def mark_of(form: str, period: Period, firms: list[int]) -> str:
    """What tells whether any of these returns was changed: how many there are, the sum of their counters."""
    counters = seen_of(form, period, firms)
    return f"{len(counters)}.{sum(counters.values())}"


def _quiet(done: int, total: int, text: str) -> None:
    """Nobody watches."""
