"""Drawing a repeating table: the lines there are, and empty ones to be filled in."""

from collections.abc import Iterator, Mapping

from gongmai.core.document.types import Box, Look, Page
from gongmai.monitor.filing.rules.openness import WHOLE, is_open
from gongmai.monitor.filing.rules.workbook.boxes import (
    HEIGHTS,
    LINE_WORD,
    PART_GROUP,
    Notes,
    number_box,
    numbering_boxes,
    top_boxes,
)
from gongmai.monitor.filing.rules.workbook.hidden import LIST_COLUMNS, list_range
from gongmai.monitor.filing.rules.workbook.layout import (
    FACT_ROWS,
    FIRST_ROW,
    FRONT,
    PER_LINE,
    SPARE_LINES,
    Occasion,
    Option,
    address,
    label_of,
)
from gongmai.monitor.filing.types import CellValue, Content, Table


def line_page(
    occasion: Occasion, table: Table, content: Content, notes: Notes, names: dict[str, str]
) -> Page:
    """A repeating table: the lines there are, and empty ones to be filled in."""
    cells = table.cells
    lines = content.lines.get(table.code, [])
    width = FRONT + max(len(cells), 2)
    boxes = [
        *top_boxes(occasion, label_of(table.label, occasion.language), width),
        *_line_header(occasion, table),
        *numbering_boxes(occasion, len(cells)),
    ]
    texts = {option.code: option for option in occasion.options.get(table.code, ())}
    area = list_range(occasion, table.code)
    for line in range(len(lines) + SPARE_LINES):
        values = lines[line] if line < len(lines) else {}
        option = texts.get(str(values.get(table.key) or ""))
        boxes += _line_front(occasion, table, line, values.get(table.key), option, notes, area)
        boxes += _value_boxes(occasion, table, line, values, notes)
    widths = {0: 6.0, 1: 34.0, 2: 12.0} | {FRONT + n: 14.0 for n in range(len(cells))}
    return Page(names[table.code], boxes, widths, HEIGHTS, (FIRST_ROW, FRONT), header_row=FIRST_ROW - 1)


def _value_boxes(
    occasion: Occasion, table: Table, line: int, values: Mapping[str, CellValue], notes: Notes
) -> Iterator[Box]:
    """The figures of one line; hatched where the period has no month of its own."""
    row = FIRST_ROW + line
    for place, cell in enumerate(table.cells, FRONT):
        if cell.exists_in(occasion.period):
            entry = str(values.get(table.key) or "")
            value = values.get(cell.key)
            yield number_box(occasion, row, place, cell, value, notes, table.code, line, entry)
        else:
            yield Box(row, place, None, Look.ABSENT)


def _line_header(occasion: Occasion, table: Table) -> Iterator[Box]:
    """Each column over its parts, with its unit where the unit is one for all lines."""
    for column, key in enumerate(("number", "kind", "unit")):
        yield Box(FACT_ROWS, column, occasion.word(key), Look.HEADER, to_row=FACT_ROWS + 1)
    place = FRONT
    for entry in table.columns:
        unit = occasion.unit(entry)
        label = label_of(entry.label, occasion.language) + (f" ({unit})" if unit else "")
        if len(entry.parts) == 1:
            yield Box(FACT_ROWS, place, label, Look.HEADER, to_row=FACT_ROWS + 1)
        else:
            yield Box(FACT_ROWS, place, label, Look.HEADER, to_column=place + len(entry.parts) - 1)
            for number, part in enumerate(entry.parts):
                words = f"{occasion.word(PART_GROUP[part])} {occasion.word(LINE_WORD[part])}"
                yield Box(FACT_ROWS + 1, place + number, words, Look.HEADER)
        place += len(entry.parts)


def _line_front(
    occasion: Occasion,
    table: Table,
    line: int,
    key: CellValue,
    option: Option | None,
    notes: Notes,
    area: str,
) -> Iterator[Box]:
    """Number, the entry of the code list, its unit."""
    row = FIRST_ROW + line
    look, comment = notes.get((table.code, line, table.key), (Look.TEXT, ""))
    if look is Look.TEXT and not is_open(f"{table.code}.{WHOLE}", occasion.opened):
        look = Look.LOCKED
    yield Box(row, 0, line + 1, Look.CENTRE)
    yield Box(
        row,
        FRONT - 2,
        option.text if option else key,
        look,
        hint_title=occasion.word("kind"),
        hint=occasion.word("hint_choice"),
        choices=area,
        comment=comment,
    )
    if area and any(column.unit in PER_LINE for column in table.columns):
        both = list_range(occasion, table.code, columns=LIST_COLUMNS)
        formula = f'=IFERROR(VLOOKUP({address(row, FRONT - 2)},{both[1:]},2,FALSE)&"","")'
        yield Box(row, FRONT - 1, option.unit if option else "", Look.CENTRE, formula=formula)
    else:
        yield Box(row, FRONT - 1, None, Look.CENTRE)
