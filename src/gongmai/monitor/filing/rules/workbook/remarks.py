"""The list of everything that was found, each with a link to its box."""

from collections.abc import Sequence

from gongmai.core.document.types import Box, Look, Page
from gongmai.monitor.filing.rules.workbook.layout import (
    HeadRow,
    Occasion,
    Remark,
    address,
    head_place,
    head_rows,
    label_of,
    line_place,
)
from gongmai.monitor.filing.types import Column, Severity


def findings_page(occasion: Occasion, remarks: Sequence[Remark], names: dict[str, str]) -> Page:
    """A list of everything that was found, each with a link to its box."""
    keys = ("number", "place", "item", "value", "severity", "rule", "finding", "advice")
    boxes = [Box(0, 0, occasion.word("findings"), Look.TITLE, to_column=len(keys) - 1)]
    boxes += [Box(1, column, occasion.word(key), Look.HEADER) for column, key in enumerate(keys)]
    rows = head_rows(occasion.form, occasion.language)
    for number, remark in enumerate(remarks):
        row = number + 2
        page, place, label = _find_place(occasion, rows, remark)
        boxes.append(Box(row, 0, number + 1, Look.CENTRE))
        if place:
            name = names[page]
            link = f"internal:'{name}'!{place}"
            boxes.append(Box(row, 1, f"{name} {place}", Look.LINK, link=link))
        else:
            boxes.append(Box(row, 1, None, Look.LABEL))
        look = Look.ERROR if remark.severity is Severity.BLOCKING else Look.WARNING
        severity = occasion.word(remark.severity.value)
        texts = (label, remark.value, severity, remark.rule, remark.text, remark.advice)
        boxes += [
            Box(row, column, value, look if column == keys.index("severity") else Look.LABEL)
            for column, value in enumerate(texts, 2)
        ]
    widths = {0: 6.0, 1: 24.0, 2: 24.0, 3: 14.0, 4: 10.0, 5: 16.0, 6: 60.0, 7: 50.0}
    name = occasion.word("findings")
    return Page(name, boxes, widths, {0: 26.0}, (2, 0), header_row=1)


def _find_place(occasion: Occasion, rows: Sequence[HeadRow], remark: Remark) -> tuple[str, str, str]:
    """Page, cell name and label of what a remark points at; without a cell name where there is no box."""
    form, language = occasion.form, occasion.language
    tables = {table.code: table for table in form.tables}
    if not remark.table and remark.cell in tables:  # a remark on a table as a whole
        table = tables[remark.cell]
        found = line_place(table, 0, table.key)
        return table.code, address(*found) if found else "", label_of(table.label, language)
    if remark.table:
        table = tables[remark.table]
        found = line_place(table, remark.line, remark.cell) if remark.line is not None else None
        columns: Sequence[Column] = table.columns
    else:
        found = head_place(form, rows, remark.cell)
        columns = (*form.columns, *form.computed)
    code = remark.cell.split("__")[0]
    label = next((label_of(column.label, language) for column in columns if column.code == code), "")
    return remark.table, address(*found) if found else "", label
