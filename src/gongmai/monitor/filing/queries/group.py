"""The returns of all firms that a person files for, as one workbook, and what came back in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import pgettext

from gongmai.core.access.queries import check_may, scope
from gongmai.core.access.types import Actor
from gongmai.core.document.messages import word_refusal
from gongmai.core.document.queries import annotate_upload, as_file, read_upload
from gongmai.core.document.types import DEFAULT_LIMITS, FileRefused, ListedMark, Listing, Mark
from gongmai.core.formula.queries import units
from gongmai.core.period.types import Period
from gongmai.core.review.messages import STATE_LABELS
from gongmai.core.review.types import State
from gongmai.monitor.filing.messages import advise, cell_label, word
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.ports import FileFinding, SourceFile
from gongmai.monitor.filing.queries.context import load_context
from gongmai.monitor.filing.queries.filecheck import WITH_FIRM, CheckedFile, Explanations, as_finding
from gongmai.monitor.filing.queries.forms import get_form, items
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.workbook import label_language, options_of, with_typed, words
from gongmai.monitor.filing.queries.working import working_draft
from gongmai.monitor.filing.rules.locks import prefilled_bases
from gongmai.monitor.filing.rules.workbook.group import FIRM, Group, Member, draw_group
from gongmai.monitor.filing.rules.workbook.group_reading import (
    EXPLANATION,
    LINE,
    RULE,
    GroupFile,
    read_group,
)
from gongmai.monitor.filing.rules.workbook.layout import HEAD
from gongmai.monitor.filing.types import FilingError, Form


@dataclass(frozen=True, slots=True)
class Task:
    """A form and period with the firms whose return is with their sender, and all of them."""

    form: Form
    period: Period
    waiting: int
    firms: int


def own_firms(actor: Actor) -> frozenset[int]:
    """The firms that the actor files for."""
    check_may(actor, "return.file")
    return scope(actor, "return.file").enterprises


def group_tasks(actor: Actor, limit: int = 12) -> list[Task]:
    """The latest forms and periods of the actor's firms."""
    counted: dict[tuple[int, str], list[str]] = {}
    rows = Return.objects.filter(enterprise__in=own_firms(actor)).values_list("period", "form", "state")
    for period, form, state in rows:
        counted.setdefault((period, form), []).append(state)
    latest = sorted(counted, reverse=True)[:limit]
    return [
        Task(
            get_form(form),
            Period.from_key(period),
            sum(State(state) in WITH_FIRM for state in counted[period, form]),
            len(counted[period, form]),
        )
        for period, form in latest
    ]


def heading_words() -> dict[str, str]:
    """The headings of the list of findings, in which explanations are written."""
    return {
        FIRM: pgettext("return form", "Credit code"),
        RULE: pgettext("return form", "Rule"),
        LINE: pgettext("return form", "Entry of the line"),
        EXPLANATION: pgettext("return form", "Explanation (fill in)"),
    }


def group_workbook(actor: Actor, form: str, period: Period) -> bytes:
    """One workbook with the returns of all firms of the actor. FilingError `no_such_return` for none."""
    survey, language = get_form(form), label_language()
    rows = (
        Return.objects.select_related("enterprise")
        .filter(enterprise__in=own_firms(actor), form=form, period=period.key)
        .order_by("enterprise__credit_code")
    )
    members = [_member(survey, period, filing) for filing in rows]
    if not members:
        raise FilingError("no_such_return")
    group = Group(
        form=survey,
        period=period,
        members=members,
        language=language,
        words=words()
        | {
            "firm_code": pgettext("return form", "Credit code"),
            "firm_name": pgettext("return form", "Enterprise"),
            "firm_state": pgettext("return form", "State"),
            "group_sheet": pgettext("return form", "Returns"),
            "group_hint": pgettext("return form", "One row for each firm; keep the row of codes."),
        },
        units={code: entry.label[language] for code, entry in units().items()},
        options={table.code: options_of(table, period, language) for table in survey.tables},
    )
    return as_file(draw_group(group))


