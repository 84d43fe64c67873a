"""Drawing a return: header of the survey form, figures, dropdowns, notes where something was found."""

import re
from collections.abc import Iterator, Sequence

from gongmai.core.document.types import Box, Look, Page
from gongmai.monitor.filing.rules.openness import is_open
from gongmai.monitor.filing.rules.workbook.boxes import (
    HEIGHTS,
    PART_WORD,
    Notes,
    number_box,
    numbering_boxes,
    part_groups,
    place_notes,
    top_boxes,
)
from gongmai.monitor.filing.rules.workbook.hidden import list_range, lists_page, meta_page
from gongmai.monitor.filing.rules.workbook.layout import (
    FACT_ROWS,
    FIRST_ROW,
    FRONT,
    HEAD,
    SPARE_LINES,
    HeadRow,
    Occasion,
    Remark,
    address,
    head_parts,
    head_rows,
    label_of,
    line_place,
    page_names,
)
from gongmai.monitor.filing.rules.workbook.lines import line_page
from gongmai.monitor.filing.rules.workbook.remarks import findings_page
from gongmai.monitor.filing.types import Cell, CellValue, Column, Content, Part

SUM = re.compile(r"^\s*sum\(\s*(\w+)\s*\)\s*$", re.IGNORECASE)


def draw_return(occasion: Occasion, content: Content, remarks: Sequence[Remark] = ()) -> list[Page]:
    """The sheets of a return: the findings first where there are any, the form, its tables, hidden lists."""
    names = page_names(occasion)
    notes = place_notes(remarks)
    pages = [findings_page(occasion, remarks, names)] if remarks else []
    pages.append(_head_page(occasion, content, notes, names))
    pages += [line_page(occasion, table, content, notes, names) for table in occasion.form.tables]
    return [*pages, lists_page(occasion), meta_page(occasion, names)]


def _head_page(occasion: Occasion, content: Content, notes: Notes, names: dict[str, str]) -> Page:
    """The page of the head cells."""
    form = occasion.form
    parts = head_parts(form)
    reference = FRONT + max(len(parts), 2)
    boxes = [
        *top_boxes(occasion, label_of(form.label, occasion.language), reference + 1),
        *_head_header(occasion, parts, reference),
        *numbering_boxes(occasion, len(parts)),
    ]
    rows = head_rows(form, occasion.language, occasion.word("computed"))
    for row in rows:
        if row.column is None:
            boxes.append(Box(row.row, 0, row.title, Look.SECTION, to_column=reference))
        else:
            boxes += _head_boxes(occasion, row, row.column, parts, content, notes, names)
            boxes.append(Box(row.row, reference, *_last_value(occasion, row.column)))
    boxes.append(
        Box(FIRST_ROW + len(rows) + 1, 0, occasion.word("signatures"), Look.FACT, to_column=reference)
    )
    widths = {0: 30.0, 1: 6.0, 2: 12.0} | {FRONT + n: 16.0 for n in range(reference - FRONT + 1)}
    return Page(names[HEAD], boxes, widths, HEIGHTS, (FIRST_ROW, FRONT), header_row=FIRST_ROW - 1)


def _head_header(occasion: Occasion, parts: Sequence[Part], reference: int) -> Iterator[Box]:
    """Two header rows: this year and last year over month and year to date."""
    for column, key in enumerate(("item", "code", "unit")):
        yield Box(FACT_ROWS, column, occasion.word(key), Look.HEADER, to_row=FACT_ROWS + 1)
    yield from part_groups(occasion, FACT_ROWS, FRONT, parts)
    for number, part in enumerate(parts):
        yield Box(FACT_ROWS + 1, FRONT + number, occasion.word(PART_WORD[part]), Look.HEADER)
    yield Box(FACT_ROWS, reference, occasion.word("last_to_date"), Look.HEADER, to_row=FACT_ROWS + 2)


def _head_boxes(
    occasion: Occasion,
    row: HeadRow,
    column: Column,
    parts: Sequence[Part],
    content: Content,
    notes: Notes,
    names: dict[str, str],
) -> Iterator[Box]:
    """Label, code, unit and the value boxes of one item."""
    label = label_of(column.label, occasion.language)
    shown = f"  {occasion.word('of_which')}{label}" if row.is_part else label
    yield Box(row.row, 0, shown, Look.LABEL)
    yield Box(row.row, 1, row.code, Look.CENTRE)
    yield Box(row.row, 2, occasion.unit(column), Look.CENTRE)
    if not column.is_number:
        yield _text_box(occasion, row.row, column, len(parts), content, notes)
        return
    for number, part in enumerate(parts):
        place = FRONT + number
        cell = Cell(column.key(part), column, part)
        if part not in column.parts or not cell.exists_in(occasion.period):
            yield Box(row.row, place, None, Look.ABSENT)
        elif column.computed:
            yield _computed_box(occasion, row.row, place, cell, content, names)
        else:
            yield number_box(occasion, row.row, place, cell, content.cells.get(cell.key), notes, HEAD, None)


def _text_box(
    occasion: Occasion, row: int, column: Column, width: int, content: Content, notes: Notes
) -> Box:
    """A merged box for a choice or a text."""
    key = column.key(Part.MONTH)
    look, comment = notes.get((HEAD, None, key), (Look.TEXT, ""))
    if look is Look.TEXT and not is_open(key, occasion.opened):
        look = Look.LOCKED
    value = content.cells.get(key)
    if column.choices:
        label = column.choices.get(str(value))
        value = label_of(label, occasion.language) if label else value
    return Box(
        row,
        FRONT,
        value,
        look,
        to_column=FRONT + max(width, 2) - 1,
        hint_title=label_of(column.label, occasion.language),
        hint=occasion.word("hint_choice" if column.choices else "hint_text"),
        choices=list_range(occasion, column.code) if column.choices else "",
        comment=comment,
    )


def _computed_box(
    occasion: Occasion, row: int, place: int, cell: Cell, content: Content, names: dict[str, str]
) -> Box:
    """A locked box that the lines give; a plain sum is also shown live while the lines are filled in."""
    for table in occasion.form.tables:
        for roll_up in table.roll_ups:
            match = SUM.match(roll_up.formula)
            if roll_up.cell == cell.key and match:
                start = line_place(table, 0, match[1])
                if start:
                    end = (start[0] + len(content.lines.get(table.code, ())) + SPARE_LINES - 1, start[1])
                    area = f"{address(*start)}:{address(*end)}"
                    formula = f"=SUM('{names[table.code]}'!{area})"
                    value = content.cells.get(cell.key) or 0
                    return Box(row, place, value, Look.LOCKED, cell.column.decimals, formula=formula)
    return Box(row, place, content.cells.get(cell.key), Look.LOCKED, cell.column.decimals)


def _last_value(occasion: Occasion, column: Column) -> tuple[CellValue, Look, int]:
    """Last period's figure beside the item: cumulative where there is one (but not over the new year)."""
    if not column.is_number:
        return None, Look.ABSENT, 0
    part = Part.YTD if Part.YTD in column.parts else Part.MONTH
    return occasion.last.get(column.key(part)), Look.LOCKED, column.decimals
