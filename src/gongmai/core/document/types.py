"""Tables that go out, sheets that come in, and why a file was refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | float | Decimal | bool | date | datetime | None


class Kind(StrEnum):
    """What a column holds; decides the cell type, the number format and the alignment."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"


class Format(StrEnum):
    """How a table is downloaded."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `label` is shown as it is, so it comes translated. `groups` are the merged headers above it, outermost
    first; neighbours with the same group share one merged cell. `digits` are decimals (for PERCENT: of the
    per cent). `width` is in characters; None chooses one by kind. A PERCENT value is a fraction (0.104).
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    groups: tuple[str, ...] = ()
    digits: int = 2
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to be downloaded. `rows` may be a generator: it is read once, row by row.

    A row is a sequence in the order of `columns`, or a mapping by key. `title` names the sheet and heads it;
    `notes` are lines under the title (scope, vintage, unit). `firm_level` says that single firms can be read
    from it: its download is written to the trail.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value] | Mapping[str, Value]]
    notes: Sequence[str] = ()
    firm_level: bool = False

    def values(self) -> Iterable[Sequence[Value]]:
        """The rows as sequences in column order; a missing key is an unknown value."""
        keys = [column.key for column in self.columns]
        for row in self.rows:
            yield [row.get(key) for key in keys] if isinstance(row, Mapping) else row


class Look(StrEnum):
    """How a box of a drawn page looks, and with it whether it may be written to."""

    TITLE = "title"
    FACT = "fact"
    HEADER = "header"
    NUMBERING = "numbering"  # the row of column letters and numbers under a header
    SECTION = "section"
    LABEL = "label"
    CENTRE = "centre"
    INPUT = "input"
    TEXT = "text"
    LOCKED = "locked"
    ABSENT = "absent"  # a box that does not exist on the form
    ERROR = "error"
    WARNING = "warning"
    LINK = "link"


UNLOCKED = frozenset({Look.INPUT, Look.TEXT, Look.ERROR, Look.WARNING})


@dataclass(frozen=True, slots=True)
class Box:
    """One cell (or, with `to_row` and `to_column`, merged cells) of a drawn page, from 0.

    `hint` is shown while the cell is chosen; `choices` is a range of another page that gives the dropdown;
    `minimum` limits what may be typed into a number; `comment` is a note on the cell; `formula` and `link`
    (to a place in the same workbook) are written by the product only, never from what users typed.
    """

    row: int
    column: int
    value: Value = None
    look: Look = Look.LOCKED
    digits: int = 0
    to_row: int | None = None
    to_column: int | None = None
    hint_title: str = ""
    hint: str = ""
    choices: str = ""
    minimum: float | None = None
    is_number: bool = False
    comment: str = ""
    formula: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet drawn box by box: forms, not tables. Its cells are locked except those that take input."""

    name: str
    boxes: Sequence[Box]
    widths: Mapping[int, float] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    frozen: tuple[int, int] = (0, 0)
    hidden: bool = False
    header_row: int = 0
    locked: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A note and a colour on a cell of a workbook; row and column from 0. `look`: error or warning."""

    sheet: str
    row: int
    column: int
    text: str
    look: str = "error"


@dataclass(frozen=True, slots=True)
class ListedMark:
    """A row of the list in front of an annotated workbook; with `sheet` it links to the cell."""

    texts: Sequence[str | int | float | None]
    sheet: str = ""
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The list in front of an annotated workbook; the links stand in `link_column` (from 0)."""

    title: str
    header: Sequence[str]
    rows: Sequence[ListedMark]
    widths: Sequence[float] = ()
    link_column: int = 1


class FileRefused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """An upload that is not read. `code` and `params` are worded by messages.word_refusal."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, str | int] = params


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an upload may be and may cost. Sizes in bytes, times in seconds."""

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 100 * 1024 * 1024
    ratio: int = 200
    entries: int = 500
    sheets: int = 30
    rows: int = 60_000
    columns: int = 300
    cells: int = 600_000
    text_chars: int = 32_767
    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 10
    wall_seconds: int = 20
    answer_bytes: int = 32 * 1024 * 1024


DEFAULT_LIMITS = Limits()
# a single return is small: a file of this kind that is larger than this is a mistake
RETURN_LIMITS = Limits(
    file_bytes=5 * 1024 * 1024, rows=5_000, columns=200, cells=200_000, cpu_seconds=5, wall_seconds=10
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as read: `rows[r][c]` with the address of rows[0][0] in `first_row`, `first_column` (from 0).

    Values are str, int, float, bool, date, datetime or None for an empty cell. Numbers that are whole come as
    int. Rows are of equal length.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    first_row: int = 0
    first_column: int = 0
    hidden: bool = False

    def at(self, row: int, column: int) -> Value:
        """The value at an absolute position (from 0); None outside what was read."""
        line, place = row - self.first_row, column - self.first_column
        if 0 <= line < len(self.rows) and 0 <= place < len(self.rows[line]):
            return self.rows[line][place]
        return None

    @property
    def end_row(self) -> int:
        """One past the last absolute row."""
        return self.first_row + len(self.rows)

    @property
    def end_column(self) -> int:
        """One past the last absolute column."""
        return self.first_column + max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Sheets:
    """A workbook (or a CSV file, as one sheet) as read."""

    sheets: Sequence[Sheet] = field(default_factory=tuple)

    def named(self, name: str) -> Sheet | None:
        """The sheet of that name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    @property
    def first_visible(self) -> Sheet | None:
        """The first sheet that a reader sees, or None in an empty file."""
        return next((sheet for sheet in self.sheets if not sheet.hidden), None)
