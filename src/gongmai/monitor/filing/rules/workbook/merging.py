"""What an upload would change: the boxes that can be taken, those that cannot, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gongmai.monitor.filing.rules.openness import closed_changes, is_open
from gongmai.monitor.filing.rules.workbook.layout import HEAD
from gongmai.monitor.filing.rules.workbook.reading import Uploaded
from gongmai.monitor.filing.types import CellValue, Content, Finding, Form, Severity, Table

Lines = list[dict[str, CellValue]]


@dataclass(slots=True)
class Merge:
    """What can be taken: cells to be set, tables to be replaced; `wrong` is what cannot."""

    cells: dict[str, CellValue] = field(default_factory=dict)
    lines: dict[str, Lines] = field(default_factory=dict)
    wrong: list[Finding] = field(default_factory=list)


def merge_upload(
    form: Form, before: Content, filed: Content | None, uploaded: Uploaded, opened: frozenset[str] | None
) -> Merge:
    """The good boxes of an upload.

    A head box that cannot be read stays as it is in `before`. A line with any such box stays as it is there
    too, or is left out where there is none for its entry: half a line is no line. `filed` and `opened`: the
    version that came back and the boxes that are open again, where only some are.
    """
    merge = Merge(wrong=list(uploaded.findings))
    bad = _bad_cells(form, uploaded.findings)
    for key, value in uploaded.raw.cells.items():
        if key in bad:
            continue
        if is_open(key, opened):
            merge.cells[key] = value
        elif value != before.cells.get(key):
            merge.wrong.append(_closed(key, value))
    for code, lines in uploaded.raw.lines.items():
        merge.lines[code] = _merge_lines(form.table(code), before.lines.get(code, []), lines, uploaded, code)
    if opened is not None and filed is not None:
        _put_back(form, before, filed, merge, opened)
    return merge


def _bad_cells(form: Form, findings: Sequence[Finding]) -> set[str]:
    """The head boxes that something is wrong with; under another unit it is all of the row."""
    bad = {finding.cell for finding in findings if finding.table == HEAD}
    of_rows = {finding.cell.split("__")[0] for finding in findings if finding.rule == "unit_changed"}
    return bad | {cell.key for cell in form.cells if cell.column.code in of_rows}


def _merge_lines(
    table: Table, before: Sequence[Mapping[str, CellValue]], lines: Lines, uploaded: Uploaded, code: str
) -> Lines:
    bad = {finding.line for finding in uploaded.findings if finding.table == code}
    there = {str(line.get(table.key)): line for line in before}
    seen = {key for place, _, key in uploaded.places if place == code}
    gone = [cell.key for cell in table.cells if cell.key not in seen] if lines else []
    kept: Lines = []
    for number, line in enumerate(lines):
        old = there.get(str(line.get(table.key)))
        if number in bad:
            if old is not None:
                kept.append(dict(old))
            continue
        extra = {key: old[key] for key in gone if old is not None and old.get(key) is not None}
        kept.append(line | extra)
    return kept


def _put_back(form: Form, before: Content, filed: Content, merge: Merge, opened: frozenset[str]) -> None:
    """Lines that change a box which is not open are put back as they were filed."""
    after = Content(dict(before.cells), dict(before.lines) | merge.lines)
    for change in closed_changes(form, filed, after, opened):
        if not change.table or change.table not in merge.lines:
            continue
        key = form.table(change.table).key
        lines = merge.lines[change.table]
        old = next(
            (dict(one) for one in filed.lines.get(change.table, ()) if _is(one, key, change.line)), None
        )
        place = next((n for n, one in enumerate(lines) if _is(one, key, change.line)), None)
        merge.wrong.append(_closed(change.cell, change.new, change.table, place))
        if place is not None and old is not None:
            lines[place] = old
        elif place is not None:
            del lines[place]
        elif old is not None:
            lines.append(old)


def _is(line: Mapping[str, CellValue], key: str, name: str) -> bool:
    return str(line.get(key) or "") == name


def _closed(cell: str, value: CellValue, table: str = HEAD, line: int | None = None) -> Finding:
    return Finding(
        "box_closed", Severity.BLOCKING, cell, value, table, line, {"text": value, "boxes": [cell]}
    )
