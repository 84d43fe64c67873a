"""Which boxes of a return are open after single ones were sent back, and what a new content may change.

A box is named as the sheet names it: `output__ytd` for a head cell, `output_lines.1311.output` for a box of a
line (table, code of the line's entry, column), `output_lines.*` for a whole table, lines included.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.types import SUFFIX, CellValue, Change, Content, Form, Part, Table

WHOLE = "*"
_PAIRS = ((Part.MONTH, Part.YTD), (Part.BASE, Part.YTD_BASE))


@dataclass(frozen=True, slots=True)
class Ties:
    """What moves together.

    `heads`: sets of head cells in one identity; `lines`: table -> sets of columns of one line;
    `rolled`: computed head cell -> (table, its columns); `along`: (pattern, boxes opened with it).
    """

    heads: tuple[frozenset[str], ...] = ()
    lines: Mapping[str, tuple[frozenset[str], ...]] | None = None
    rolled: Mapping[str, tuple[str, frozenset[str]]] | None = None
    along: tuple[tuple[str, tuple[str, ...]], ...] = ()


def box_of(change: Change) -> str:
    """The name of the box that a change is about."""
    return f"{change.table}.{change.line}.{change.cell}" if change.table else change.cell


def is_open(box: str, opened: frozenset[str] | None) -> bool:
    """Whether a box may be changed; `opened` None means all.

    >>> is_open("output_lines.1311.output", frozenset({"output_lines.*"}))
    True
    """
    if opened is None or box in opened:
        return True
    table, dot, _rest = box.partition(".")
    return bool(dot) and f"{table}.{WHOLE}" in opened


def closed_changes(form: Form, old: Content, new: Content, opened: frozenset[str] | None) -> list[Change]:
    """The changes that touch boxes which are not open; computed cells follow and do not count."""
    if opened is None:
        return []
    computed = set(form.computed_cells)
    return [
        change
        for change in list_changes(form, old, new)
        if (change.table or change.cell not in computed) and not is_open(box_of(change), opened)
    ]


def unknown_boxes(form: Form, content: Content, boxes: Iterable[str]) -> list[str]:
    """Boxes that this return does not have."""
    known = {cell.key for cell in form.cells}
    for table in form.tables:
        known.add(f"{table.code}.{WHOLE}")
        for line in content.lines.get(table.code, ()):
            name = str(line.get(table.key) or "")
            known |= {f"{table.code}.{name}.{cell.key}" for cell in table.cells}
    return [box for box in boxes if box not in known]


def with_tied(form: Form, ties: Ties, chosen: Iterable[str], content: Content) -> frozenset[str]:
    """The chosen boxes and all that the identities tie to them.

    A line moves its head cell, not the other lines; a head cell that lines add up to opens all of them.
    """
    chosen = frozenset(chosen)
    heads = {box for box in chosen if "." not in box}
    found = {box for box in chosen if "." in box}
    down = _closure(heads, ties)
    for cell in down:
        table, columns = (ties.rolled or {}).get(cell, ("", frozenset()))
        found |= {f"{table}.{name}.{column}" for name in _names(form, table, content) for column in columns}
    found |= _same_line(form, ties, found)
    up = {
        cell
        for cell, (table, columns) in (ties.rolled or {}).items()
        if any(box.startswith(f"{table}.") and box.rsplit(".", 1)[1] in {WHOLE, *columns} for box in found)
    }
    opened = (down | _closure(up, ties)) - set(form.computed_cells)
    for pattern, boxes in ties.along:
        if any(fnmatchcase(box, pattern) for box in opened):
            opened |= set(boxes)
    return frozenset(opened | found)


def _closure(cells: set[str], ties: Ties) -> set[str]:
    found = set(cells)
    while True:
        more = {cell for group in ties.heads if group & found for cell in group} - found
        if not more:
            return found
        found |= more


def _names(form: Form, table: str, content: Content) -> list[str]:
    if not table:
        return []
    key = form.table(table).key
    return [str(line.get(key)) for line in content.lines.get(table, ()) if line.get(key)]


def _same_line(form: Form, ties: Ties, boxes: Iterable[str]) -> set[str]:
    """Month and cumulative of a line's column, and what an identity of the line ties together."""
    found: set[str] = set()
    for box in boxes:
        code, name, column = box.split(".", 1)[0], *_entry(box)
        if column == WHOLE:
            continue
        groups = [*_pairs(form.table(code)), *(ties.lines or {}).get(code, ())]
        found |= {f"{code}.{name}.{each}" for group in groups if column in group for each in group}
    return found


def _entry(box: str) -> tuple[str, str]:
    rest = box.split(".", 1)[1]
    name, _dot, column = rest.rpartition(".")
    return name, column


def _pairs(table: Table) -> list[frozenset[str]]:
    return [
        frozenset({column.code + SUFFIX[first], column.code + SUFFIX[second]})
        for column in table.columns
        if column.kind == "flow"
        for first, second in _PAIRS
    ]


def answered(asked: Iterable[str], changes: Sequence[Change]) -> tuple[list[str], list[Change]]:
    """What came of boxes that were sent back: those left as they were, and the changes of other boxes."""
    asked = list(asked)
    touched = {box_of(change) for change in changes}
    tables = {box.split(".", 1)[0] for box in touched if "." in box}
    left = [
        box
        for box in asked
        if box not in touched and not (box.endswith(f".{WHOLE}") and box.split(".", 1)[0] in tables)
    ]
    others = [change for change in changes if not is_open(box_of(change), frozenset(asked))]
    return left, others


def typed_boxes(
    form: Form, typed: Iterable[str], lines: Mapping[str, Sequence[Mapping[str, CellValue]]]
) -> list[str]:
    """The boxes of unreadable texts, which a draft keeps under `table.number.column`."""
    found = []
    for place in typed:
        table, _dot, rest = place.partition(".")
        if not rest:
            found.append(place)
            continue
        number, column = rest.split(".", 1)
        rows = lines.get(table, ())
        row = rows[int(number)] if int(number) < len(rows) else {}
        found.append(f"{table}.{row.get(form.table(table).key) or ''}.{column}")
    return found
