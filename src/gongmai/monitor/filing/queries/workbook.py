"""A return as a workbook: whose it is, what stands around the figures, what is filled in beforehand."""

from collections.abc import Sequence
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, pgettext

from gongmai.core.access.queries import check_may, check_reach, scope
from gongmai.core.access.types import Actor
from gongmai.core.document.queries import as_file
from gongmai.core.formula.queries import units
from gongmai.core.period.types import Period
from gongmai.core.registry.queries import code_list
from gongmai.monitor.filing.messages import advise, word
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.context import Context, load_context
from gongmai.monitor.filing.queries.forms import get_form, items
from gongmai.monitor.filing.queries.lattice import shown_version
from gongmai.monitor.filing.queries.openness import open_boxes
from gongmai.monitor.filing.queries.working import check_content, content_of, get_version, working_draft
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.rules.locks import prefilled_bases
from gongmai.monitor.filing.rules.workbook.drawing import draw_return
from gongmai.monitor.filing.rules.workbook.layout import Occasion, Option, Remark
from gongmai.monitor.filing.types import Content, Finding, Table

_LAST_DAY = 28


def words() -> dict[str, str]:
    """The fixed words of the layout in the reader's language."""
    return {
        "return": pgettext("return form", "Return form"),
        "findings": pgettext("return form", "Findings"),
        "letter_a": pgettext("return form", "A"),
        "letter_b": pgettext("return form", "B"),
        "letter_c": pgettext("return form", "C"),
        "credit_code": pgettext("return form", "Unified social credit code: "),
        "enterprise": pgettext("return form", "Enterprise: "),
        "period": pgettext("return form", "Period: "),
        "table_number": pgettext("return form", "Form number: "),
        "authority": pgettext("return form", "Issued by: "),
        "approved_by": pgettext("return form", "Approved by: "),
        "document_number": pgettext("return form", "Document number: "),
        "valid_until": pgettext("return form", "Valid until: "),
        "item": pgettext("return form", "Item"),
        "code": pgettext("return form", "Code"),
        "unit": pgettext("return form", "Unit"),
        "number": pgettext("return form", "No."),
        "kind": pgettext("return form", "Kind"),
        "this_year": pgettext("return form", "This year"),
        "year_ago": pgettext("return form", "Same period last year"),
        "month": pgettext("return form", "Month (period end)"),
        "only_month": pgettext("return form", "Month"),
        "to_date": pgettext("return form", "Year to date"),
        "last_to_date": pgettext("return form", "Last period (for reference)"),
        "of_which": pgettext("return form", "of which: "),
        "computed": pgettext("return form", "Computed from the tables"),
        "signatures": pgettext("return form", "Head of unit:    Filled in by:    Telephone:    Date:"),
        "hint_number": pgettext(
            "return form", "A number without unit. Leave it empty when it is not known; 0 means none."
        ),
        "hint_to_date": pgettext(
            "return form", "Last period's cumulative figure plus this month (and any adjustment)."
        ),
        "hint_choice": pgettext("return form", "Choose from the list."),
        "hint_text": pgettext("return form", "In your own words."),
        "place": pgettext("return form", "Cell"),
        "value": pgettext("return form", "Value"),
        "severity": pgettext("return form", "Severity"),
        "rule": pgettext("return form", "Rule"),
        "finding": pgettext("return form", "What was found"),
        "advice": pgettext("return form", "What to do"),
        "blocking": pgettext("return form", "Must be corrected"),
        "explanatory": pgettext("return form", "Needs an explanation"),
    }


