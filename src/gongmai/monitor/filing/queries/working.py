"""What stands in a return now: the draft, the last version, or a form prefilled by the system."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db.models import F

from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.context import Context, judge, load_context
from gongmai.monitor.filing.queries.firms import codes_of
from gongmai.monitor.filing.queries.forms import forms, items
from gongmai.monitor.filing.rules.drafts import Draft, carried_cells, line_findings, typed_findings
from gongmai.monitor.filing.rules.locks import prefilled_bases
from gongmai.monitor.filing.types import CellValue, Content, Finding, Form, Part, Table


def content_of(version: Version) -> Content:
    """The content of a version."""
    return Content(
        orjson.loads(version.cells), orjson.loads(version.lines), orjson.loads(version.explanations)
    )


def findings_of(version: Version | None) -> list[Finding]:
    """The findings of a version as they stood at submission."""
    return [Finding.from_dict(entry) for entry in orjson.loads(version.findings)] if version else []


def get_version(filing: Return, number: int) -> Version | None:
    """One version of a return."""
    return Version.objects.filter(filing=filing, number=number).first()


def latest_version(filing: Return) -> Version | None:
    """The version that was submitted last."""
    return get_version(filing, filing.versions_count) if filing.versions_count else None


def working_draft(filing: Return, context: Context | None = None, *, fresh: bool = False) -> Draft:
    """The draft; where there is none the last version; where there is none a prefilled form."""
    if not fresh:
        if filing.draft:
            return Draft.from_dict(filing.draft, filing.draft_revision)
        version = latest_version(filing)
        if version is not None:
            return Draft(content_of(version), {}, filing.draft_revision)
    return prefill(filing, context or load_context(filing))


def prefill(filing: Return, context: Context) -> Draft:
    """What the system fills in: bases as filed a year ago, last period's stocks and lines.

    Stocks and levels come where the item dictionary carries them over, and wait to be confirmed; lines come
    with their entries, bases, coefficients, opening stocks and last prices.
    """
    form, period = forms()[filing.form], Period.from_key(filing.period)
    keys = [cell.key for cell in form.cells if cell.exists_in(period)]
    carried = carried_cells(form, period, context.row(period.previous()))
    cells = prefilled_bases(items().values(), keys, context.joined) | carried
    lines = {}
    for table in form.tables:
        rows = _prefill_lines(filing, form, table, period)
        if rows:
            lines[table.code] = rows
    return Draft(Content(cells, lines, {}), {}, filing.draft_revision, {}, list(carried))


def _prefill_lines(filing: Return, form: Form, table: Table, period: Period) -> list[dict[str, CellValue]]:
    before = _lines_filed(filing, form, table, period.previous())
    year_ago = {
        str(line.get(table.key)): line for line in _lines_filed(filing, form, table, period.year_ago())
    }
    names = [str(line.get(table.key)) for line in before]
    names += [name for name in year_ago if name not in names]
    last = {str(line.get(table.key)): line for line in before}
    return [_prefill_line(table, period, name, last.get(name, {}), year_ago.get(name, {})) for name in names]


_CARRIED = {"coefficient": "coefficient", "opening": "opening", "price_previous": "price"}


def _prefill_line(
    table: Table, period: Period, name: str, last: Mapping[str, CellValue], year_ago: Mapping[str, CellValue]
) -> dict[str, CellValue]:
    """One line: its bases from a year ago; coefficient, opening stock and last price from last period."""
    row: dict[str, CellValue] = {table.key: name}
    for cell in table.cells:
        source = {Part.BASE: Part.MONTH, Part.YTD_BASE: Part.YTD}.get(cell.part)
        if source is not None and cell.exists_in(period):
            row[cell.key] = year_ago.get(cell.column.key(source))
        elif cell.key in _CARRIED and not (cell.key == "opening" and period.is_merged):
            row[cell.key] = last.get(_CARRIED[cell.key])
    return {key: value for key, value in row.items() if value is not None}


def _lines_filed(filing: Return, form: Form, table: Table, period: Period) -> list[dict[str, CellValue]]:
    text = (
        Version.objects.filter(
            filing__enterprise=filing.enterprise_id,
            filing__form=form.code,
            filing__period=period.key,
            number=F("filing__versions_count"),
        )
        .values_list("lines", flat=True)
        .first()
    )
    return list(orjson.loads(text).get(table.code, [])) if text else []


def check_content(
    filing: Return, draft: Draft, context: Context | None = None
) -> tuple[Content, list[Finding]]:
    """The content with computed cells, and everything found in it: unreadable text, lines, audits."""
    content, found = judge(filing, draft.content, context or load_context(filing))
    form = forms()[filing.form]
    codes: Mapping[str, Any] = {table.key_list: codes_of(table.key_list) for table in form.tables}
    return content, [*typed_findings(draft), *line_findings(form, content, codes), *found]
