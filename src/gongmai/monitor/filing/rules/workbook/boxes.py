"""The parts that every page of a drawn return is made of: header, numbers, notes."""

from collections.abc import Iterator, Sequence

from gongmai.core.document.types import Box, Look
from gongmai.monitor.filing.rules.openness import is_open
from gongmai.monitor.filing.rules.workbook.layout import (
    FACT_ROWS,
    FIRST_ROW,
    FRONT,
    HEAD,
    Occasion,
    Remark,
    label_of,
)
from gongmai.monitor.filing.types import Cell, CellValue, Part, Severity

PART_GROUP = {
    Part.MONTH: "this_year",
    Part.YTD: "this_year",
    Part.BASE: "year_ago",
    Part.YTD_BASE: "year_ago",
}
PART_WORD = {Part.MONTH: "month", Part.YTD: "to_date", Part.BASE: "month", Part.YTD_BASE: "to_date"}
# taller than the default: the title, and headers of two lines
HEIGHTS = {0: 26.0, FACT_ROWS: 20.0, FACT_ROWS + 1: 30.0}
LINE_WORD = {Part.MONTH: "only_month", Part.YTD: "to_date", Part.BASE: "only_month", Part.YTD_BASE: "to_date"}


Notes = dict[tuple[str, int | None, str], tuple[Look, str]]


def place_notes(remarks: Sequence[Remark]) -> dict[tuple[str, int | None, str], tuple[Look, str]]:
    """What is written on a box: (page, line, cell) -> look and text; the worst severity gives the look."""
    notes: dict[tuple[str, int | None, str], tuple[Look, str]] = {}
    for remark in remarks:
        place = (remark.table, remark.line, remark.cell)
        look = Look.ERROR if remark.severity is Severity.BLOCKING else Look.WARNING
        text = "\n".join(filter(None, (f"[{remark.rule}] {remark.text}", remark.advice)))
        before = notes.get(place)
        notes[place] = (
            (Look.ERROR if Look.ERROR in {look, before[0]} else look, f"{before[1]}\n{text}")
            if before
            else (look, text)
        )
    return notes


def top_boxes(occasion: Occasion, title: str, width: int) -> Iterator[Box]:
    """Title, the facts of the firm on the left, those of the survey form on the right."""
    form, header, language = occasion.form, occasion.form.header, occasion.language
    left = (
        ("credit_code", occasion.credit_code),
        ("enterprise", occasion.enterprise),
        ("period", str(occasion.period)),
    )
    right = (
        ("table_number", label_of(header.table_number, language)),
        ("authority", label_of(header.authority, language)),
        ("approved_by", label_of(header.approved_by, language)),
        ("document_number", label_of(header.document_number, language)),
        ("valid_until", form.valid_to.isoformat()),
    )
    yield Box(0, 0, title, Look.TITLE, to_column=width - 1)
    for number, (key, value) in enumerate(left, 1):
        yield Box(number, 0, f"{occasion.word(key)}{value}", Look.FACT, to_column=FRONT - 1)
    for number, (key, value) in enumerate(right, 1):
        yield Box(
            number, FRONT, f"{occasion.word(key)}{value}", Look.FACT, to_column=max(width - 1, FRONT + 1)
        )


def numbering_boxes(occasion: Occasion, count: int) -> Iterator[Box]:
    """The row that anchors the page: three letters, then the numbers of the value columns."""
    row = FIRST_ROW - 1
    for column, key in enumerate(("letter_a", "letter_b", "letter_c")):
        yield Box(row, column, occasion.word(key), Look.NUMBERING)
    for number in range(count):
        yield Box(row, FRONT + number, number + 1, Look.NUMBERING)


def part_groups(occasion: Occasion, row: int, start: int, parts: Sequence[Part]) -> Iterator[Box]:
    """One merged cell for neighbouring parts of the same year."""
    for group in ("this_year", "year_ago"):
        places = [number for number, part in enumerate(parts) if PART_GROUP[part] == group]
        if places:
            yield Box(row, start + places[0], occasion.word(group), Look.HEADER, to_column=start + places[-1])


def number_box(
    occasion: Occasion,
    row: int,
    place: int,
    cell: Cell,
    value: CellValue,
    notes: Notes,
    page: str,
    line: int | None,
    entry: str = "",
) -> Box:
    """A box for a number, with its hint, or with what was found in it; `entry`: what its line is about."""
    column = cell.column
    look, comment = notes.get((page, line, cell.key), (Look.INPUT, ""))
    name = cell.key if page == HEAD else f"{page}.{entry}.{cell.key}"
    is_fixed = page == HEAD and cell.key in occasion.locked
    if look is Look.INPUT and (is_fixed or not is_open(name, occasion.opened)):
        look = Look.LOCKED
    unit = occasion.unit(column)
    hint = occasion.word("hint_to_date" if cell.part is Part.YTD and column.kind == "flow" else "hint_number")
    return Box(
        row,
        place,
        value,
        look,
        column.decimals,
        hint_title=label_of(column.label, occasion.language),
        hint=f"{unit}\n{hint}" if unit else hint,
        minimum=0 if column.non_negative else None,
        is_number=True,
        comment=comment,
    )
