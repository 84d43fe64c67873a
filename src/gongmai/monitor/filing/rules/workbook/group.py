"""One workbook for the returns of many firms: a wide sheet with a row for each firm, a sheet for each table.

The row of codes under the headers is the anchor by which an uploaded sheet is read: sheets and columns may be
renamed and moved. Each firm is known by its credit code.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gongmai.core.document.types import Box, Look, Page
from gongmai.core.period.types import Period
from gongmai.monitor.filing.rules.openness import WHOLE, is_open
from gongmai.monitor.filing.rules.workbook.boxes import PART_GROUP, PART_WORD
from gongmai.monitor.filing.rules.workbook.layout import LISTS_PAGE, PER_LINE, Option, address, label_of
from gongmai.monitor.filing.types import Cell, CellValue, Column, Content, Form, Table

FIRM, NAME, STATE = "credit_code", "name", "state"
HEADER_ROW, KEY_ROW, FIRST = 2, 4, 5
HEAD_FRONT, LINE_FRONT = 3, 2
# beyond so many boxes hints and limits on what may be typed would make the file slow to open
MAX_GUIDED = 12_000


@dataclass(frozen=True, slots=True)
class Member:
    """A firm of the file. `fixed` are cells that come from elsewhere; `opened` as of rules.openness."""

    credit_code: str
    name: str
    state: str
    content: Content
    is_open: bool = True
    fixed: frozenset[str] = frozenset()
    opened: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What is written around the figures of many firms; fields as those of layout.Occasion."""

    form: Form
    period: Period
    members: Sequence[Member]
    language: str = "zh-Hans"
    words: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)

    def unit(self, column: Column) -> str:
        """The name of a column's unit; empty where it depends on the line."""
        return self.units.get(column.unit, "") if column.unit not in PER_LINE else ""

    def label(self, column: Column) -> str:
        """A column with its unit."""
        unit = self.unit(column)
        return label_of(column.label, self.language) + (f" ({unit})" if unit else "")

    @property
    def cells(self) -> list[Cell]:
        """The head cells that exist in the period and are not computed."""
        computed = set(self.form.computed_cells)
        return [c for c in self.form.cells if c.exists_in(self.period) and c.key not in computed]


def draw_group(group: Group) -> list[Page]:
    """The sheets of a file of many firms: the heads, each table, the hidden lists."""
    boxes = len(group.members) * len(group.cells)
    guided = boxes <= MAX_GUIDED
    pages = [_head_page(group, guided=guided)]
    pages += [_table_page(group, table, guided=guided) for table in group.form.tables]
    return [*pages, _lists_page(group)]


def _lists(group: Group) -> list[tuple[str, list[str]]]:
    lists = [(FIRM, [member.credit_code for member in group.members])]
    lists += [
        (table.code, [o.text for o in group.options.get(table.code, ())]) for table in group.form.tables
    ]
    for column in group.form.columns:
        if column.choices:
            lists.append(
                (column.code, [label_of(label, group.language) for label in column.choices.values()])
            )
    return lists