def occasion_of(filing: Return, context: Context | None = None) -> Occasion:
    """Everything that is written around the figures of a return, in the reader's language."""
    form, period = get_form(filing.form), Period.from_key(filing.period)
    language = label_language()
    seen = context or load_context(filing)
    keys = [cell.key for cell in form.cells if cell.exists_in(period)]
    # over the new year the cumulative figures begin again: last December's would only mislead
    last = {} if period.is_merged else seen.row(period.previous())
    return Occasion(
        form=form,
        period=period,
        credit_code=filing.enterprise.credit_code,
        enterprise=filing.enterprise.name,
        language=language,
        words=words(),
        units={code: entry.label[language] for code, entry in units().items()},
        unit_names={code: tuple(entry.label.values()) for code, entry in units().items()},
        options={table.code: options_of(table, period, language) for table in form.tables},
        locked=frozenset(prefilled_bases(items().values(), keys, seen.joined)),
        opened=open_boxes(filing),
        last=last,
    )


def label_language() -> str:
    """The key of official labels for the reader's language."""
    return "zh-Hans" if (get_language() or "zh-hans").startswith("zh") else "en"


def workbook_of(
    filing: Return, content: Content, remarks: Sequence[Remark] = (), context: Context | None = None
) -> bytes:
    """The workbook of a return with these figures and these remarks."""
    return as_file(draw_return(occasion_of(filing, context), content, remarks))


def options_of(table: Table, period: Period, language: str) -> list[Option]:
    """The entries that lines of a table may name in a period, as they are chosen in the dropdown."""
    entries = [
        entry
        for entry in code_list(table.key_list, date(period.year, period.month, _LAST_DAY))
        if not table.key_level or entry.extra.get("level", table.key_level) == table.key_level
    ]
    found = []
    for entry in entries:
        label = entry.label_zh if language == "zh-Hans" or not entry.label_en else entry.label_en
        text = f"{entry.code} {label}" if entry.code.isdigit() else label
        unit = entry.extra.get("unit_zh" if language == "zh-Hans" else "unit_en", "")
        found.append(Option(entry.code, text, unit, tuple(filter(None, (entry.label_zh, entry.label_en)))))
    return found


def find_return(actor: Actor, action: str, pk: int) -> Return:
    """The return, when the actor may do the action on its firm; Http404 when there is none."""
    check_may(actor, action)
    filing = get_object_or_404(Return.objects.select_related("enterprise"), pk=pk)
    check_reach(actor, action, filing.enterprise)
    return filing


def content_for(actor: Actor, filing: Return, *, annotate: bool = False) -> tuple[Content, list[Remark]]:
    """What the actor may see of a return: the firm its draft as typed, others what was submitted last.

    With `annotate` also what the audits find in it.
    """
    context = load_context(filing)
    if may_file(actor, filing):
        draft = working_draft(filing, context)
        content, found = check_content(filing, draft, context)
        content = with_typed(content, draft)
    else:
        version = get_version(filing, shown_version(actor, filing))
        if version is None:
            raise Http404
        content, found = check_content(filing, Draft(content_of(version)), context)
    return content, remarks_of(found) if annotate else []


def may_file(actor: Actor, filing: Return) -> bool:
    """Whether the actor files for the firm of this return."""
    return filing.enterprise_id in scope(actor, "return.file").enterprises


def with_typed(content: Content, draft: Draft) -> Content:
    """The content with the boxes that could not be read as they were typed."""
    cells = dict(content.cells)
    lines = {code: [dict(row) for row in rows] for code, rows in content.lines.items()}
    for key, entry in draft.typed.items():
        table, _dot, rest = key.partition(".")
        if not rest:
            cells[key] = entry["text"]
            continue
        number, _dot, cell = rest.partition(".")
        if int(number) < len(lines.get(table, ())):
            lines[table][int(number)][cell] = entry["text"]
    return Content(cells, lines, content.explanations)


def remarks_of(findings: Sequence[Finding]) -> list[Remark]:
    """Findings in the reader's words."""
    return [
        Remark(
            severity=finding.severity,
            rule=finding.rule,
            text=word(finding.rule, finding.params),
            advice=advise(finding.rule, finding.params),
            cell=finding.cell,
            table=finding.table,
            line=finding.line,
            value=finding.value,
        )
        for finding in findings
    ]