def _member(form: Form, period: Period, filing: Return) -> Member:
    context = load_context(filing)
    draft = working_draft(filing, context)
    keys = [cell.key for cell in form.cells if cell.exists_in(period)]
    return Member(
        credit_code=filing.enterprise.credit_code,
        name=filing.enterprise.name,
        state=str(STATE_LABELS[State(filing.state)]),
        content=with_typed(draft.content, draft),
        is_open=State(filing.state) in WITH_FIRM,
        fixed=frozenset(prefilled_bases(items().values(), keys, context.joined)),
        opened=open_boxes(filing),
    )


def read_group_file(name: str, content: bytes, form: Form, period: Period) -> GroupFile:
    """What an uploaded file of many firms holds. Raises FileRefused, FilingError `group_not_ours`."""
    language = label_language()
    options = {table.code: options_of(table, period, language) for table in form.tables}
    names = {code: tuple(entry.label.values()) for code, entry in units().items()}
    return read_group(form, read_upload(name, content), options, names, heading_words())


def sources_of(read: GroupFile, name: str, form: Form, period: Period) -> list[SourceFile]:
    """The pages of a file as the importer takes them; a page's name is the sheet's."""
    return [
        SourceFile(
            f"{name} {page.sheet}", form.code, code, period,
            columns=page.columns, rows=[row + 1 for row in page.rows],
        )
        for code, page in read.pages.items()
    ]  # fmt: skip


def read_file_of_firms(
    path: Path, form: Form, period: Period, *, only_explanations: bool = False
) -> tuple[list[SourceFile], Explanations]:
    """The same for a file on disk. FilingError `file_refused`, `group_not_ours`."""
    try:
        if only_explanations:
            sheets = read_upload(path.name, path.read_bytes())
            read = read_group(form, sheets, {}, {}, heading_words(), need_head=False)
        else:
            read = read_group_file(path.name, path.read_bytes(), form, period)
    except FileRefused as refusal:
        raise FilingError("file_refused", text=word_refusal(refusal)) from refusal
    return sources_of(read, path.name, form, period), read.explanations


def annotated_group(name: str, content: bytes, form: Form, period: Period, checked: CheckedFile) -> bytes:
    """The file with everything that was found written into its cells, and a list that takes explanations."""
    read = read_group_file(name, content, form, period)
    text, head = words(), heading_words()
    header = [text["number"], text["place"], head[FIRM], text["item"], text["value"], text["severity"]]
    header += [head[RULE], head[LINE], text["finding"], text["advice"], head[EXPLANATION]]
    marks: list[Mark] = []
    rows: list[ListedMark] = []
    plans = {plan.enterprise_id: plan for plan in checked.plans}
    for finding in checked.findings:
        plan = plans.get(finding.enterprise_id or 0)
        line = ""
        if plan is not None and finding.table and finding.line is not None:
            entry = plan.content.lines.get(finding.table, [])[finding.line]
            line = str(entry.get(form.table(finding.table).key) or "")
        place = _place(form, read, finding, line)
        params = {"text": finding.value, **finding.params}
        says, advice = word(finding.rule, params), advise(finding.rule, params)
        is_wrong = finding.severity == "blocking"
        if place is not None:
            note = "\n".join(filter(None, (f"[{finding.rule}] {says}", advice)))
            marks.append(Mark(*place, note, "error" if is_wrong else "warning"))
        explained = plan.explanations.get(as_finding(finding).key, "") if plan else ""
        texts = [
            len(rows) + 1, None, finding.credit_code, cell_label(finding.cell, finding.table), finding.value,
            text[finding.severity], finding.rule, line, says, advice, explained,
        ]  # fmt: skip
        rows.append(ListedMark(texts, *(place or ())))
    listing = Listing(text["findings"], header, rows, (6, 24, 22, 24, 14, 12, 16, 14, 50, 40, 50))
    return annotate_upload(name, content, marks, listing, DEFAULT_LIMITS)


def _place(form: Form, read: GroupFile, finding: FileFinding, line: str) -> tuple[str, int, int] | None:
    page = read.pages.get(finding.table or HEAD)
    if page is None:
        return None
    codes: Sequence[str | None] = page.columns[FIRM]
    entries = page.columns[form.table(finding.table).key] if finding.table and line else None
    for number, code in enumerate(codes):
        fits = (code or "").strip().upper() == finding.credit_code
        if fits and (entries is None or entries[number] == line):
            column = page.places.get(finding.cell, page.places[FIRM])
            return page.sheet, page.rows[number], column
    return None