def _range(group: Group, name: str) -> str:
    for number, (code, entries) in enumerate(_lists(group)):
        if code == name and entries:
            first, last = address(0, number), address(len(entries) - 1, number)
            fixed = [re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", place) for place in (first, last)]
            return f"='{LISTS_PAGE}'!{fixed[0]}:{fixed[1]}"
    return ""


def _lists_page(group: Group) -> Page:
    boxes = [
        Box(row, number, text, Look.FACT)
        for number, (_, entries) in enumerate(_lists(group))
        for row, text in enumerate(entries)
    ]
    return Page(LISTS_PAGE, boxes, hidden=True)


def _title(group: Group, label: str, width: int) -> Iterator[Box]:
    header = group.form.header
    yield Box(0, 0, f"{label} {group.period}", Look.TITLE, to_column=width - 1)
    facts = [label_of(header.table_number, group.language), label_of(header.authority, group.language)]
    facts += [label_of(header.document_number, group.language), group.words.get("group_hint", "")]
    yield Box(1, 0, " · ".join(filter(None, facts)), Look.FACT, to_column=width - 1)


def _fronts(group: Group, keys: Sequence[str], labels: Sequence[str]) -> Iterator[Box]:
    del group
    for column, (key, label) in enumerate(zip(keys, labels, strict=True)):
        yield Box(HEADER_ROW, column, label, Look.HEADER, to_row=HEADER_ROW + 1)
        yield Box(KEY_ROW, column, key, Look.NUMBERING)


def _headers(group: Group, cells: Sequence[Cell], start: int) -> Iterator[Box]:
    """Each item over its parts, and the codes under them."""
    place = start
    while place - start < len(cells):
        column = cells[place - start].column
        same = [cell for cell in cells if cell.column.code == column.code]
        end = place + len(same) - 1
        if len(same) == 1:
            yield Box(HEADER_ROW, place, group.label(column), Look.HEADER, to_row=HEADER_ROW + 1)
        else:
            yield Box(HEADER_ROW, place, group.label(column), Look.HEADER, to_column=end)
            for number, cell in enumerate(same):
                words = [
                    group.words.get(PART_GROUP[cell.part], ""),
                    group.words.get(PART_WORD[cell.part], ""),
                ]
                yield Box(HEADER_ROW + 1, place + number, " ".join(words), Look.HEADER)
        place = end + 1
    for number, cell in enumerate(cells):
        yield Box(KEY_ROW, start + number, cell.key, Look.NUMBERING)


def _head_page(group: Group, *, guided: bool) -> Page:
    cells = group.cells
    width = HEAD_FRONT + len(cells)
    labels = [group.words.get(key, key) for key in ("firm_code", "firm_name", "firm_state")]
    boxes = [*_title(group, label_of(group.form.label, group.language), width)]
    boxes += [*_fronts(group, (FIRM, NAME, STATE), labels), *_headers(group, cells, HEAD_FRONT)]
    for row, member in enumerate(group.members, FIRST):
        front = (member.credit_code, member.name, member.state)
        boxes += [Box(row, column, text, Look.LABEL) for column, text in enumerate(front)]
        for place, cell in enumerate(cells, HEAD_FRONT):
            is_free = member.is_open and cell.key not in member.fixed and is_open(cell.key, member.opened)
            value = member.content.cells.get(cell.key)
            boxes.append(_value_box(group, row, place, cell, value, is_free=is_free, guided=guided))
    widths = {0: 22.0, 1: 28.0, 2: 10.0} | {HEAD_FRONT + n: 14.0 for n in range(len(cells))}
    name = group.words.get("group_sheet", "returns")
    return Page(name, boxes, widths, {0: 26.0, 2: 30.0}, (FIRST, 2), header_row=KEY_ROW)


def _table_page(group: Group, table: Table, *, guided: bool) -> Page:
    """The lines of all firms, those of one firm together, and empty lines below."""
    cells = [cell for cell in table.cells if cell.exists_in(group.period)]
    width = LINE_FRONT + len(cells)
    label = label_of(table.label, group.language)
    labels = [group.words.get("firm_code", FIRM), group.words.get("kind", table.key)]
    boxes = [*_title(group, label, width), *_fronts(group, (FIRM, table.key), labels)]
    boxes += _headers(group, cells, LINE_FRONT)
    texts = {option.code: option.text for option in group.options.get(table.code, ())}
    firms, kinds = _range(group, FIRM), _range(group, table.code)
    lines: list[tuple[Member | None, Mapping[str, CellValue]]] = [
        (member, line) for member in group.members for line in member.content.lines.get(table.code, ())
    ]
    lines += [(None, {})] * max(20, 3 * len(group.members))
    for row, (member, line) in enumerate(lines, FIRST):
        entry = str(line.get(table.key) or "")
        whole = member is None or (member.is_open and is_open(f"{table.code}.{WHOLE}", member.opened))
        look = Look.TEXT if whole else Look.LOCKED
        boxes.append(Box(row, 0, member.credit_code if member else None, look, choices=firms))
        boxes.append(Box(row, 1, texts.get(entry, entry or None), look, choices=kinds))
        for place, cell in enumerate(cells, LINE_FRONT):
            box = f"{table.code}.{entry}.{cell.key}"
            is_free = whole or bool(member and member.is_open and is_open(box, member.opened))
            value = line.get(cell.key)
            boxes.append(_value_box(group, row, place, cell, value, is_free=is_free, guided=guided))
    widths = {0: 22.0, 1: 30.0} | {LINE_FRONT + n: 14.0 for n in range(len(cells))}
    return Page(label, boxes, widths, {0: 26.0, 2: 30.0}, (FIRST, 2), header_row=KEY_ROW)


def _value_box(
    group: Group, row: int, place: int, cell: Cell, value: CellValue, *, is_free: bool, guided: bool
) -> Box:
    column = cell.column
    if column.is_number:
        return Box(
            row, place, value, Look.INPUT if is_free else Look.LOCKED, column.decimals,
            hint_title=label_of(column.label, group.language) if guided and is_free else "",
            hint=group.unit(column) if guided and is_free else "",
            minimum=0 if column.non_negative else None, is_number=guided and is_free,
        )  # fmt: skip
    label = column.choices.get(str(value)) if column.choices else None
    shown = label_of(label, group.language) if label else value
    choices = _range(group, column.code) if column.choices else ""
    return Box(row, place, shown, Look.TEXT if is_free else Look.LOCKED, choices=choices)
